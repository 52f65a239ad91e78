"""A phone of the encrypted channel for the self-test: shakes hands, signs in, pushes and pulls, over loopback.

Knows nothing of the server's objects. Its side of the cryptography is its own, as the real phone's is: a mistake
made on both sides alike would not be seen otherwise.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT = b"hikma-health-pairing-v1"
NONCE_BYTES = 12
ANSWER_LIMIT_S = 30.0


class PhoneRefused(Exception):
    """The server did not answer as it should; ``step`` and ``status`` say where."""

    def __init__(self, step: str, status: int) -> None:
        self.step, self.status = step, status
        super().__init__(f"{step}: {status}")


class TrialPhone:
    """One phone of one server at ``host:port``."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._client_id = f"selftest-{secrets.token_hex(8)}"
        self._key = b""
        self._token: str | None = None

    def shake_hands(self) -> None:
        """Agrees on a key. Raises PhoneRefused."""
        private = X25519PrivateKey.generate()
        mine = private.public_key().public_bytes_raw()
        said = {"client_id": self._client_id, "client_public_key": _encoded(mine), "device_name": "self-test"}
        hub = _decoded(self._post("/rpc/handshake", said)["hub_public_key"])
        point = private.exchange(X25519PublicKey.from_public_bytes(hub))
        self._key = HKDF(algorithm=SHA256(), length=32, salt=SALT, info=hub + mine).derive(point)

    def sign_in(self, email: str, password: str) -> None:
        """Raises PhoneRefused."""
        self._token = str(self._call("command", "login", {"email": email, "password": password})["token"])

    def push(self, changes: dict[str, Any]) -> None:
        """Sends changed records. Raises PhoneRefused."""
        self._call("command", "sync_push", {"lastPulledAt": 0, "changes": changes})

    def pull(self) -> dict[str, Any]:
        """Everything, as for a phone that holds nothing. Raises PhoneRefused."""
        changes: dict[str, Any] = self._call("query", "sync_pull", {"lastPulledAt": 0})["changes"]
        return changes

    def health(self) -> dict[str, Any]:
        """What /health says. Raises PhoneRefused."""
        return self._ask("GET", "/health", None)

    def _call(self, kind: str, name: str, arguments: dict[str, Any]) -> Any:
        names = ("command", "data") if kind == "command" else ("query", "params")
        inner = json.dumps({names[0]: name, names[1]: arguments, "token": self._token}).encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        payload = _encoded(nonce + AESGCM(self._key).encrypt(nonce, inner, kind.encode()))
        answer = self._post(f"/rpc/{kind}", {"client_id": self._client_id, "payload": payload})
        if "payload" not in answer:  # a refusal is said in the open
            raise PhoneRefused(name, 200)
        sealed = _decoded(answer["payload"])
        text = AESGCM(self._key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"{kind}_response".encode())
        return json.loads(text)

    def _post(self, path: str, document: dict[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, json.dumps(document).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(*self._address, timeout=ANSWER_LIMIT_S)
        with contextlib.closing(connection):
            connection.request(method, path, body=body)
            answer = connection.getresponse()
            content = answer.read()
        if answer.status != http.client.OK:
            raise PhoneRefused(path, answer.status)
        document: dict[str, Any] = json.loads(content)
        return document


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
