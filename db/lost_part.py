"""What the database that a restore replaces knows of the time after the backup: the part of the timeline that is lost.

Which phones synced then, and what they hold because of it: carried over, so that they need not begin anew. What they
sent is not: that is what is lost. Knows nothing of files or keys (db/restore.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from db.database import Snapshot, Statement, Transaction
from db.devices import find_device_and_user
from db.schema import (
    DEVICES,
    DROPPED_ROWS,
    EARLIER_LIVES,
    HELD_ROWS,
    PULLS,
    RECORD_TABLES,
    SYNC_LOG,
    TIMELINE_GAPS,
    WITHHELD_ROWS,
)
from db.settings import Setting, read_setting
from db.sqlite.dialect import insert_new, upsert
from db.sync_log import SyncKind

_CHANGING = (SyncKind.PUSH.value, SyncKind.PROCEDURE.value)
_REMEMBER_LIVES = Statement(insert_new(EARLIER_LIVES))
_WHAT_PHONES_HOLD = (
    (DEVICES, Statement(upsert(DEVICES))),
    (PULLS, Statement(upsert(PULLS))),
    (HELD_ROWS, Statement(insert_new(HELD_ROWS))),
    (DROPPED_ROWS, Statement(insert_new(DROPPED_ROWS))),
    (WITHHELD_ROWS, Statement(insert_new(WITHHELD_ROWS))),
    (EARLIER_LIVES, _REMEMBER_LIVES),
)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class LateSync:
    """A phone that synced after the backup. ``records_sent``: what it sent then, and what is lost here."""

    device_id: str
    name: str | None
    user_name: str | None
    last_sync_at: int  # epoch ms
    records_sent: int


def is_same_server(replaced: Snapshot, server_id: str) -> bool:
    """Whether two databases are lives of one server."""
    return read_setting(replaced, Setting.SERVER_ID) == server_id


def holds_records(snapshot: Snapshot) -> bool:
    """Whether the database has been worked with: more is in it than what setting up a server leaves there."""
    if snapshot.first(sa.select(DEVICES.c.id).limit(1)) is not None:
        return True
    worked_with = (table for name, table in RECORD_TABLES.items() if name not in _OF_SETTING_UP)
    return any(snapshot.first(sa.select(table.c.id).limit(1)) is not None for table in worked_with)


_OF_SETTING_UP = frozenset({"users", "clinics", "user_clinic_permissions"})


def carry_over(transaction: Transaction, replaced: Snapshot, backup_stamp: int) -> None:
    """Writes into the restored database, whose last stamp was ``backup_stamp``, what must not be forgotten.

    Phones and their pulls, also those of the lost part: their marks stay good, a phone that was locked out stays so.
    Records that the two databases may hold in different versions get a new stamp, so that every phone takes them as
    they are here. One that was deleted in the lost part has been deleted and brought back (db/earlier_lives.py), as
    far as phones can see.
    """
    for table, statement in _WHAT_PHONES_HOLD:
        transaction.run_many(statement, map(tuple, replaced.rows(sa.select(table))))
    shared = _shared_stamp(replaced, backup_stamp)
    for name, table in RECORD_TABLES.items():
        changed = sa.select(table.c.id).where(table.c.local_server_last_modified > shared)
        for record_id in {row.id for side in (replaced, transaction) for row in side.rows(changed)}:
            _renew(transaction, replaced, name, record_id)


def _shared_stamp(replaced: Snapshot, backup_stamp: int) -> int:
    """The last stamp of which both databases are sure to say the same. Earlier than the backup, where the replaced
    database had itself been put back to a time before it."""
    gap = TIMELINE_GAPS.c
    split = sa.select(sa.func.min(gap.after_stamp)).where(
        gap.after_stamp < backup_stamp, backup_stamp <= gap.up_to_stamp
    )
    earlier: int | None = replaced.scalar(split)
    return backup_stamp if earlier is None else earlier


def _renew(transaction: Transaction, replaced: Snapshot, name: str, record_id: str) -> None:
    table = RECORD_TABLES[name]
    one = sa.select(table).where(table.c.id == record_id)
    now, then = transaction.first(one), replaced.first(one)
    if now is None:
        return
    stamp = transaction.stamp
    values: dict[str, int | None] = {"local_server_last_modified": stamp, "local_server_held_mark": None}
    if now.local_server_deleted_at is not None:
        values["local_server_deleted_at"] = stamp
    elif then is None or then.local_server_created_at != now.local_server_created_at or then.local_server_deleted_at:
        values |= {"local_server_created_at": stamp, "local_server_created_mark": None}  # some phones lack it
        if then is not None and then.local_server_deleted_at is not None:
            life = (name, record_id, now.local_server_created_at, then.local_server_deleted_at)
            marks = (now.local_server_created_mark, then.local_server_held_mark)
            transaction.run_many(_REMEMBER_LIVES, [life + marks])
    transaction.run(table.update().where(table.c.id == record_id).values(values))


def late_syncs(replaced: Snapshot, restored: Snapshot) -> tuple[LateSync, ...]:
    """The phones that synced in the lost part, those that sent most of what is lost first."""
    last_line = restored.scalar(sa.select(sa.func.coalesce(sa.func.max(SYNC_LOG.c.id), 0)))
    return tuple(_late_syncs(replaced, int(last_line)))


def _late_syncs(replaced: Snapshot, last_line: int) -> Iterator[LateSync]:
    log = SYNC_LOG.c
    sent = sa.func.sum(sa.case((log.kind.in_(_CHANGING), log.records), else_=0)).label("sent")
    query = (
        sa.select(log.device_id, sa.func.max(log.at).label("at"), sent)
        .where(log.id > last_line, log.device_id.is_not(None), log.kind != SyncKind.DEVICE.value, log.result == "ok")
        .group_by(log.device_id)
        .order_by(sent.desc(), log.device_id)
    )
    for row in replaced.rows(query):
        device = find_device_and_user(replaced, row.device_id)
        yield LateSync(
            row.device_id, device.name if device else None, device.user_name if device else None, row.at, int(row.sent)
        )
