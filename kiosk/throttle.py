"""Guessing at this computer costs time: after a few wrong tries every further one has to wait, longer and longer.

Knows nothing of what is guessed, nor of where the number of wrong tries in a row is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from db.clock import Clock
from db.errors import TooManyTries

WAITS_S = (0, 0, 0, 5, 15, 30, 60, 120, 300, 900)
"""Before the next try, by how many were wrong in a row; after more of them, the last."""

Result = TypeVar("Result")


class Throttle:
    """``read`` and ``write`` keep the number, so that it is there after a restart. What counts is the time that this
    process has waited: neither a restart nor another date makes a wait shorter. Safe for many threads."""

    def __init__(self, clock: Clock, read: Callable[[], int], write: Callable[[int], object]) -> None:
        self._clock = clock
        self._read = read
        self._write = write
        self._since_ms = clock.monotonic_ms()
        self._lock = threading.Lock()

    def seconds_left(self) -> int:
        """Until the next try is looked at."""
        wait_s = WAITS_S[min(max(self._read(), 0), len(WAITS_S) - 1)]
        left_ms = self._since_ms + wait_s * 1000 - self._clock.monotonic_ms()
        return max(0, -(-left_ms // 1000))

    def wait(self) -> None:
        """Until the next try is looked at: for a process that exists for one try only."""
        threading.Event().wait(self.seconds_left())

    def attempt(self, look: Callable[[], Result]) -> Result:
        """What ``look`` finds out; it raises when the try is wrong. A try counts before it is looked at: whoever kills
        the program meanwhile, or tries twice at once, gains nothing. Raises TooManyTries (``seconds``)."""
        with self._lock:
            seconds = self.seconds_left()
            if seconds:
                raise TooManyTries(seconds=seconds)
            self._write(self._read() + 1)
            self._since_ms = self._clock.monotonic_ms()
            found = look()
            self._write(0)
            return found
