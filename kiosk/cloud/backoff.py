"""How long to leave the cloud alone after a failure: longer each time, never the same for two computers.

Knows nothing of what failed. A hundred hubs that lost the same cloud must not come back in the same second, so the
wait is anything between nothing and the limit of that time ("full jitter").
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from db.clock import Clock

LONGEST_WISH_S: Final = 24 * 3600
"""A cloud that asks for more than a day does not mean it."""


@dataclass(frozen=True)
class Pace:
    """``first_s``: the limit of the wait after one failure; it doubles with each up to ``ceiling_s``."""

    first_s: float = 30.0
    ceiling_s: float = 1800.0


class Backoff:
    """One for a cloud; used by one thread at a time."""

    def __init__(self, clock: Clock, random: Callable[[], float], pace: Pace = Pace()) -> None:
        """``random`` gives numbers from 0 up to 1."""
        self._clock = clock
        self._random = random
        self._pace = pace
        self._failures = 0
        self._due_ms: int | None = None

    def failed(self, retry_after_s: float | None = None) -> float:
        """Notes a failure; returns the seconds to wait. What the cloud asked for is never undercut, and what is drawn
        is added to it: everybody else was asked for the same."""
        limit_s = min(self._pace.ceiling_s, self._pace.first_s * 2.0 ** min(self._failures, 32))
        self._failures += 1
        wait_s = self._random() * limit_s
        if retry_after_s is not None:
            wait_s = min(retry_after_s, LONGEST_WISH_S) + self._random() * self._pace.first_s
        self._due_ms = self._clock.monotonic_ms() + math.ceil(wait_s * 1000)
        return wait_s

    def succeeded(self) -> None:
        """The next failure is the first again."""
        self._failures = 0
        self._due_ms = None

    def remaining_s(self) -> float:
        """How long it still is to the next try; 0 when it may begin."""
        if self._due_ms is None:
            return 0.0
        return max(0, self._due_ms - self._clock.monotonic_ms()) / 1000


def read_retry_after(value: str | None, now_ms: int) -> int | None:
    """The seconds that a ``Retry-After`` header asks for (RFC 9110 §10.2.3: a number, or a moment); None if nothing.

    ``now_ms`` is what the sender takes for now, best from its own ``Date``: this computer's clock may be wrong.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WISH_S)
    moment_ms = read_http_date(text)
    if moment_ms is None:
        return None
    return min(max(0, math.ceil((moment_ms - now_ms) / 1000)), LONGEST_WISH_S)


def read_http_date(value: str | None) -> int | None:
    """The moment of a ``Date`` header in epoch ms, exact to a second; None if there is none or it is no date."""
    try:
        return int(parsedate_to_datetime(value or "").timestamp() * 1000)
    except (ValueError, TypeError, OverflowError):
        return None
