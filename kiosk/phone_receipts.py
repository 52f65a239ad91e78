"""Where the records are that each phone was the last to change, for the pages (three-hop receipt).

Counted in the tables, in the background: in a large database it takes seconds, and pages ask every few of them.
Knows nothing of how it is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from db.cloud.receipts import hops_by_device, seen_at
from db.database import Database
from kiosk.background_count import BackgroundCount, Start, in_background
from web.ui.cloud_port import Receipt

NONE_YET: Mapping[str, Receipt] = MappingProxyType({})


class PhoneReceipts:
    """Safe for many threads. ``monotonic``: seconds."""

    def __init__(
        self, database: Database, start: Start = in_background, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._counting = BackgroundCount("phone receipts", start, monotonic)
        self._counted: Mapping[str, Receipt] = NONE_YET
        self._counted_at: tuple[int, ...] | None = None

    def current(self, seen: tuple[int, ...] | None) -> Mapping[str, Receipt]:
        """By device id, as of the last count; a new one is begun where ``seen`` (db.cloud.receipts.seen_at; None: there
        is no cloud) shows that something has changed since. Empty without a cloud, or before the first count."""
        if seen is None:
            return NONE_YET
        self._counting.begin_unless_fresh(lambda: seen == self._counted_at, self._count)
        return self._counted

    def _count(self) -> None:
        with self._database.read() as snapshot:
            counted_at = seen_at(snapshot)
            hops = hops_by_device(snapshot)
        self._counted = {device: Receipt(h.here, h.in_cloud, h.waiting) for device, h in hops.items()}
        self._counted_at = counted_at
