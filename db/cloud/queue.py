"""The outbox on its way to the cloud: batches in the order that the cloud needs, and what is known of them (CLOUD §4).

Knows nothing of HTTP. A batch is marked as sent before it goes, in one transaction with reading it; an entry leaves
the outbox when the cloud has shown the record back (db/cloud/arrivals.py), or by the rule in ``note_answered``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.cloud.aside import PREDICTED, AsideReason
from db.cloud.known import KnownRow, confirm, known_rows, write_known
from db.cloud.wire import CLINIC_COLUMNS, is_cloud_id, to_cloud
from db.database import Database, Snapshot, Statement, Transaction
from db.records import Data, StoredRow, load_rows
from db.schema import CLOUD_SENDS, OUTBOX, SERVER_CLOCK
from db.sqlite.dialect import upsert

SENT_TABLES = (
    "patients",
    "patient_additional_attributes",
    "visits",
    "events",
    "appointments",
    "prescriptions",
    "patient_vitals",
    "patient_problems",
    "prescription_items",
    "dispensing_records",
)
"""In the order of sending: parents first. The cloud itself takes dispensing before the items it is about, so these two
never go in one request."""
ALONE = "dispensing_records"
NEEDED_STAFF: MappingProxyType[str, str] = MappingProxyType(
    {"appointments": "user_id", "prescriptions": "provider_id", "dispensing_records": "dispensed_by"}
)
"""Without a member of staff here the cloud fails."""


@dataclass(frozen=True)
class Rules:
    """What the cloud takes from this computer. ``clinic_ids``: its key's clinics; ``local_users``: staff that only this
    computer knows; ``cloud_now_ms``: the time on the cloud's clock."""

    clinic_ids: frozenset[str]
    local_users: frozenset[str]
    cloud_now_ms: int


@dataclass(frozen=True)
class Position:
    """How far the outbox has been gone through: entries up to stamp ``until`` only, so that nothing is sent before what
    it hangs on."""

    until: int
    table: int = 0
    after_id: str = ""

    @property
    def is_at_end(self) -> bool:
        """Whether there is nothing more to look at."""
        return self.table >= len(SENT_TABLES)


@dataclass(frozen=True, slots=True)
class Sent:
    """One record of a batch."""

    table: str
    record_id: str
    entry_stamp: int
    version_stamp: int
    updated_at: int
    is_deletion: bool
    wire: dict[str, Any] | None  # None: a deletion


@dataclass(frozen=True)
class Batch:
    """Records for one request."""

    records: tuple[Sent, ...]

    @property
    def changes(self) -> dict[str, dict[str, list[Any]]]:
        """The body of the request."""
        body: dict[str, dict[str, list[Any]]] = {}
        for record in self.records:
            lists = body.setdefault(record.table, {"created": [], "updated": [], "deleted": []})
            if record.wire is None:
                lists["deleted"].append(record.record_id)
            else:
                lists["updated"].append(record.wire)
        return body

    def halves(self) -> tuple[Batch, Batch]:
        """The same records in two batches."""
        middle = len(self.records) // 2
        return Batch(self.records[:middle]), Batch(self.records[middle:])


_SEND = Statement(upsert(CLOUD_SENDS))
_ENTRIES = (
    sa.select(OUTBOX, *(CLOUD_SENDS.c[name].label(f"sent_{name}") for name in ("entry_stamp", "updated_at", "resends")))
    .select_from(
        OUTBOX.outerjoin(
            CLOUD_SENDS,
            sa.and_(CLOUD_SENDS.c.table_name == OUTBOX.c.table_name, CLOUD_SENDS.c.record_id == OUTBOX.c.record_id),
        )
    )
    .where(
        OUTBOX.c.table_name == sa.bindparam("name"),
        OUTBOX.c.record_id > sa.bindparam("after"),
        OUTBOX.c.stamp <= sa.bindparam("until"),
        sa.or_(
            CLOUD_SENDS.c.entry_stamp.is_distinct_from(OUTBOX.c.stamp),
            sa.and_(CLOUD_SENDS.c.aside.is_(None), sa.not_(CLOUD_SENDS.c.is_answered)),
            CLOUD_SENDS.c.aside.in_([reason.value for reason in PREDICTED]),
        ),
    )
    .order_by(OUTBOX.c.record_id)
    .limit(sa.bindparam("few"))
)


