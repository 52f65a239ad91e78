"""The keys that phones have agreed with this server, in memory only: a restart makes every phone shake hands again.

Knows nothing of HTTP or of which phones are let in: the database is asked at every request (web/rpc/channel.py).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from db.clock import Clock
from db.errors import HandshakeNeeded
from web.rpc.sealing import Unsealable, nonce_of, unseal

OVERLAP_MS = 10 * 60_000
"""A later handshake can overtake requests on their way: the keys before it still open them for this long."""
IDLE_MS = 24 * 60 * 60_000
MOST_KEYS = 8
MOST_CLIENTS = 1_000
MOST_MESSAGES = 4_096
"""A key is used up after so many messages: all of them are remembered, so that none counts twice. An app that shakes
hands before every operation never comes near it."""


@dataclass
class _Session:
    key: bytes
    used_ms: int
    ends_ms: int | None = None  # None: no later handshake has taken its place
    seen: set[bytes] = field(default_factory=set)

    def is_over(self, now: int) -> bool:
        return now >= self.used_ms + IDLE_MS or (self.ends_ms is not None and now >= self.ends_ms)


@dataclass(frozen=True)
class Opened:
    """A message that came, and the key its answer is to be sealed with."""

    key: bytes
    text: bytes


class Sessions:
    """Safe for many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, list[_Session]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, client_id: str, key: bytes) -> None:
        """A handshake: from now on the phone seals with this key."""
        now = self._clock.monotonic_ms()
        with self._lock:
            earlier = self._living(client_id, now)[: MOST_KEYS - 1]
            for session in earlier:
                session.ends_ms = min(session.ends_ms or now + OVERLAP_MS, now + OVERLAP_MS)
            self._clients[client_id] = [_Session(key, now), *earlier]
            self._clients.move_to_end(client_id)
            while len(self._clients) > MOST_CLIENTS:
                self._clients.popitem(last=False)

    def open(self, client_id: str, sealed: bytes, purpose: str) -> Opened:
        """Opens a message with whichever of the phone's keys fits, the newest first. Raises HandshakeNeeded: no key
        fits, or the message came before."""
        now = self._clock.monotonic_ms()
        with self._lock:
            sessions = self._living(client_id, now)
        for session in sessions:
            try:
                text = unseal(session.key, sealed, purpose)
            except Unsealable:
                continue
            self._count(client_id, session, nonce_of(sealed), now)
            return Opened(session.key, text)
        raise HandshakeNeeded

    def end(self, client_id: str) -> None:
        """Forgets all keys of a phone."""
        with self._lock:
            self._clients.pop(client_id, None)

    def _living(self, client_id: str, now: int) -> list[_Session]:
        """The phone's keys that still count, newest first; the others are forgotten. Under the lock."""
        sessions = [session for session in self._clients.get(client_id, ()) if not session.is_over(now)]
        if sessions:
            self._clients[client_id] = sessions
        else:
            self._clients.pop(client_id, None)
        return sessions

    def _count(self, client_id: str, session: _Session, nonce: bytes, now: int) -> None:
        with self._lock:
            if nonce in session.seen or len(session.seen) >= MOST_MESSAGES:
                raise HandshakeNeeded
            session.seen.add(nonce)
            session.used_ms = now
            if client_id in self._clients:
                self._clients.move_to_end(client_id)
