"""A phone of hub mode as far as the wire goes, with a stopwatch: what is sealed is opened after it has stopped."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.bench.phone import Answer

_SALT = b"hikma-health-pairing-v1"
_JSON = {"Content-Type": "application/json"}


class HubBenchPhone:
    """Pairs and signs in at once: pairing must be open."""

    def __init__(self, url: str, credentials: tuple[str, str]) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
        self._client_id = str(uuid.uuid4())
        self._token: str | None = None
        self._key = self._handshake()
        signed_in = self.call("command", "login", {"email": credentials[0], "password": credentials[1]})
        self._token = str(msgspec.json.decode(signed_in.body)["token"])

    def call(self, kind: str, name: str, arguments: dict[str, Any]) -> Answer:
        """``seconds`` from the first byte out to the last byte in; the body is what was sealed."""
        request = self._request(kind, name, arguments)
        began = time.perf_counter()
        status, content = self._ask(f"/rpc/{kind}", request)
        seconds = time.perf_counter() - began
        document = json.loads(content)
        if status != 200 or not document["success"]:
            raise AssertionError(f"{name} answered {status}: {content[:200]!r}")
        raw = _bytes(document["payload"])
        return Answer(seconds, AESGCM(self._key).decrypt(raw[:12], raw[12:], f"{kind}_response".encode()))

    def drain(self, since: int) -> int:
        """Pulls without keeping the reply; returns its size on the wire."""
        request = self._request("query", "sync_pull", {"lastPulledAt": since})
        self._connection.request("POST", "/rpc/query", request, _JSON)
        response = self._connection.getresponse()
        size = 0
        while piece := response.read(256 * 1024):
            size += len(piece)
        return size

    def close(self) -> None:
        self._connection.close()

    def _handshake(self) -> bytes:
        private = X25519PrivateKey.generate()
        mine = private.public_key().public_bytes_raw()
        said = {"client_id": self._client_id, "client_public_key": _text(mine)}
        status, content = self._ask("/rpc/handshake", json.dumps(said).encode())
        if status != 200:
            raise AssertionError(f"the handshake answered {status}")
        hub = _bytes(json.loads(content)["hub_public_key"])
        point = private.exchange(X25519PublicKey.from_public_bytes(hub))
        return HKDF(algorithm=SHA256(), length=32, salt=_SALT, info=hub + mine).derive(point)

    def _request(self, kind: str, name: str, arguments: dict[str, Any]) -> bytes:
        field = "data" if kind == "command" else "params"
        inner = msgspec.json.encode({kind: name, field: arguments, "token": self._token})
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self._key).encrypt(nonce, inner, kind.encode())
        return json.dumps({"client_id": self._client_id, "payload": _text(sealed)}).encode()

    def _ask(self, path: str, body: bytes) -> tuple[int, bytes]:
        self._connection.request("POST", path, body, _JSON)
        response = self._connection.getresponse()
        return response.status, response.read()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
