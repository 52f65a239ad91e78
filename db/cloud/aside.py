"""What the cloud cannot or would not keep: set aside with a reason, visible to staff, until it changes (DESIGN §7).

Knows nothing of sending. Everything else flows on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from db.cloud.known import OF_ENTRY, WAITING, confirm, known_rows
from db.conflicts import patient_name
from db.database import Database, Snapshot, Transaction
from db.errors import NotFound
from db.history import version_at
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, Data, VersionKind, load_rows
from db.schema import CLOUD_SENDS, OUTBOX
from db.sync_log import SyncEntry, SyncKind, log_sync


class AsideReason(StrEnum):
    """Why; each has a sentence in the catalogue of languages."""

    REFUSED = "refused"  # the cloud answers with a failure whenever it is sent
    TOO_LONG = "too_long"  # the same, and a text in it is longer than the cloud allows
    NOT_KEPT = "not_kept"  # it said that it took it, and does not show it
    OLDER = "older"  # the same, and it holds a later version
    DELETED_THERE = "deleted_there"  # the same, and it was deleted there
    OTHER_CLINIC = "other_clinic"  # the record is at a clinic that this computer's key is not for
    LEFT = "left"  # the record has moved to another clinic since; what is here may be old
    BAD_ID = "bad_id"  # the cloud would keep it under a new id each time
    UNKNOWN_STAFF = "unknown_staff"  # it needs a member of staff whom the cloud does not know
    PARENT = "parent"  # the patient or visit it belongs to is set aside


PREDICTED = frozenset(
    {
        AsideReason.OTHER_CLINIC,
        AsideReason.LEFT,
        AsideReason.BAD_ID,
        AsideReason.UNKNOWN_STAFF,
        AsideReason.PARENT,
    }
)
"""Reasons found without asking the cloud: they are looked at anew in every round."""


_LONGEST: MappingProxyType[str, int] = MappingProxyType(
    {"sex": 24, "camp": 50, "government_id": 100, "external_patient_id": 100, "problem_label": 255}
)
"""How many letters the cloud has room for (CLOUD §4, value rules)."""


@dataclass(frozen=True)
class AsideRecord:
    """One record that is set aside. ``name``: of the patient it is about, for the screen only."""

    table: str
    record_id: str
    reason: AsideReason
    at: int
    name: str


def aside_count(snapshot: Snapshot) -> int:
    """How many records are set aside."""
    query = sa.select(sa.func.count()).select_from(OUTBOX.join(CLOUD_SENDS, OF_ENTRY))
    return int(snapshot.scalar(query.where(CLOUD_SENDS.c.aside.is_not(None))))


def waiting_to_upload(snapshot: Snapshot) -> int:
    """How many records wait for the cloud and are not set aside."""
    return int(snapshot.scalar(sa.select(sa.func.count()).select_from(WAITING).where(CLOUD_SENDS.c.aside.is_(None))))


def list_aside(snapshot: Snapshot, count: int) -> list[AsideRecord]:
    """The records that are set aside, newest first."""
    query = (
        sa.select(CLOUD_SENDS)
        .select_from(OUTBOX.join(CLOUD_SENDS, OF_ENTRY))
        .where(CLOUD_SENDS.c.aside.is_not(None))
        .order_by(CLOUD_SENDS.c.aside_at.desc(), CLOUD_SENDS.c.table_name, CLOUD_SENDS.c.record_id)
        .limit(count)
    )
    return [_record(snapshot, row) for row in snapshot.rows(query)]


def set_aside(transaction: Transaction, table: str, record_id: str, entry_stamp: int, reason: AsideReason) -> None:
    """Sets an entry aside that has a row in CLOUD_SENDS."""
    transaction.run(
        CLOUD_SENDS.update()
        .where(_of(CLOUD_SENDS, table, record_id), CLOUD_SENDS.c.entry_stamp == entry_stamp)
        .values(aside=reason.value, aside_at=transaction.now_ms)
    )


def likely_refusal(wire: Mapping[str, Any] | None) -> AsideReason:
    """Why the cloud may have failed at this row: all it says is that it failed."""
    texts = wire or {}
    is_too_long = any(len(str(texts.get(name) or "")) > longest for name, longest in _LONGEST.items())
    return AsideReason.TOO_LONG if is_too_long else AsideReason.REFUSED


def retry(database: Database, table: str | None = None, record_id: str | None = None) -> int:
    """Tries a record that is set aside again, or all of them; returns how many."""
    which: sa.ColumnElement[bool] = CLOUD_SENDS.c.aside.is_not(None)
    if table is not None and record_id is not None:
        which = sa.and_(which, _of(CLOUD_SENDS, table, record_id))
    with database.write() as transaction:
        again = CLOUD_SENDS.update().where(which)
        return int(transaction.run(again.values(aside=None, is_answered=False, unseen=0, resends=0)).rowcount)


def discard(database: Database, table: str, record_id: str) -> None:
    """Gives up what is set aside: the record becomes what the cloud holds, or is deleted where it holds nothing. What
    is given up stays in the history. Raises NotFound."""
    with database.write() as transaction:
        entry = transaction.first(
            sa.select(CLOUD_SENDS)
            .select_from(OUTBOX.join(CLOUD_SENDS, OF_ENTRY))
            .where(_of(CLOUD_SENDS, table, record_id), CLOUD_SENDS.c.aside.is_not(None))
        )
        if entry is None:
            raise NotFound(table="?")
        before = load_rows(transaction, table, [record_id]).get(record_id)
        confirm(transaction, table, [record_id])
        if before is None or before.is_deleted:
            return
        changes = RecordChanges(transaction, for_cloud=False)
        changes.load(table, [record_id])
        theirs = _cloud_version(transaction, table, record_id)
        if theirs is None:
            changes.delete(table, record_id, VersionKind.DELETED, (), NO_MARK)
        else:
            data = {**before.data, **theirs}
            changed = frozenset(name for name, value in data.items() if value != before.data.get(name))
            planned = PlannedRow(record_id, data, before, False, NO_MARK, NO_MARK, changed)
            changes.put(table, planned, VersionKind.REPLACED, changed)
        changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, "window", None, None, {table: 1})))


def _cloud_version(transaction: Transaction, table: str, record_id: str) -> Data | None:
    known = known_rows(transaction, table, [record_id]).get(record_id)
    if known is None or known.gone_at is not None:
        return None
    return known.seen_data or version_at(transaction, table, record_id, known.stamp)


def _record(snapshot: Snapshot, row: Any) -> AsideRecord:
    values = row._mapping
    table, record_id = values["table_name"], values["record_id"]
    stored = load_rows(snapshot, table, [record_id]).get(record_id)
    name = patient_name(snapshot, table, stored.data) if stored else ""
    return AsideRecord(table, record_id, AsideReason(values["aside"]), values["aside_at"], name)


def _of(table: sa.Table, name: str, record_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.table_name == name, table.c.record_id == record_id)
