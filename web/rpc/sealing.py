"""The cryptography of the encrypted channel: agreeing on a key, opening what came, sealing what goes (PROTOCOL §4).

Knows nothing of phones, sessions or HTTP. An answer is sealed as it is made: memory does not grow with its size.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
PIECE_BYTES = 96 * 1024
_SALT = b"hikma-health-pairing-v1"


class Unsealable(Exception):
    """What came is not a message sealed with this key for this purpose, or is no key at all."""


class KeyPair:
    """The long-lived X25519 key pair of this server."""

    def __init__(self, private_key: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._private.public_key().public_bytes_raw()

    def agree(self, client_public_key: bytes) -> bytes:
        """The key shared with whoever holds the other half. Raises Unsealable for a public key that is none, or one
        of the few with which everybody would get the same secret."""
        try:
            point = self._private.exchange(X25519PublicKey.from_public_bytes(client_public_key))
        except ValueError:
            raise Unsealable from None
        info = self.public_key + client_public_key
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=_SALT, info=info).derive(point)


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of base64url text, padded or not. Raises Unsealable."""
    if "+" in text or "/" in text:  # the other alphabet, which Python would take too
        raise Unsealable
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Unsealable from None


def nonce_of(sealed: bytes) -> bytes:
    """The number used once of a sealed message."""
    return sealed[:NONCE_BYTES]


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """The text of nonce, ciphertext and tag. Raises Unsealable, also when it was sealed for another purpose."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise Unsealable
    try:
        return AESGCM(key).decrypt(nonce_of(sealed), memoryview(sealed)[NONCE_BYTES:], purpose.encode("ascii"))
    except InvalidTag:
        raise Unsealable from None


def seal(key: bytes, pieces: Iterable[bytes], purpose: str, nonce: bytes | None = None) -> Iterator[bytes]:
    """The base64url text of nonce, ciphertext and tag, in pieces. ``nonce`` only for fixed vectors."""
    nonce = nonce or secrets.token_bytes(NONCE_BYTES)
    encryptor = Cipher(AES(key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(purpose.encode("ascii"))
    waiting = nonce
    for piece in _gathered(pieces):
        waiting += encryptor.update(piece)
        whole = len(waiting) - len(waiting) % 3  # only threes of bytes become letters that nothing can change
        yield base64.urlsafe_b64encode(waiting[:whole])
        waiting = waiting[whole:]
    yield base64.urlsafe_b64encode(waiting + encryptor.finalize() + encryptor.tag).rstrip(b"=")


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces large enough for the network."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    if waiting:
        yield b"".join(waiting)
