"""Who opened the phones' welcome page lately: the proof that a phone reaches this computer.

Knows nothing of accounts or records. Kept in memory only, and only the last few.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass

from db.clock import Clock

KEPT = 50
CODE = re.compile(r"[A-Z0-9]{1,12}")


@dataclass(frozen=True)
class Visitor:
    """A browser at ``address``. ``code``: what its link said, "" if nothing of use."""

    address: str
    at_ms: int
    code: str


class Visits:
    """Safe for many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._visitors: deque[Visitor] = deque(maxlen=KEPT)

    def note(self, address: str, code: str) -> None:
        """Somebody opened the page just now."""
        visitor = Visitor(address, self._clock.now_ms(), code if CODE.fullmatch(code) else "")
        with self._lock:
            self._visitors.append(visitor)

    def since(self, at_ms: int) -> tuple[Visitor, ...]:
        """Who came at this time or later, the last first."""
        with self._lock:
            return tuple(visitor for visitor in reversed(self._visitors) if visitor.at_ms >= at_ms)