def start_position(snapshot: Snapshot) -> Position:
    """The beginning of the outbox as it is now."""
    return Position(int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)) or 0))


def next_batch(database: Database, position: Position, rules: Rules, size: int) -> tuple[Batch | None, Position]:
    """The next records to send, at most ``size``, marked as sent; and how far that goes. None: only the position moved
    (what was there is set aside, or needs no sending). Raises StorageBusy, DiskFull, StorageFailed."""
    with database.write() as transaction:
        gathering = _Gathering(transaction, rules)
        while not position.is_at_end and gathering.size < size:
            table = SENT_TABLES[position.table]
            if table == ALONE and gathering.size:
                break
            few = size - gathering.size
            parameters = {"name": table, "after": position.after_id, "until": position.until, "few": few}
            rows = transaction.rows(_ENTRIES, parameters)
            gathering.add(table, rows)
            if len(rows) < few:
                position = Position(position.until, position.table + 1)
            else:
                position = Position(position.until, position.table, rows[-1].record_id)
        gathering.write()
    return (Batch(tuple(gathering.records)) if gathering.records else None), position


def note_answered(database: Database, batch: Batch) -> None:
    """The cloud said that it took a batch. Records that it cannot show back leave the outbox now: changes of
    prescription items (never listed again) and their deletions (no tombstones), and deletions of records that it never
    showed."""
    with database.write() as transaction:
        for table in SENT_TABLES:
            records = [record for record in batch.records if record.table == table]
            if records:
                _note_answered(transaction, table, records)


class _Gathering:
    """Entries becoming a batch in one transaction."""

    def __init__(self, transaction: Transaction, rules: Rules) -> None:
        self.records: list[Sent] = []
        self._transaction = transaction
        self._rules = rules
        self._aside_keys: set[tuple[str, str]] | None = None
        self._sends: list[tuple[Any, ...]] = []
        self._needless: dict[str, list[str]] = {}

    @property
    def size(self) -> int:
        """How many records are in the batch so far."""
        return len(self.records)

    def add(self, table: str, entries: Iterable[Any]) -> None:
        """Takes some entries of one table in."""
        entries = list(entries)
        ids = [entry.record_id for entry in entries]
        stored = load_rows(self._transaction, table, ids)
        known = known_rows(self._transaction, table, ids)
        for entry in entries:
            row = stored.get(entry.record_id)
            if row is None:
                self._needless.setdefault(table, []).append(entry.record_id)
            else:
                self._add(table, entry, row, known.get(entry.record_id))

    def write(self) -> None:
        """Marks what goes into the batch as sent, and sets aside what cannot go."""
        self._transaction.run_many(_SEND, self._sends)
        for table, ids in self._needless.items():
            confirm(self._transaction, table, ids)

    def _add(self, table: str, entry: Any, row: StoredRow, known: KnownRow | None) -> None:
        is_deletion = row.is_deleted or row.data.get("is_deleted") is True
        if is_deletion and known is None and entry.sent_entry_stamp is None:
            self._needless.setdefault(table, []).append(entry.record_id)  # the cloud never heard of it
            return
        reason = None if is_deletion and is_cloud_id(row.record_id) else self._obstacle(table, row.data, known)
        updated_at = _time_of_change(row.data, known, entry.sent_updated_at, self._rules.cloud_now_ms)
        is_same_entry = entry.sent_entry_stamp == entry.stamp
        resends = (entry.sent_resends or 0) if is_same_entry else 0
        now = self._transaction.now_ms if reason else None
        self._sends.append(
            (table, entry.record_id, entry.stamp, row.last_modified, updated_at, False, 0, resends, reason, now)
        )
        if reason is not None:
            self._asides().add((table, entry.record_id))
            return
        self._asides().discard((table, entry.record_id))  # what hangs on it may go too
        wire = None if is_deletion else to_cloud(table, row.data, updated_at, self._rules.local_users)
        sent = Sent(table, entry.record_id, entry.stamp, row.last_modified, updated_at, is_deletion, wire)
        self.records.append(sent)

    def _obstacle(self, table: str, data: Data, known: KnownRow | None) -> AsideReason | None:
        """Why the cloud would not keep this record, as far as that is known beforehand."""
        if not is_cloud_id(data["id"]):
            return AsideReason.BAD_ID
        if known is not None and known.left_at is not None:
            return AsideReason.LEFT
        clinics = {data.get(name) for name in CLINIC_COLUMNS & CATALOGUE[table].columns.keys()}
        if {clinic for clinic in clinics if clinic} - self._rules.clinic_ids:
            return AsideReason.OTHER_CLINIC
        staff = NEEDED_STAFF.get(table)
        if staff and (not data.get(staff) or data[staff] in self._rules.local_users):
            return AsideReason.UNKNOWN_STAFF
        if any((parent.table, data.get(parent.column)) in self._asides() for parent in CATALOGUE[table].parents):
            return AsideReason.PARENT
        return None

    def _asides(self) -> set[tuple[str, str]]:
        if self._aside_keys is None:
            query = sa.select(CLOUD_SENDS.c.table_name, CLOUD_SENDS.c.record_id)
            rows = self._transaction.rows(query.where(CLOUD_SENDS.c.aside.is_not(None)))
            self._aside_keys = {(row.table_name, row.record_id) for row in rows}
        return self._aside_keys


