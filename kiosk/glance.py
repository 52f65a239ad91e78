"""What the main page shows of the sync log, counted in the background: how much was synced, and the phones' clocks.

Knows nothing of how it is shown. Pages ask every few seconds: nothing is read again until the log has new lines.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from db.database import Database
from db.health import PhoneClock, phone_clocks
from kiosk.activity import ActivityCount, Sums
from kiosk.background_count import BackgroundCount, Start, in_background

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
        self._counting = BackgroundCount("glance", start, monotonic)
        self._activity = ActivityCount()
        self._counted = Counted({}, ())
        self._counted_at: tuple[int, int] | None = None

    def current(self, newest_line: int, now_ms: int) -> Counted:
        """As of the last count; a new one is begun where the log has gone on to ``newest_line`` since."""
        self._counting.begin_unless_fresh(
            lambda: self._is_fresh(newest_line, now_ms), lambda: self._count(newest_line, now_ms)
        )
        return self._counted

    def _is_fresh(self, newest_line: int, now_ms: int) -> bool:
        if self._counted_at is None:
            return False
        line, at_ms = self._counted_at
        return line == newest_line and abs(now_ms - at_ms) <= STALE_AFTER_MS

    def _count(self, newest_line: int, now_ms: int) -> None:
        with self._database.read() as snapshot:
            sums = self._activity.bring_up_to_date(snapshot, newest_line, now_ms)
            clocks = phone_clocks(snapshot, now_ms)
        self._counted, self._counted_at = Counted(sums, clocks), (newest_line, now_ms)
