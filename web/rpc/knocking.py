"""Slows down whoever shakes hands again and again without being let in: every knock is a write.

Knows nothing of phones or of why they are refused.
"""

from __future__ import annotations

import threading
from collections import deque

from db.clock import Clock
from db.errors import TooManyAttempts

REFUSALS_ALLOWED = 10
WINDOW_MS = 60_000
_MOST_TRACKED = 10_000


class KnockLimit:
    """Counts refusals by address. Safe for many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusals: dict[str, deque[int]] = {}
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Raises TooManyAttempts after many refusals of this address within a minute."""
        now = self._clock.monotonic_ms()
        with self._lock:
            recent = self._refusals.get(address)
            while recent and recent[0] <= now - WINDOW_MS:
                recent.popleft()
            if recent and len(recent) >= REFUSALS_ALLOWED:
                raise TooManyAttempts(seconds=(recent[0] + WINDOW_MS - now) // 1000 + 1)

    def note(self, address: str) -> None:
        """A phone at this address was refused."""
        now = self._clock.monotonic_ms()
        with self._lock:
            if len(self._refusals) >= _MOST_TRACKED:
                self._refusals.clear()
            self._refusals.setdefault(address, deque(maxlen=REFUSALS_ALLOWED)).append(now)
