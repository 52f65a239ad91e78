"""What the main page shows of the sync log, counted in the background: how much was synced, and the phones' clocks.

Knows nothing of how it is shown. Pages ask every few seconds: nothing is read again until the log has new lines.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from db.database import Database
from db.health import PhoneClock, phone_clocks
from kiosk.activity import ActivityCount, Sums
from kiosk.jobs import run_guarded
from kiosk.phone_receipts import SHARE_OF_TIME, Start, in_background

STALE_AFTER_MS = 10 * 60_000
"""The last day goes on when nothing is logged, and a clock that was set makes another one of it."""


@dataclass(frozen=True)
class Counted:
    """As of the last count."""

    sums: Sums
    clocks: tuple[PhoneClock, ...]


class Glance:
    """Safe for many threads. ``monotonic``: seconds."""

    def __init__(
        self, database: Database, start: Start = in_background, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._start = start
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._activity = ActivityCount()
        self._counted = Counted({}, ())
        self._counted_at: tuple[int, int] | None = None
        self._is_counting = False
        self._next_s = 0.0

    def current(self, newest_line: int, now_ms: int) -> Counted:
        """As of the last count; a new one is begun where the log has gone on to ``newest_line`` since."""
        with self._lock:
            is_due = not self._is_counting and self._is_old(newest_line, now_ms) and self._monotonic() >= self._next_s
            self._is_counting = self._is_counting or is_due
        if is_due:
            self._start(lambda: run_guarded("glance", lambda: self._count(newest_line, now_ms)))
        return self._counted

    def _is_old(self, newest_line: int, now_ms: int) -> bool:
        if self._counted_at is None:
            return True
        line, at_ms = self._counted_at
        return line != newest_line or abs(now_ms - at_ms) > STALE_AFTER_MS

    def _count(self, newest_line: int, now_ms: int) -> None:
        began = self._monotonic()
        try:
            with self._database.read() as snapshot:
                sums = self._activity.bring_up_to_date(snapshot, newest_line, now_ms)
                clocks = phone_clocks(snapshot, now_ms)
            self._counted, self._counted_at = Counted(sums, clocks), (newest_line, now_ms)
        finally:
            with self._lock:
                ended = self._monotonic()
                self._next_s = ended + (ended - began) * SHARE_OF_TIME
                self._is_counting = False
