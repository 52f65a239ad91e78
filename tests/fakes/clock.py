"""A clock that tests set: its wall time may jump, its monotonic time only goes on.

Knows nothing of who asks. Held to the same contract as the real one (tests/db/test_clock.py).
"""

from __future__ import annotations

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
START_MS = 1_760_000_000_000


class AdjustableClock:
    """See db.clock.Clock."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self._now_ms = now_ms
        self._monotonic_ms = 0

    def now_ms(self) -> int:
        """See Clock."""
        return self._now_ms

    def monotonic_ms(self) -> int:
        """See Clock."""
        return self._monotonic_ms

    def advance(self, duration_ms: int) -> None:
        """Time passes."""
        if duration_ms < 0:
            raise ValueError("time does not pass backwards; a clock may jump there")
        self._now_ms += duration_ms
        self._monotonic_ms += duration_ms

    def jump(self, difference_ms: int) -> None:
        """Somebody sets the wall clock, forwards or backwards, while no time passes."""
        self._now_ms += difference_ms
