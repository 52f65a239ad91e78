"""Where the records are that each phone was the last to change, for the pages (three-hop receipt).

Counted in the tables, in the background: in a large database it takes seconds, and pages ask every few of them.
Knows nothing of how it is shown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from db.cloud.receipts import hops_by_device, seen_at
from db.database import Database
from kiosk.jobs import run_guarded
from web.ui.cloud_port import Receipt

SHARE_OF_TIME = 20
"""Counting takes no more than one part in so many of the time."""
NONE_YET: Mapping[str, Receipt] = MappingProxyType({})
Start = Callable[[Callable[[], None]], None]


def in_background(work: Callable[[], None]) -> None:
    """Runs it on a thread of its own, which ends with the process."""
    threading.Thread(target=work, name="phone-receipts", daemon=True).start()


class PhoneReceipts:
    """Safe for many threads. ``monotonic``: seconds."""

    def __init__(
        self, database: Database, start: Start = in_background, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._start = start
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._is_counting = False
        self._counted: Mapping[str, Receipt] = NONE_YET
        self._counted_at: tuple[int, ...] | None = None
        self._next_s = 0.0

    def current(self, seen: tuple[int, ...] | None) -> Mapping[str, Receipt]:
        """By device id, as of the last count; a new one is begun where ``seen`` (db.cloud.receipts.seen_at; None: there
        is no cloud) shows that something has changed since. Empty without a cloud, or before the first count."""
        if seen is None:
            return NONE_YET
        with self._lock:
            is_due = not self._is_counting and seen != self._counted_at and self._monotonic() >= self._next_s
            self._is_counting = self._is_counting or is_due
        if is_due:
            self._start(lambda: run_guarded("phone receipts", self._count))
        return self._counted

    def _count(self) -> None:
        began = self._monotonic()
        try:
            with self._database.read() as snapshot:
                counted_at = seen_at(snapshot)
                hops = hops_by_device(snapshot)
            self._counted = {device: Receipt(h.here, h.in_cloud, h.waiting) for device, h in hops.items()}
            self._counted_at = counted_at
        finally:
            with self._lock:
                ended = self._monotonic()
                self._next_s = ended + (ended - began) * SHARE_OF_TIME
                self._is_counting = False
