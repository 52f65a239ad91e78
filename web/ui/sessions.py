"""Who has shown the per-launch token: the sessions of the kiosk's own pages.

Knows nothing of HTTP; nothing here is ever written to disk, so all sessions end with the server process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

_MOST_SESSIONS = 32
PIN_LASTS_S = 300.0
"""For so long a session may do what the PIN was typed for."""


class UiSessions:
    """Turns the launch token into session ids and recognises both (DESIGN §8).

    ``token`` is made anew at every start of the server and reaches the window through the runtime file.
    """

    def __init__(
        self,
        token: str,
        make_id: Callable[[], str] = lambda: secrets.token_urlsafe(32),
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        if len(token) < 32:
            raise ValueError("the launch token is too short to be a secret")
        self._token = _digest(token)
        self._make_id = make_id
        self._monotonic_s = monotonic_s
        self._lock = Lock()
        self._sessions: OrderedDict[bytes, float] = OrderedDict()  # until when the PIN counts as typed

    def is_token(self, token: str) -> bool:
        """Whether this is the launch token; takes equally long whatever was sent."""
        return hmac.compare_digest(_digest(token), self._token)

    def enter(self, token: str) -> str | None:
        """A new session id for who shows the launch token, else None. Only the newest sessions are kept."""
        if not self.is_token(token):
            return None
        session_id = self._make_id()
        with self._lock:
            self._sessions[_digest(session_id)] = 0.0
            while len(self._sessions) > _MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return session_id

    def knows(self, session_id: str) -> bool:
        """Whether ``enter`` has given out this id in this run of the server."""
        with self._lock:
            return _digest(session_id) in self._sessions

    def note_pin(self, session_id: str) -> None:
        """The PIN was typed in this session."""
        with self._lock:
            if _digest(session_id) in self._sessions:
                self._sessions[_digest(session_id)] = self._monotonic_s() + PIN_LASTS_S

    def has_pin(self, session_id: str) -> bool:
        """Whether the PIN was typed in this session lately."""
        with self._lock:
            return self._sessions.get(_digest(session_id), 0.0) > self._monotonic_s()

    def forget_pins(self) -> None:
        """From now on it has to be typed again everywhere."""
        with self._lock:
            for session in self._sessions:
                self._sessions[session] = 0.0


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
