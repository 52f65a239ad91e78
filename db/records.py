"""The stored rows of the document tables: loading them by id, inserting and updating many at once, counting them.

Knows nothing of merging or phones. Nothing writes here but db/record_changes.py, which keeps history, outbox and
counts in step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from db.database import Snapshot, Statement, Transaction
from db.schema import RECORD_COUNTS, RECORD_TABLES
from db.sqlite.dialect import json_values, values_of

NO_MARK = -1
"""Stands for "no pull is known": no pull ever gets this mark."""

Data = dict[str, Any]
_MANY = 200


class VersionKind(StrEnum):
    """Why a version of a record is in the history."""

    REPLACED = "replaced"  # a newer version took its place
    CONFLICT = "conflict"  # the same, and some of its columns lost against another edit
    DELETED = "deleted"  # the record was deleted
    REFUSED = "refused"  # an edit that arrived after the record was deleted; never current
    AS_RECEIVED = "as_received"  # values as they came, before they were repaired; never current


@dataclass(slots=True)
class StoredRow:
    """A row as it is in its table (or as this transaction is about to leave it)."""

    record_id: str
    data: Data
    created_at: int
    last_modified: int
    deleted_at: int | None
    sync_id: int | None
    held_mark: int | None
    created_mark: int | None

    @property
    def is_deleted(self) -> bool:
        """Whether the row is a tombstone."""
        return self.deleted_at is not None


@dataclass(frozen=True)
class _Statements:
    load: sa.Select[Any]
    some_ids: sa.Select[Any]
    living: sa.Select[Any]
    insert: Statement
    update: Statement


@cache
def _statements(name: str) -> _Statements:
    table = RECORD_TABLES[name]
    return _Statements(
        load=sa.select(table).where(table.c.id.in_(sa.select(values_of("ids").c.value))),
        living=sa.select(table.c.id).where(
            table.c.id.in_(sa.select(values_of("ids").c.value)), table.c.local_server_deleted_at.is_(None)
        ),
        some_ids=sa.select(table.c.id).limit(sa.bindparam("few")),
        insert=Statement(table.insert().values({column.name: sa.bindparam(column.name) for column in table.c})),
        update=Statement(
            table.update()
            .values({column.name: sa.bindparam(column.name) for column in table.c if column.name != "id"})
            .where(table.c.id == sa.bindparam("row_id"))
        ),
    )


def load_rows(snapshot: Snapshot, table: str, ids: Iterable[str]) -> dict[str, StoredRow]:
    """The stored rows (tombstones too) with these ids, by id."""
    wanted = list(ids)
    if len(wanted) > _MANY:
        wanted = _without_strangers(snapshot, table, wanted)
    if not wanted:
        return {}
    parameters = {"ids": json_values(wanted)}
    return {
        row[0]: StoredRow(row[0], msgspec.json.decode(row[1]), row[2], row[3], row[4], row[5], row[6], row[7])
        for row in snapshot.rows(_statements(table).load, parameters)
    }


def living_ids(snapshot: Snapshot, table: str, ids: Iterable[str]) -> frozenset[str]:
    """Those of these ids that are records and no tombstones, without reading the records."""
    parameters = {"ids": json_values(ids)}
    return frozenset(row[0] for row in snapshot.rows(_statements(table).living, parameters))


def _without_strangers(snapshot: Snapshot, table: str, ids: list[str]) -> list[str]:
    """A phone's first push brings thousands of rows into a table with few: reading the few ids there are is
    cheaper than looking up the many. Where there are many, all ids stay in."""
    few = len(ids) // 4
    stored = {row[0] for row in snapshot.rows(_statements(table).some_ids, {"few": few})}
    return ids if len(stored) == few else [record_id for record_id in ids if record_id in stored]


def insert_rows(transaction: Transaction, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Adds rows; each a tuple of the table's columns in order."""
    transaction.run_many(_statements(table).insert, rows)


def update_rows(transaction: Transaction, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Replaces rows; each a tuple of every column after ``id`` in order, then the id."""
    transaction.run_many(_statements(table).update, rows)


def count_more(transaction: Transaction, table: str, more: int) -> None:
    """Adds to the number of live records of a table."""
    if not more:
        return
    counts = RECORD_COUNTS.c
    changed = transaction.run(RECORD_COUNTS.update().where(counts.table_name == table).values(live=counts.live + more))
    if not changed.rowcount:
        transaction.run(RECORD_COUNTS.insert().values(table_name=table, live=more))


def live_counts(snapshot: Snapshot) -> dict[str, int]:
    """How many live records each table has, without counting them."""
    return {row.table_name: row.live for row in snapshot.rows(sa.select(RECORD_COUNTS))}
