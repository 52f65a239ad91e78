"""What the server has acknowledged, and the check that none of it is gone (DESIGN §6).

Knows nothing of how phones or servers work; it looks at stored rows and their history only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from db.catalogue import BOOKKEEPING_COLUMNS, CATALOGUE
from db.database import Database, Snapshot
from db.schema import OUTBOX, RECORD_COUNTS, RECORD_HISTORY, RECORD_TABLES
from tests.sync.phone_tables import Row, RowKey

_NOT_EDITS = BOOKKEEPING_COLUMNS | {"id"}


@dataclass(frozen=True)
class StoredRecord:
    """A row of the store."""

    data: Row
    is_deleted: bool


def stored_records(snapshot: Snapshot) -> dict[RowKey, StoredRecord]:
    """Every row there is, tombstones too."""
    found: dict[RowKey, StoredRecord] = {}
    for name, table in RECORD_TABLES.items():
        for row in snapshot.rows(sa.select(table.c.id, table.c.data, table.c.local_server_deleted_at)):
            found[name, row[0]] = StoredRecord(msgspec.json.decode(row[1]), row[2] is not None)
    return found


def fingerprint(database: Database) -> list[Any]:
    """Everything that a push may change about records: rows with their stamps, history, outbox, counts."""
    with database.read() as snapshot:
        tables = [*RECORD_TABLES.values(), RECORD_HISTORY, OUTBOX, RECORD_COUNTS]
        return [[tuple(row) for row in snapshot.rows(sa.select(table))] for table in tables]


def live_counts_by_counting(records: dict[RowKey, StoredRecord]) -> dict[str, int]:
    """How many records each table has that are shown to people."""
    counts = dict.fromkeys(CATALOGUE, 0)
    for (table, _), record in records.items():
        if not record.is_deleted and record.data.get("is_deleted") is not True:
            counts[table] += 1
    return counts


@dataclass
class Ledger:
    """Every column value that a phone's push has brought."""

    edits: dict[tuple[RowKey, str], list[Any]] = field(default_factory=dict)

    def note(self, key: RowKey, values: Row) -> None:
        """The server has answered a push with these edits."""
        for column, value in values.items():
            if column not in _NOT_EDITS:
                known = self.edits.setdefault((key, column), [])
                if value not in known:
                    known.append(value)

    def missing(self, snapshot: Snapshot) -> list[str]:
        """Edits that are neither current nor in the history."""
        kept: dict[tuple[RowKey, str], list[Any]] = {}
        versions = [(key, record.data) for key, record in stored_records(snapshot).items()]
        history = snapshot.rows(
            sa.select(RECORD_HISTORY.c.table_name, RECORD_HISTORY.c.record_id, RECORD_HISTORY.c.data)
        )
        versions += [((row[0], row[1]), msgspec.json.decode(row[2])) for row in history]
        for key, data in versions:
            for column, value in data.items():
                kept.setdefault((key, column), []).append(value)
        return [
            f"{key[0]}/{key[1]}.{column} = {value!r}"
            for (key, column), values in self.edits.items()
            for value in values
            if value not in kept.get((key, column), [])
        ]
