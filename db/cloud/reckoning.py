"""The end of a complete pull: the cursor moves, what the cloud no longer lists is noticed, what it did not keep is
counted (CLOUD §§3, 4).

Knows nothing of HTTP, nor of how rows were merged (db/cloud/arrivals.py).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.cloud.aside import AsideReason, set_aside
from db.cloud.known import OF_ENTRY, known_rows
from db.cloud.state import Halt, change_state, read_access, read_state
from db.cloud.strangers import local_doubles
from db.cloud.wire import CLINIC_COLUMNS
from db.database import Database, Snapshot, Transaction
from db.outbox import waiting_everything
from db.record_changes import RecordChanges
from db.records import NO_MARK, VersionKind, load_rows
from db.schema import CLOUD_ROWS, CLOUD_SENDS, OUTBOX
from db.sync_log import SyncEntry, SyncKind, log_sync

FEWEST_TO_JUDGE = 20
"""With fewer records than this nothing is called empty."""
NEVER_ANNOUNCED = ("user_clinic_permissions", "app_config")
"""Tables whose rows end without a word (CLOUD §3): missing in a full pull means deleted."""
PATIENCE = 2
"""Complete pulls without the record after the cloud said that it took it."""


def begin_full_pull(database: Database) -> int:
    """The number of a new full pull."""
    with database.write() as transaction:
        return change_state(transaction, full_pull=read_state(transaction).full_pull + 1).full_pull


def looks_emptied(snapshot: Snapshot, full_pull: int) -> bool:
    """Whether most of what the cloud was known to hold is missing in a full pull."""
    is_there = sa.and_(CLOUD_ROWS.c.gone_at.is_(None), CLOUD_ROWS.c.left_at.is_(None))
    is_missing = sa.case((CLOUD_ROWS.c.full_pull < full_pull, 1), else_=0)
    count = snapshot.first(
        sa.select(sa.func.count().label("known"), sa.func.sum(is_missing).label("missing")).where(is_there)
    )
    return bool(count.known >= FEWEST_TO_JUDGE and (count.missing or 0) * 2 > count.known)


def finish_pull(database: Database, timestamp_ms: int, full_pull: int | None) -> None:
    """Ends a pull that was received and applied to its end. ``timestamp_ms``: of the cloud, where the next one begins;
    ``full_pull``: its number if it was a full one."""
    with database.write() as transaction:
        values: dict[str, Any] = {"cursor_ms": timestamp_ms}
        if timestamp_ms < read_state(transaction).cursor_ms:  # its clock was set back: what lies between may be missing
            values["is_full_pull_due"] = True
        if full_pull is not None:
            _reckon_missing(transaction, full_pull)
            values |= {"full_pull_at_ms": transaction.now_ms, "is_full_pull_due": False}
        _retire_doubles(transaction)
        _count_unseen(transaction)
        change_state(transaction, **values)


def begin_anew(database: Database) -> None:
    """A person has said that this cloud is to be filled again: everything that phones made here goes to it, and
    nothing is believed of what an earlier one held."""
    with database.write() as transaction:
        transaction.run(CLOUD_ROWS.delete())
        transaction.run(CLOUD_SENDS.delete())
        waiting_everything(transaction)
        change_state(transaction, cursor_ms=0, is_full_pull_due=True, halt="")


def halt(database: Database, why: Halt) -> None:
    """Stops the exchange until a person has decided."""
    with database.write() as transaction:
        change_state(transaction, halt=why.value)


def _reckon_missing(transaction: Transaction, full_pull: int) -> None:
    """What the cloud was known to hold and did not list."""
    for table in CATALOGUE:
        missing = _missing(transaction, table, full_pull)
        if not missing:
            continue
        if table in NEVER_ANNOUNCED:
            _delete(transaction, table, [row.record_id for row in missing])
            continue
        # A cloud may keep old records to itself (CLOUD §3, history limit): they are not missing.
        oldest = transaction.scalar(
            sa.select(sa.func.min(CLOUD_ROWS.c.updated_at)).where(
                CLOUD_ROWS.c.table_name == table, CLOUD_ROWS.c.full_pull == full_pull
            )
        )
        ids = [row.record_id for row in missing if oldest is not None and (row.updated_at or 0) >= oldest]
        if table == "prescription_items":  # deleted for good, which is not announced either
            _delete(transaction, table, ids)
        else:
            _mark(transaction, table, ids, left_at=transaction.now_ms)


def _missing(transaction: Transaction, table: str, full_pull: int) -> list[Any]:
    query = sa.select(CLOUD_ROWS.c.record_id, CLOUD_ROWS.c.updated_at).where(
        CLOUD_ROWS.c.table_name == table,
        CLOUD_ROWS.c.full_pull < full_pull,
        CLOUD_ROWS.c.gone_at.is_(None),
        CLOUD_ROWS.c.left_at.is_(None),
    )
    return list(transaction.rows(query))


def _delete(transaction: Transaction, table: str, ids: list[str]) -> None:
    """Deletes records that the cloud has deleted without saying so."""
    if not ids:
        return
    changes = RecordChanges(transaction, for_cloud=False)
    changes.load(table, ids)
    for record_id in ids:
        changes.delete(table, record_id, VersionKind.DELETED, (), NO_MARK)
    if not changes.is_empty:
        entry = SyncEntry(SyncKind.CLOUD_PULL, "cloud", None, None, {table: len(ids)})
        changes.flush(log_sync(transaction, entry))
    _mark(transaction, table, ids, gone_at=transaction.now_ms)


def _mark(transaction: Transaction, table: str, ids: list[str], **values: int) -> None:
    for record_id in ids:
        of_record = sa.and_(CLOUD_ROWS.c.table_name == table, CLOUD_ROWS.c.record_id == record_id)
        transaction.run(CLOUD_ROWS.update().where(of_record).values(values))


def _retire_doubles(transaction: Transaction) -> None:
    """Local accounts of staff who have one in the cloud: from now on the cloud's password counts."""
    doubles = local_doubles(transaction)
    if not doubles:
        return
    changes = RecordChanges(transaction, for_cloud=False)
    changes.load("users", doubles)
    for user in doubles:
        changes.delete("users", user, VersionKind.DELETED, (), NO_MARK)
    changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, "cloud", None, None, {"users": len(doubles)})))


