"""A phone of the encrypted channel, as far as the wire goes: it shakes hands, seals, opens.

Knows nothing of records. Its cryptography is written apart from the server's on purpose.
"""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.web.phones_listener import NURSE, Answer, PhonesListener

SALT = b"hikma-health-pairing-v1"


def b64u(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class RpcPhone:
    """One phone. ``token`` goes with every call, as in the app."""

    def __init__(self, listener: PhonesListener, client_id: str = "phone-1") -> None:
        self._listener = listener
        self.client_id = client_id
        self.key = b""
        self.token: str | None = None

    def post(self, path: str, document: object, headers: dict[str, str] | None = None) -> Answer:
        """Any JSON, or bytes as they are."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self._listener.ask("POST", path, body=body, headers=headers or {})

    def knock(self, **more: object) -> Answer:
        """A handshake, however it ends."""
        private = X25519PrivateKey.generate()
        mine = private.public_key().public_bytes_raw()
        said = {"client_id": self.client_id, "client_public_key": b64u(mine), **more}
        answer = self.post("/rpc/handshake", said)
        if answer.status == 200:
            hub = unb64u(answer.json["hub_public_key"])
            point = private.exchange(X25519PublicKey.from_public_bytes(hub))
            self.key = HKDF(algorithm=SHA256(), length=32, salt=SALT, info=hub + mine).derive(point)
        return answer

    def handshake(self) -> bytes:
        """A handshake that works; returns the key."""
        answer = self.knock()
        assert answer.status == 200, answer.body
        return self.key

    def seal(self, text: bytes, purpose: str, key: bytes | None = None) -> str:
        nonce = secrets.token_bytes(12)
        return b64u(nonce + AESGCM(key or self.key).encrypt(nonce, text, purpose.encode()))

    def send(self, kind: str, payload: str, *, client_id: str | None = None) -> Answer:
        """A payload sealed before."""
        return self.post(f"/rpc/{kind}", {"client_id": client_id or self.client_id, "payload": payload})

    def ask(self, kind: str, name: str, arguments: object = None, *, key: bytes | None = None) -> Answer:
        """A call, however it ends."""
        names = ("command", "data") if kind == "command" else ("query", "params")
        inner = {names[0]: name, names[1]: {} if arguments is None else arguments, "token": self.token}
        return self.send(kind, self.seal(json.dumps(inner).encode(), kind, key))

    def open(self, kind: str, answer: Answer, key: bytes | None = None) -> Any:
        """What a sealed answer holds."""
        assert answer.status == 200, answer.body
        document = answer.json
        assert document.keys() == {"payload", "success"}, document
        assert document["success"] is True
        raw = unb64u(document["payload"])
        return json.loads(AESGCM(key or self.key).decrypt(raw[:12], raw[12:], f"{kind}_response".encode()))

    def call(self, kind: str, name: str, arguments: object = None) -> Any:
        """A call that works."""
        return self.open(kind, self.ask(kind, name, arguments))

    def login(self, email: str = NURSE[0], password: str = NURSE[1]) -> Any:
        """Signs in; the token is kept."""
        reply = self.call("command", "login", {"email": email, "password": password})
        self.token = reply["token"]
        return reply