def _time_of_change(data: Data, known: KnownRow | None, sent_before: int | None, cloud_now_ms: int) -> int:
    """Later than everything the cloud has seen of the record, or it drops the edit; else our own time, which must not
    be in its future, or it drops every later edit until then (CLOUD §4, last-write-wins)."""
    own = data.get("updated_at")
    times = [min(int(own), cloud_now_ms) if isinstance(own, int | float) else 0]
    if known is not None and known.updated_at is not None:
        times.append(known.updated_at + 1)
    if sent_before is not None:
        times.append(sent_before + 1)
    return max(times)


def _note_answered(transaction: Transaction, table: str, records: list[Sent]) -> None:
    for record in records:
        transaction.run(
            CLOUD_SENDS.update()
            .where(
                CLOUD_SENDS.c.table_name == table,
                CLOUD_SENDS.c.record_id == record.record_id,
                CLOUD_SENDS.c.entry_stamp == record.entry_stamp,
            )
            .values(is_answered=True, unseen=0)
        )
    known = known_rows(transaction, table, [record.record_id for record in records])
    unshown = [record for record in records if _is_never_shown(record, known.get(record.record_id))]
    if not unshown:
        return
    current = _current_stamps(transaction, table, [record.record_id for record in unshown])
    settled = [record for record in unshown if current.get(record.record_id) == record.entry_stamp]
    for record in settled:
        row = known.get(record.record_id)
        if row is not None:
            row.stamp, row.is_ours, row.seen = record.version_stamp, True, None
            row.gone_at = transaction.now_ms if record.is_deletion else None
            write_known(transaction, table, {record.record_id: row})
    confirm(transaction, table, [record.record_id for record in settled])


def _is_never_shown(record: Sent, known: KnownRow | None) -> bool:
    if record.table == "prescription_items":
        return record.is_deletion or known is not None
    return record.is_deletion and known is None


def _current_stamps(snapshot: Snapshot, table: str, ids: list[str]) -> dict[str, int]:
    query = sa.select(OUTBOX.c.record_id, OUTBOX.c.stamp).where(
        OUTBOX.c.table_name == table, OUTBOX.c.record_id.in_(ids)
    )
    return {row.record_id: row.stamp for row in snapshot.rows(query)}


def size_of(batch: Batch) -> int:
    """Roughly how many bytes a batch is."""
    return sum(len(msgspec.json.encode(record.wire)) if record.wire else 40 for record in batch.records)
