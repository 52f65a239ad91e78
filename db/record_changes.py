"""Planned changes of records: one door for every change, whoever makes it.

Collects what one transaction does to records and writes it all, keeping history, outbox and counts in step with
the rows. Knows nothing of merging or phones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE, children_of
from db.database import Statement, Transaction
from db.earlier_lives import remember_lives
from db.outbox import OutboxEntry, write_changed, write_new
from db.records import (
    NO_MARK,
    Data,
    StoredRow,
    VersionKind,
    count_more,
    insert_rows,
    load_rows,
    update_rows,
)
from db.row_types import TypedRow, plain_row
from db.schema import DROPPED_ROWS, HELD_ROWS, RECORD_HISTORY, RECORD_TABLES
from db.sqlite.dialect import field, insert_new


@dataclass(slots=True)
class PlannedRow:
    """What this transaction makes of a row. ``before`` is None for a new one."""

    record_id: str
    data: Data
    before: StoredRow | None
    is_deleted: bool
    held_mark: int
    created_mark: int
    changed: frozenset[str] | None  # None: all columns


@dataclass(slots=True)
class PlannedVersion:
    """A version that goes to the history. ``stamp`` and ``sync_id`` None: of this very transaction."""

    table: str
    record_id: str
    kind: VersionKind
    columns: Iterable[str]
    data: Data
    stamp: int | None
    sync_id: int | None
    reason: str | None = None  # of what was refused: the permission that was missing


_INSERT_HISTORY = Statement(
    RECORD_HISTORY.insert().values(
        {column.name: sa.bindparam(column.name) for column in RECORD_HISTORY.c if column.name != "id"}
    )
)
_HOLD = Statement(insert_new(HELD_ROWS))
_DROP = Statement(insert_new(DROPPED_ROWS))


class RecordChanges:
    """Collects what one transaction does to records; ``flush`` writes it all.

    Look rows up with ``stored`` after ``load``; ``planned`` tells what this transaction has made of them so far.
    ``mark``: the pull whose phone makes these changes, for the rows given to ``fresh_rows``. ``for_cloud``: whether
    the changes are news for the cloud; what came from there is not (DESIGN §7).
    """

    def __init__(self, transaction: Transaction, mark: int = NO_MARK, *, for_cloud: bool = True) -> None:
        self._transaction = transaction
        self._mark = mark
        self._for_cloud = for_cloud
        self._fresh: dict[str, dict[str, TypedRow]] = {}
        self._stored: dict[str, dict[str, StoredRow]] = {}
        self._planned: dict[str, dict[str, PlannedRow]] = {}
        self._versions: list[PlannedVersion] = []
        self._held: list[tuple[int, str, str]] = []
        self._dropped: list[tuple[int, str, str]] = []
        self._links: dict[tuple[str, str], dict[object, list[str]]] = {}

    def load(self, table: str, ids: Iterable[str]) -> dict[str, StoredRow]:
        """Fetches rows that will be asked for; returns all that were fetched so far, by id."""
        stored = self._stored.setdefault(table, {})
        stored.update(load_rows(self._transaction, table, ids))
        return stored

    def stored(self, table: str, record_id: str) -> StoredRow | None:
        """The row as it was before this transaction."""
        return self._stored[table].get(record_id)

    def planned(self, table: str, record_id: str) -> PlannedRow | None:
        """What this transaction has made of the row so far, if it has touched it."""
        rows = self.planned_rows(table)
        fresh = self._fresh.get(table)
        if fresh and record_id in fresh:
            data = plain_row(fresh.pop(record_id))
            rows[record_id] = PlannedRow(record_id, data, None, False, self._mark, self._mark, None)
        return rows.get(record_id)

    def planned_rows(self, table: str) -> dict[str, PlannedRow]:
        """Every row planned so far but the fresh ones, by id; for looking only."""
        return self._planned.setdefault(table, {})

    def fresh_rows(self, table: str) -> dict[str, TypedRow]:
        """New rows, by id, to be filled by the caller's hot loop: exactly as the phone of ``mark`` holds them,
        without its private columns, of ids that are neither stored nor planned."""
        return self._fresh.setdefault(table, {})

    def put(self, table: str, row: PlannedRow, kind: VersionKind, columns: Iterable[str]) -> None:
        """Plans a new version of a live row; what it replaces goes to the history as ``kind``."""
        earlier = self.planned(table, row.record_id)
        if earlier is not None:
            self._keep(PlannedVersion(table, row.record_id, kind, columns, earlier.data, None, None))
        elif row.before is not None:
            self._keep_stored(table, row.before, kind, columns)
        self.planned_rows(table)[row.record_id] = row
        for (name, column), children in self._links.items():
            if name == table:
                children.setdefault(row.data.get(column), []).append(row.record_id)

    def delete(self, table: str, record_id: str, kind: VersionKind, columns: Iterable[str], held_mark: int) -> None:
        """Plans the deletion of a live row and of its descendants (DESIGN §6)."""
        earlier, before = self.planned(table, record_id), self.stored(table, record_id)
        if earlier is None and before is None:
            return
        if (earlier or before).is_deleted:  # type: ignore[union-attr]
            return
        if earlier is not None:
            self._keep(PlannedVersion(table, record_id, kind, columns, earlier.data, None, None))
        elif before is not None:
            self._keep_stored(table, before, kind, columns)
        data = earlier.data if earlier else before.data if before else {}
        created_mark = earlier.created_mark if earlier else NO_MARK
        self.planned_rows(table)[record_id] = PlannedRow(record_id, data, before, True, held_mark, created_mark, None)
        self._delete_children(table, record_id)

    def delete_descendants(self, table: str, record_id: str) -> None:
        """Plans the deletion of what still lives below a row that is deleted already."""
        self._delete_children(table, record_id)

    def touch(self, table: str, row: StoredRow) -> None:
        """Gives an unchanged row a new stamp, so that phones which believe otherwise receive it again."""
        self.planned_rows(table).setdefault(
            row.record_id, PlannedRow(row.record_id, row.data, row, row.is_deleted, NO_MARK, NO_MARK, frozenset())
        )

    def keep_aside(
        self,
        table: str,
        record_id: str,
        kind: VersionKind,
        columns: Iterable[str],
        data: Data,
        reason: str | None = None,
    ) -> None:
        """Puts something into the history that never was a version of the record (REFUSED, AS_RECEIVED)."""
        self._keep(PlannedVersion(table, record_id, kind, columns, data, None, None, reason))

    def hold(self, mark: int, table: str, record_id: str) -> None:
        """Remembers that the phone of pull ``mark`` has this row although neither made nor pulled it."""
        self._held.append((mark, table, record_id))

    def give_back(self, table: str, record_id: str, *, is_dropped: bool) -> None:
        """Lets the phone of these changes take a living row back that it may not delete. ``is_dropped``: it has
        destroyed the row, so that to this phone it is new."""
        planned, before = self.planned(table, record_id), self.stored(table, record_id)
        if planned is not None:
            planned.held_mark = NO_MARK
        elif before is not None:
            self.touch(table, before)
        if is_dropped and self._mark != NO_MARK:
            self._dropped.append((self._mark, table, record_id))

    @property
    def is_empty(self) -> bool:
        """Whether flush would change nothing that anybody sees."""
        return not (any(self._planned.values()) or any(self._fresh.values()) or self._versions)

    def flush(self, sync_id: int | None) -> None:
        """Writes everything planned. ``sync_id``: the line of the sync log that says who and when."""
        for name in CATALOGUE:
            if name in self._planned or name in self._fresh:
                self._write(name, sync_id)
        if self._versions:
            self._write_versions(sync_id)
        if self._held:
            self._transaction.run_many(_HOLD, self._held)
        if self._dropped:
            self._transaction.run_many(_DROP, self._dropped)

    def _keep(self, version: PlannedVersion) -> None:
        self._versions.append(version)

    def _keep_stored(self, table: str, row: StoredRow, kind: VersionKind, columns: Iterable[str]) -> None:
        self._keep(PlannedVersion(table, row.record_id, kind, columns, row.data, row.last_modified, row.sync_id))

    def _delete_children(self, table: str, record_id: str) -> None:
        for child, parent in children_of(table):
            sql = RECORD_TABLES[child.name]
            query = sa.select(sql.c.id).where(
                field(sql, parent.column) == sa.bindparam("parent"), sql.c.local_server_deleted_at.is_(None)
            )
            ids = [row.id for row in self._transaction.rows(query, {"parent": record_id})]
            ids += self._planned_children(child.name, parent.column).get(record_id, [])
            self.load(child.name, ids)
            for child_id in sorted(ids):  # in one order, however the push was read
                planned = self.planned(child.name, child_id)
                if planned is None or planned.data.get(parent.column) == record_id:  # not moved away meanwhile
                    self.delete(child.name, child_id, VersionKind.DELETED, (), NO_MARK)

    def _planned_children(self, table: str, column: str) -> dict[object, list[str]]:
        """Ids of rows that this transaction has made or changed, by what they have in ``column``. Collected once,
        when the first parent is deleted: fresh rows must be there by then."""
        if (table, column) not in self._links:
            children = self._links[table, column] = {}
            for fresh in self._fresh.get(table, {}).values():
                children.setdefault(getattr(fresh, column, None), []).append(fresh.id)
            for row in self.planned_rows(table).values():
                children.setdefault(row.data.get(column), []).append(row.record_id)
        return self._links[table, column]

    def _write(self, name: str, sync_id: int | None) -> None:
        fresh = self._fresh.get(name, {})
        rows = self._planned.get(name, {}).values()
        more = self._write_fresh(name, fresh, sync_id) if fresh else 0
        new = [row for row in rows if row.before is None]
        if new:
            stamp = self._transaction.stamp
            insert_rows(self._transaction, name, (_new_tuple(row, stamp, sync_id) for row in new))
        changed = [(row, row.before) for row in rows if row.before is not None]
        if changed:
            stamp = self._transaction.stamp
            tuples = (_changed_tuple(row, before, stamp, sync_id) for row, before in changed)
            update_rows(self._transaction, name, tuples)
            remember_lives(self._transaction, name, (before for row, before in changed if _is_revived(row, before)))
        if self._for_cloud and CATALOGUE[name].goes_to_cloud:
            if fresh or new:
                write_new(self._transaction, name)
            # A row that was only touched is no news for the cloud.
            news = [row for row, _ in changed if row.changed is None or row.changed]
            if news:
                entries = [OutboxEntry(row.record_id, row.changed, row.is_deleted) for row in news]
                write_changed(self._transaction, name, entries)
        more += sum(_is_live(row.data, is_deleted=row.is_deleted) for row in new)
        for row, before in changed:
            more += _is_live(row.data, is_deleted=row.is_deleted)
            more -= _is_live(before.data, is_deleted=before.is_deleted)
        count_more(self._transaction, name, more)

    def _write_fresh(self, name: str, fresh: dict[str, TypedRow], sync_id: int | None) -> int:
        """Writes the new rows as they were read; returns how many of them are live."""
        stamp = self._transaction.stamp
        mark = None if self._mark == NO_MARK else self._mark
        encode = msgspec.json.encode
        tuples = (
            (record_id, encode(row).decode(), stamp, stamp, None, sync_id, mark, mark)
            for record_id, row in fresh.items()
        )
        insert_rows(self._transaction, name, tuples)
        return sum(row.is_deleted is not True for row in fresh.values())

    def _write_versions(self, sync_id: int | None) -> None:
        now = self._transaction.stamp
        encode = msgspec.json.encode
        self._transaction.run_many(
            _INSERT_HISTORY,
            [
                _INSERT_HISTORY.values(
                    {
                        "table_name": version.table,
                        "record_id": version.record_id,
                        "stamp": now if version.stamp is None else version.stamp,
                        "replaced_stamp": now,
                        "kind": version.kind.value,
                        "columns": encode(sorted(version.columns)).decode(),
                        "data": encode(version.data).decode(),
                        "sync_id": sync_id if version.stamp is None else version.sync_id,
                        "replaced_sync_id": sync_id,
                        "reason": version.reason,
                    }
                )
                for version in self._versions
            ],
        )


def _new_tuple(row: PlannedRow, stamp: int, sync_id: int | None) -> tuple[Any, ...]:
    deleted_at = stamp if row.is_deleted else None
    data = msgspec.json.encode(row.data).decode()
    return (row.record_id, data, stamp, stamp, deleted_at, sync_id, _mark(row.held_mark), _mark(row.created_mark))


def _changed_tuple(row: PlannedRow, before: StoredRow, stamp: int, sync_id: int | None) -> tuple[Any, ...]:
    # A record that comes back to life is new for every phone that has taken its deletion (db/earlier_lives.py).
    is_revived = _is_revived(row, before)
    deleted_at = before.deleted_at if before.is_deleted else stamp
    return (
        msgspec.json.encode(row.data).decode(),
        stamp if is_revived else before.created_at,
        stamp,
        deleted_at if row.is_deleted else None,
        sync_id,
        _mark(row.held_mark),
        None if is_revived else before.created_mark,
        row.record_id,
    )


def _is_revived(row: PlannedRow, before: StoredRow) -> bool:
    return before.is_deleted and not row.is_deleted


def _mark(mark: int) -> int | None:
    return None if mark == NO_MARK else mark


def _is_live(data: Data, *, is_deleted: bool) -> bool:
    """Whether the record is counted: neither deleted nor marked so by the app itself."""
    return not is_deleted and data.get("is_deleted") is not True