def _count_unseen(transaction: Transaction) -> None:
    """What was answered with success and did not come back: sent again once, then set aside."""
    of_entry = sa.exists().where(OF_ENTRY)
    waits = sa.and_(CLOUD_SENDS.c.is_answered, CLOUD_SENDS.c.aside.is_(None), of_entry)
    transaction.run(CLOUD_SENDS.update().where(waits).values(unseen=CLOUD_SENDS.c.unseen + 1))
    is_unkept = sa.and_(CLOUD_SENDS.c.unseen >= PATIENCE, waits)
    for row in transaction.rows(sa.select(CLOUD_SENDS).where(is_unkept, CLOUD_SENDS.c.resends > 0)):
        reason = _likely_reason(transaction, row)
        set_aside(transaction, row.table_name, row.record_id, row.entry_stamp, reason)
    again = CLOUD_SENDS.update().where(is_unkept, CLOUD_SENDS.c.resends == 0)
    transaction.run(again.values(is_answered=False, unseen=0, resends=1))
    is_over = sa.not_(
        sa.exists().where(
            OUTBOX.c.table_name == CLOUD_SENDS.c.table_name, OUTBOX.c.record_id == CLOUD_SENDS.c.record_id
        )
    )
    transaction.run(CLOUD_SENDS.delete().where(is_over))


def _likely_reason(transaction: Transaction, send: Any) -> AsideReason:
    table, record_id = send.table_name, send.record_id
    known = known_rows(transaction, table, [record_id]).get(record_id)
    row = load_rows(transaction, table, [record_id]).get(record_id)
    if known is not None and known.gone_at is not None:
        return AsideReason.DELETED_THERE
    access = read_access(transaction)
    clinics = {row.data.get(name) for name in CLINIC_COLUMNS} - {None, ""} if row else set()
    if access is not None and clinics - set(access.clinic_ids):
        return AsideReason.OTHER_CLINIC
    if known is not None and known.updated_at is not None and known.updated_at >= send.updated_at:
        return AsideReason.OLDER
    return AsideReason.NOT_KEPT
