"""Checks e-mail and password of staff, without letting anybody guess, or stop the server by trying.

Knows nothing of HTTP. bcrypt is slow on purpose: a password that was right is remembered for some minutes as a
keyed digest, so that every sync does not pay for it again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import deque

from db.accounts import Account, find_account, is_password_of, normal_email
from db.clock import Clock
from db.database import Database
from db.errors import NotSignedIn, TooManyAttempts

REMEMBER_MS = 10 * 60_000
FAILURES_ALLOWED = 10
FAILURE_WINDOW_MS = 60_000
_MOST_TRACKED = 10_000
_CONCURRENT_CHECKS = 2


class Credentials:
    """Signs people in. Safe for many threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._right: dict[bytes, int] = {}
        self._failures: dict[str, deque[int]] = {}
        self._lock = threading.Lock()
        self._checks = threading.BoundedSemaphore(_CONCURRENT_CHECKS)

    def sign_in(self, email: str, password: str, address: str) -> Account:
        """The account, if the password is its password.

        Raises NotSignedIn (the same for a wrong password, an unknown and a removed user), or TooManyAttempts
        after many failures from this address or for this user; a phone that signed in before keeps getting in.
        """
        with self._database.read() as snapshot:
            account = find_account(snapshot, email)
        digest = self._digest(account, password)
        if account is not None and self._is_remembered(digest):
            return account
        names = (f"address {address}", f"user {normal_email(email)}")
        self._check_failures(names)
        with self._checks:
            # Another thread may have done the slow work for the same phone in the meantime.
            is_right = self._is_remembered(digest) or is_password_of(
                password, account.password_hash if account else None
            )
        if account is None or not is_right:
            self._note_failure(names)
            raise NotSignedIn
        self._remember(digest)
        return account

    def _digest(self, account: Account | None, password: str) -> bytes:
        """Covers the stored hash too: a new password or a removed user makes it worthless at once."""
        parts = (account.id, account.password_hash or "", password) if account else ("", "", password)
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._key, text, hashlib.sha256).digest()

    def _is_remembered(self, digest: bytes) -> bool:
        with self._lock:
            return self._right.get(digest, 0) > self._clock.monotonic_ms()

    def _remember(self, digest: bytes) -> None:
        now = self._clock.monotonic_ms()
        with self._lock:
            if len(self._right) >= _MOST_TRACKED:
                self._right.clear()
            self._right[digest] = now + REMEMBER_MS

    def _check_failures(self, names: tuple[str, ...]) -> None:
        now = self._clock.monotonic_ms()
        with self._lock:
            for name in names:
                recent = self._failures.get(name)
                while recent and recent[0] <= now - FAILURE_WINDOW_MS:
                    recent.popleft()
                if recent and len(recent) >= FAILURES_ALLOWED:
                    raise TooManyAttempts(seconds=(recent[0] + FAILURE_WINDOW_MS - now) // 1000 + 1)

    def _note_failure(self, names: tuple[str, ...]) -> None:
        now = self._clock.monotonic_ms()
        with self._lock:
            if len(self._failures) >= _MOST_TRACKED:
                self._failures.clear()
            for name in names:
                self._failures.setdefault(name, deque(maxlen=FAILURES_ALLOWED)).append(now)
