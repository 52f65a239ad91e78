"""How fast requests may follow each other: the cloud answers 60 a minute, and all its computers share them (CLOUD §2).

Knows nothing of what is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 20
SECONDS_A_TURN = 2.0
_NAP_S = 0.5


class Pace:
    """Turns that come back with time: ``BURST`` at once, then one every ``SECONDS_A_TURN``."""

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._turns = float(BURST)
        self._counted_at = monotonic()

    def wait_for_turn(self, should_stop: Callable[[], bool]) -> bool:
        """Takes a turn, waiting for it if need be; False if the wait was broken off."""
        while not should_stop():
            now = self._monotonic()
            self._turns = min(self._turns + (now - self._counted_at) / SECONDS_A_TURN, float(BURST))
            self._counted_at = now
            if self._turns >= 1:
                self._turns -= 1
                return True
            self._sleep(min((1 - self._turns) * SECONDS_A_TURN, _NAP_S))
        return False
