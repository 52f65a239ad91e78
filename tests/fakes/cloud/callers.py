"""Who may call the cloud: hubs by their key, people by e-mail and password (CLOUD §1).

Knows nothing of HTTP beyond the text of the Authorization header.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

import bcrypt

from tests.fakes.cloud.database import Database, Row


@dataclass(frozen=True)
class Caller:
    """``clinic_ids``: what a hub may see and send, None for people, who are not scoped at all."""

    clinic_ids: frozenset[str] | None
    user: Row | None = None


def hash_of_key(api_key: str) -> str:
    """As a device row keeps it."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def device_of_key(db: Database, api_key: str) -> Row | None:
    """Its status does not matter, only whether it was deleted (CLOUD §2)."""
    wanted = hash_of_key(api_key)
    return next((row for row in db.all("devices") if row["api_key_hash"] == wanted and not row["is_deleted"]), None)


def user_of_password(db: Database, email: object, password: object) -> Row | None:
    """Someone who is not deleted and whose password this is."""
    if not isinstance(email, str) or not isinstance(password, str):
        return None
    user = next((row for row in db.all("users") if row["email"] == email and not row["is_deleted"]), None)
    if user is None or not bcrypt.checkpw(password.encode()[:72], str(user["hashed_password"]).encode()):
        return None
    return user


def caller_of(db: Database, authorization: str, *, is_hub: bool) -> Caller | None:
    """Bearer counts only with ``peerType=sync_hub``, its case matters; all else is read as Basic (CLOUD §1)."""
    if is_hub and authorization.startswith("Bearer "):
        device = device_of_key(db, authorization.removeprefix("Bearer "))
        return None if device is None else Caller(frozenset(device["clinic_ids"]))
    if not authorization.startswith("Basic "):
        return None
    try:
        text = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    email, _, password = text.partition(":")
    user = user_of_password(db, email, password)
    return None if user is None else Caller(None, user)
