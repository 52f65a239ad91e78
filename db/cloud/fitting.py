"""Makes records that wait for the cloud such that it can keep them: what it needs is filled in here, as an edit that
phones receive too (CLOUD §4).

Knows nothing of sending. What cannot be filled in is set aside when it is gathered (db/cloud/queue.py).
"""

from __future__ import annotations

import uuid
from types import MappingProxyType

import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.cloud.attributes import fold_doubles
from db.cloud.strangers import Strangers, find_strangers
from db.cloud.wire import CLINIC_COLUMNS, USER_COLUMNS
from db.database import Database, Transaction
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, Data, VersionKind
from db.schema import OUTBOX, RECORD_TABLES
from db.sqlite.dialect import field
from db.sync_log import SyncEntry, SyncKind, log_sync

VISIT_COLUMNS: MappingProxyType[str, str] = MappingProxyType(
    {"events": "visit_id", "appointments": "current_visit_id", "prescriptions": "visit_id"}
)
"""Records without a visit get a new one in the cloud each time they are sent."""
_VISIT_IDS = uuid.UUID("5a0c2c1e-6c0e-5d7f-9a53-0c1b7f4f6f2d")
_AT_ONCE = 500


def fit_waiting(database: Database, home_clinic: str | None) -> int:
    """Fills in what is missing in records that wait; returns how many were changed. ``home_clinic``: the id of the
    clinic that this computer is at, None where the cloud names none."""
    with database.read() as snapshot:
        strangers = find_strangers(snapshot, home_clinic)
    total = 0
    while True:
        with database.write() as transaction:
            changes = RecordChanges(transaction)
            for table in CATALOGUE:
                if CATALOGUE[table].goes_to_cloud:
                    _fit_table(transaction, changes, table, strangers, home_clinic)
            fold_doubles(transaction, changes)
            if changes.is_empty:
                return total
            counts = {name: len(rows) for name in CATALOGUE if (rows := changes.planned_rows(name))}
            changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, "cloud", None, None, counts)))
            total += sum(counts.values())


def _fit_table(
    transaction: Transaction, changes: RecordChanges, table: str, strangers: Strangers, home_clinic: str | None
) -> None:
    ids = _unfit_ids(transaction, table, strangers, home_clinic)
    stored = changes.load(table, ids)
    for record_id in ids:
        before = stored[record_id]
        data = _fitted(before.data, strangers)
        if table == "patients" and home_clinic and not data.get("primary_clinic_id"):
            data["primary_clinic_id"] = home_clinic
        column = VISIT_COLUMNS.get(table)
        if column and not data.get(column) and data.get("patient_id"):
            data[column] = _make_visit(changes, data, home_clinic)
        changed = frozenset(name for name, value in data.items() if value != before.data.get(name))
        if changed:
            planned = PlannedRow(record_id, data, before, False, NO_MARK, NO_MARK, changed)
            changes.put(table, planned, VersionKind.REPLACED, changed)


def _fitted(data: Data, strangers: Strangers) -> Data:
    fitted = dict(data)
    for names, stand_ins in ((USER_COLUMNS, strangers.users), (CLINIC_COLUMNS, strangers.clinics)):
        for name in names:
            stand_in = stand_ins.get(str(fitted.get(name) or ""))
            if stand_in:
                fitted[name] = stand_in
    return fitted


def _make_visit(changes: RecordChanges, data: Data, home_clinic: str | None) -> str:
    """The same visit for the same record, however often this is done."""
    visit_id = str(uuid.uuid5(_VISIT_IDS, str(data["id"])))
    if visit_id in changes.load("visits", [visit_id]):
        return visit_id
    visit: Data = {column.name: column.default for column in CATALOGUE["visits"].columns.values()}
    at = data.get("created_at") or data.get("updated_at") or 0
    visit |= {"id": visit_id, "patient_id": data["patient_id"], "clinic_id": data.get("clinic_id") or home_clinic or ""}
    visit |= {"check_in_timestamp": at, "created_at": at, "updated_at": at, "metadata": "{}"}
    visit |= {"provider_id": data.get("recorded_by_user_id") or data.get("provider_id") or ""}
    changes.put("visits", PlannedRow(visit_id, visit, None, False, NO_MARK, NO_MARK, None), VersionKind.REPLACED, ())
    return visit_id


def _unfit_ids(transaction: Transaction, table: str, strangers: Strangers, home_clinic: str | None) -> list[str]:
    """Ids of living records that wait and can be made to fit."""
    rows = RECORD_TABLES[table]
    known = CATALOGUE[table].columns

    def is_empty(name: str) -> sa.ColumnElement[bool]:
        return sa.func.coalesce(field(rows, name), "") == ""

    def names_one_of(names: frozenset[str], stand_ins: dict[str, str]) -> list[sa.ColumnElement[bool]]:
        replaced = [stranger for stranger, stand_in in stand_ins.items() if stand_in]
        return [field(rows, name).in_(replaced) for name in sorted(names & known.keys())] if replaced else []

    reasons = names_one_of(USER_COLUMNS, strangers.users) + names_one_of(CLINIC_COLUMNS, strangers.clinics)
    if table == "patients" and home_clinic:
        reasons.append(is_empty("primary_clinic_id"))
    if table in VISIT_COLUMNS:
        reasons.append(sa.and_(is_empty(VISIT_COLUMNS[table]), sa.not_(is_empty("patient_id"))))
    if not reasons:
        return []
    waits = sa.and_(OUTBOX.c.table_name == table, OUTBOX.c.record_id == rows.c.id, sa.not_(OUTBOX.c.is_deletion))
    query = (
        sa.select(rows.c.id)
        .select_from(OUTBOX.join(rows, waits))
        .where(rows.c.local_server_deleted_at.is_(None), sa.or_(*reasons))
        .limit(_AT_ONCE)
    )
    return [row.id for row in transaction.rows(query)]
