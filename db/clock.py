"""Time as the rest of the program sees it: whole milliseconds since 1970, from a replaceable object.

Knows nothing of stamps (db/stamps.py), which must not follow the clock backwards.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where the current time comes from."""

    def now_ms(self) -> int:
        """Wall-clock time, epoch milliseconds. May jump in either direction."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds from an arbitrary start; never goes back. For durations only."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now_ms(self) -> int:
        """See Clock."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """See Clock."""
        return time.monotonic_ns() // 1_000_000
