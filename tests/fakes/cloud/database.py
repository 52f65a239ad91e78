"""The rows of the cloud, in memory: statements with server time, and commits that others see late.

Knows nothing of sync. A row is a dict that is never changed, only replaced: whoever holds one may read it without the
lock. Every statement is a commit of its own (CLOUD §4, not transactional).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tests.fakes.cloud.schema import TABLES

Row = dict[str, Any]
MS = 1000

INDEXED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patient_additional_attributes": ("patient_id",),
        "visits": ("patient_id",),
        "events": ("patient_id", "visit_id"),
        "appointments": ("patient_id", "current_visit_id"),
        "prescriptions": ("patient_id", "visit_id"),
        "prescription_items": ("patient_id",),
        "patient_vitals": ("patient_id",),
        "patient_problems": ("patient_id",),
        "dispensing_records": ("prescription_item_id",),
        "clinic_inventory": ("drug_id",),
    }
)
"""Columns by which rows are found: for cascades, and for what must be unique."""


class Database:
    """``now_ms`` is the clock of the server and of its database. Guard what belongs together with ``lock``."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self.lock = threading.RLock()
        self.now_ms = now_ms
        self.commit_delay_ms = 0
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self._index: dict[tuple[str, str], dict[Any, dict[str, None]]] = {}
        self._unseen: dict[str, dict[str, list[tuple[int, Row | None]]]] = defaultdict(dict)
        self._last_us = 0
        self._build_index()

    def statement_us(self) -> int:
        """When a statement began: never the same twice, and always a little later than the millisecond JSON shows."""
        start_us = self.now_ms() * MS + 1
        self._last_us = max(start_us, self._last_us + 1) if self._last_us < start_us + MS - 1 else start_us
        return self._last_us

    def find(self, table: str, id: str | None) -> Row | None:
        """The row as statements see it: with everything that was written, committed or not."""
        return self._rows[table].get(id) if id is not None else None

    def all(self, table: str) -> list[Row]:
        """See find."""
        with self.lock:
            return list(self._rows[table].values())

    def where(self, table: str, column: str, value: Any) -> list[Row]:
        """The rows with that value in an indexed column."""
        rows = self._rows[table]
        return [rows[id] for id in self._index[table, column].get(value, ())]

    def committed(self, table: str) -> list[Row]:
        """The rows as another session sees them now: without what was written but not committed yet."""
        with self.lock:
            unseen, rows = self._unseen[table], self._rows[table]
            if not unseen:
                return list(rows.values())
            now_ms = self.now_ms()
            for id in [id for id, versions in unseen.items() if versions[-1][0] <= now_ms]:
                del unseen[id]
            return [row for id in {**rows, **unseen} if (row := self._as_committed(table, id, now_ms)) is not None]

    def put(self, table: str, row: Row) -> None:
        """A new row, or a new version of one. Seen by others after the commit delay."""
        with self.lock:
            before = self._rows[table].get(row["id"])
            self._keep_for_others(table, row["id"], before)
            for column in INDEXED.get(table, ()):
                self._unlink(table, column, before)
                self._index[table, column].setdefault(row[column], {})[row["id"]] = None
            self._rows[table][row["id"]] = row

    def remove(self, table: str, id: str) -> None:
        """The row is gone for good; no tombstone stays."""
        with self.lock:
            before = self._rows[table].pop(id, None)
            if before is not None:
                self._keep_for_others(table, id, before)
                for column in INDEXED.get(table, ()):
                    self._unlink(table, column, before)

    def clear(self, *tables: str) -> None:
        """Nothing is left of these tables."""
        with self.lock:
            for table in tables:
                self._rows[table].clear()
                self._unseen.pop(table, None)
            self._build_index()

    def _as_committed(self, table: str, id: str, now_ms: int) -> Row | None:
        for visible_ms, before in self._unseen[table].get(id, ()):
            if visible_ms > now_ms:
                return before
        return self._rows[table].get(id)

    def _keep_for_others(self, table: str, id: str, before: Row | None) -> None:
        if self.commit_delay_ms:
            versions = self._unseen[table].setdefault(id, [])
            versions.append((self.now_ms() + self.commit_delay_ms, before))

    def _unlink(self, table: str, column: str, row: Row | None) -> None:
        if row is not None:
            linked = self._index[table, column].get(row[column], {})
            linked.pop(row["id"], None)

    def _build_index(self) -> None:
        self._index = {(table, column): {} for table, columns in INDEXED.items() for column in columns}
        for (table, column), index in self._index.items():
            for id, row in self._rows[table].items():
                index.setdefault(row[column], {})[id] = None
