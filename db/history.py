"""Every version of a record that was replaced, lost or refused: who made it, when, and how to bring it back.

Knows nothing of how versions come about (db/push.py and db/records.py write them).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa

from db.catalogue import BOOKKEEPING_COLUMNS, CATALOGUE
from db.database import Database, Snapshot
from db.errors import NotFound
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, Data, VersionKind, load_rows
from db.schema import RECORD_HISTORY, RECORD_TABLES, SYNC_LOG
from db.sqlite.dialect import field
from db.sync_log import SyncEntry, SyncKind, log_sync

ONCE_CURRENT = (VersionKind.REPLACED.value, VersionKind.CONFLICT.value, VersionKind.DELETED.value)
"""Kinds of versions that once were the record; the others never were."""
_OF_RECORD = sa.and_(
    RECORD_HISTORY.c.record_id == sa.bindparam("record"), RECORD_HISTORY.c.table_name == sa.bindparam("name")
)
_VERSION_AT = (
    sa.select(RECORD_HISTORY.c.data)
    .where(
        _OF_RECORD,
        RECORD_HISTORY.c.stamp <= sa.bindparam("at"),
        RECORD_HISTORY.c.replaced_stamp > sa.bindparam("at"),
        RECORD_HISTORY.c.kind.in_(ONCE_CURRENT),
    )
    .order_by(RECORD_HISTORY.c.id.desc())
    .limit(1)
)
_LAST_REFUSED = (
    sa.select(RECORD_HISTORY.c.data)
    .where(_OF_RECORD, RECORD_HISTORY.c.kind == VersionKind.REFUSED.value)
    .order_by(RECORD_HISTORY.c.id.desc())
    .limit(1)
)
_BY_DEVICE = (
    sa.select(RECORD_HISTORY.c.data)
    .select_from(RECORD_HISTORY.join(SYNC_LOG, SYNC_LOG.c.id == RECORD_HISTORY.c.sync_id))
    .where(_OF_RECORD, RECORD_HISTORY.c.kind.in_(ONCE_CURRENT), SYNC_LOG.c.device_id == sa.bindparam("device"))
    .order_by(RECORD_HISTORY.c.id.desc())
    .limit(20)
)


@dataclass(frozen=True)
class Version:
    """A version of a record. ``version`` is its number for ``restore_version``; ``at`` epoch ms of the sync that
    wrote it (None: before logs began); ``columns``: what was replaced or lost."""

    version: int
    kind: str  # a VersionKind, or "current"
    at: int | None
    channel: str | None
    device_id: str | None
    user_name: str | None
    columns: tuple[str, ...]
    data: Data


def version_at(snapshot: Snapshot, table: str, record_id: str, stamp: int) -> Data | None:
    """What the record looked like at ``stamp``, when it has changed since; None if it was not there."""
    if not stamp:
        return None
    return _data(snapshot.scalar(_VERSION_AT, {"record": record_id, "name": table, "at": stamp}))


def last_refused(snapshot: Snapshot, table: str, record_id: str) -> Data | None:
    """The last edit that came after the record was deleted."""
    return _data(snapshot.scalar(_LAST_REFUSED, {"record": record_id, "name": table}))


def versions_by_device(snapshot: Snapshot, table: str, record_id: str, device_id: str) -> list[Data]:
    """Replaced versions of a record that a device wrote, newest first."""
    rows = snapshot.rows(_BY_DEVICE, {"record": record_id, "name": table, "device": device_id})
    return [msgspec.json.decode(row.data) for row in rows]


def versions_of(snapshot: Snapshot, table: str, record_id: str) -> list[Version]:
    """All versions of a record, newest first; the current one has number 0. Raises NotFound."""
    _check_table(table)
    current = load_rows(snapshot, table, [record_id]).get(record_id)
    if current is None:
        raise NotFound(table=table)
    users = RECORD_TABLES["users"]
    who = sa.select(SYNC_LOG, field(users, "name").label("user_name")).select_from(
        SYNC_LOG.outerjoin(users, users.c.id == SYNC_LOG.c.user_id)
    )
    log = who.subquery()
    rows = snapshot.rows(
        sa.select(RECORD_HISTORY, log.c.at, log.c.channel, log.c.device_id, log.c.user_name)
        .select_from(RECORD_HISTORY.outerjoin(log, log.c.id == RECORD_HISTORY.c.sync_id))
        .where(_OF_RECORD)
        .order_by(RECORD_HISTORY.c.id.desc()),
        {"record": record_id, "name": table},
    )
    author = snapshot.first(who.where(SYNC_LOG.c.id == current.sync_id))
    newest = Version(
        0,
        "deleted" if current.is_deleted else "current",
        author.at if author else None,
        author.channel if author else None,
        author.device_id if author else None,
        author.user_name if author else None,
        (),
        current.data,
    )
    return [newest, *map(_version, rows)]


def restore_version(
    database: Database, table: str, record_id: str, version: int, channel: str, *, only_lost: bool = False
) -> None:
    """Makes an old version current again; phones and cloud receive it like any other edit.

    Restoring AS_RECEIVED or REFUSED versions puts their columns over the current row. A deleted record comes
    back to life. ``only_lost``: of a living record only the columns that lost. Raises NotFound.
    """
    _check_table(table)
    with database.write() as transaction:
        row = transaction.first(
            sa.select(RECORD_HISTORY).where(_OF_RECORD, RECORD_HISTORY.c.id == version),
            {"record": record_id, "name": table},
        )
        current = load_rows(transaction, table, [record_id]).get(record_id)
        if row is None or current is None:
            raise NotFound(table=table, version=version)
        old: Data = msgspec.json.decode(row.data)
        if row.kind == VersionKind.AS_RECEIVED.value:
            raise NotFound(table=table, version=version)
        if only_lost and not current.is_deleted:
            lost = set(msgspec.json.decode(row.columns))
            old = {name: value for name, value in old.items() if name in lost}
        for name in CATALOGUE[table].secret_columns:  # an old name must not bring back an old password
            old.pop(name, None)
        data = {**current.data, **old, "updated_at": transaction.now_ms}
        if current.is_deleted:
            data |= {name: value for name, value in _ALIVE.items() if name in CATALOGUE[table].columns}
        changed = frozenset(name for name in data if data[name] != current.data.get(name))
        changes = RecordChanges(transaction)
        changes.load(table, [record_id])
        planned = PlannedRow(record_id, data, current, False, NO_MARK, NO_MARK, None if current.is_deleted else changed)
        changes.put(table, planned, VersionKind.REPLACED, changed - BOOKKEEPING_COLUMNS)
        changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, channel, None, None, {table: 1})))


_ALIVE: MappingProxyType[str, Any] = MappingProxyType({"is_deleted": False, "deleted_at": None})


def _check_table(table: str) -> None:
    if table not in CATALOGUE:
        raise NotFound(table="?")


def _data(text: str | None) -> Data | None:
    return None if text is None else msgspec.json.decode(text)


def _version(row: Any) -> Version:
    values = row._mapping
    return Version(
        version=values["id"],
        kind=values["kind"],
        at=values["at"],
        channel=values["channel"],
        device_id=values["device_id"],
        user_name=values["user_name"],
        columns=tuple(msgspec.json.decode(values["columns"])),
        data=msgspec.json.decode(values["data"]),
    )
