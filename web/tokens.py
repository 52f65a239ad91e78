"""Issues the tokens that a sign-in is answered with, and knows them again (PROTOCOL §4: HS256, 24 hours).

Knows nothing of who may do what; REST syncs do not use tokens (they send Basic every time). Nothing is kept of a
token: it is signed with a key made of what it depends on, so it ends when the user is removed or the password changes.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Any

import jwt
from jwt.types import Options

from db.accounts import Account, find_account_by_id
from db.clock import Clock
from db.database import Snapshot
from db.errors import NotSignedIn

LIFETIME_S = 24 * 3600
_LONGEST = 4096
_ALGORITHM = "HS256"


class TokenIssuer:
    """Signs tokens with this server's key (32 random bytes, kept in the encrypted database)."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def issue(self, account: Account, device_id: str = "") -> str:
        """A token with the claims of PROTOCOL §4; ``iat`` and ``exp`` in seconds.

        ``device_id``: the phone it is for; "" for a sign-in over REST, where nobody knows the phone.
        """
        now = self._clock.now_ms() // 1000
        claims = {
            "sub": account.id,
            "clinic_id": account.clinic_id or "",
            "role": account.role,
            "iat": now,
            "exp": now + LIFETIME_S,
        }
        return jwt.encode(claims, self._key_for(account, device_id), algorithm=_ALGORITHM)

    def verify(self, snapshot: Snapshot, token: str, device_id: str) -> Account:
        """Whose token this is, as of now, at the clinic of that sign-in. A phone may show its own tokens and those of
        a sign-in over REST.

        Raises NotSignedIn: expired, forged, of another phone, of a user since removed, of an earlier password.
        """
        account = find_account_by_id(snapshot, _user_named_in(token))
        if account is None:
            raise NotSignedIn
        for device in (device_id, ""):
            claims = _checked(token, self._key_for(account, device))
            if claims is not None:
                return self._current(account, claims)
        raise NotSignedIn

    def _current(self, account: Account, claims: dict[str, Any]) -> Account:
        expires, clinic_id = claims.get("exp"), claims.get("clinic_id")
        if not isinstance(expires, int) or expires <= self._clock.now_ms() // 1000:
            raise NotSignedIn
        return replace(account, clinic_id=clinic_id if isinstance(clinic_id, str) and clinic_id else None)

    def _key_for(self, account: Account, device_id: str) -> bytes:
        parts = (account.id, account.password_hash or "", device_id)
        return hmac.new(self._key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def _user_named_in(token: str) -> str:
    """The user a token claims to be of; nothing is believed yet. Raises NotSignedIn."""
    if len(token) > _LONGEST:
        raise NotSignedIn
    try:
        user_id = jwt.decode(token, options=Options(verify_signature=False), algorithms=[_ALGORITHM]).get("sub")
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise NotSignedIn from None
    if not isinstance(user_id, str):
        raise NotSignedIn
    return user_id


def _checked(token: str, key: bytes) -> dict[str, Any] | None:
    """The claims, if the token is signed with this key. Times are checked by our own clock."""
    try:
        signature_only = Options(verify_exp=False, verify_iat=False, verify_nbf=False, verify_aud=False)
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[_ALGORITHM], options=signature_only)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return claims
