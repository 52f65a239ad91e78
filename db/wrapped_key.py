"""A copy of the database key that only a secret opens: the recovery code, or the passphrase of the start (ADR 9).

Knows nothing of where copies lie. The key of a copy is stretched out of the secret with scrypt; the copy itself is
AES-256-GCM, so a wrong secret and a changed copy are both told for certain.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from db.errors import WrongKey

COST = 2**17
"""128 MB and some tenths of a second for each guess. Kept in the copy, so it can be raised later."""
_BLOCK = 8
_SALT_BYTES = 16
_NONCE_BYTES = 12

RandomBytes = Callable[[int], bytes]


class Purpose(StrEnum):
    """What opens a copy. Part of what is sealed: one kind of copy cannot stand in for the other."""

    RECOVERY = "recovery"
    PASSPHRASE = "passphrase"  # noqa: S105 - a name


class WrappedKey(msgspec.Struct, frozen=True):
    """The copy as it is stored. Nothing in it is secret. ``cost`` is bounded: a forged file must not eat the memory."""

    purpose: Purpose
    cost: Annotated[int, msgspec.Meta(ge=2, le=2**18)]
    salt: Annotated[bytes, msgspec.Meta(min_length=_SALT_BYTES, max_length=_SALT_BYTES)]
    nonce: Annotated[bytes, msgspec.Meta(min_length=_NONCE_BYTES, max_length=_NONCE_BYTES)]
    sealed: bytes
    version: Annotated[int, msgspec.Meta(ge=1, le=1)] = 1


def wrap(
    key: bytes, secret: bytes, purpose: Purpose, *, cost: int = COST, random_bytes: RandomBytes = secrets.token_bytes
) -> WrappedKey:
    """A copy of ``key`` that ``secret`` opens. ``cost`` is a power of two."""
    salt, nonce = random_bytes(_SALT_BYTES), random_bytes(_NONCE_BYTES)
    sealed = AESGCM(_stretched(secret, salt, cost)).encrypt(nonce, key, _context(purpose, cost))
    return WrappedKey(purpose, cost, salt, nonce, sealed)


def unwrap(copy: WrappedKey, secret: bytes) -> bytes | None:
    """The key, or None when the secret does not open this copy."""
    try:
        stretched = _stretched(secret, copy.salt, copy.cost)
        return AESGCM(stretched).decrypt(copy.nonce, copy.sealed, _context(copy.purpose, copy.cost))
    except (InvalidTag, ValueError):  # ValueError: a cost that is no power of two
        return None


def encode(copy: WrappedKey) -> bytes:
    """The copy as the content of a file."""
    return msgspec.json.encode(copy)


def decode(content: bytes) -> WrappedKey:
    """Reads a copy. Raises WrongKey (``reason``: "damaged")."""
    try:
        return msgspec.json.decode(content, type=WrappedKey)
    except msgspec.DecodeError:
        raise WrongKey(reason="damaged") from None


def _stretched(secret: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=_BLOCK, p=1).derive(secret)


def _context(purpose: Purpose, cost: int) -> bytes:
    return f"hikma key copy 1 {purpose.value} {cost}".encode("ascii")
