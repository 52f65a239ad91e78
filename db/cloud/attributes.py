"""Additional attributes of patients that were made here and in the cloud under different ids (CLOUD §4, conflict key).

Knows nothing of what becomes of them (db/cloud/arrivals.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from db.cloud.known import known_rows
from db.cloud.wire import CloudRow
from db.database import Snapshot, Transaction
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind
from db.schema import OUTBOX, RECORD_TABLES
from db.sqlite.dialect import field, json_values, key_of, values_of

TABLE = "patient_additional_attributes"
_ROWS = RECORD_TABLES[TABLE]
_PATIENT, _ATTRIBUTE = field(_ROWS, "patient_id"), field(_ROWS, "attribute_id")
_WAITING = (
    sa.select(_ROWS.c.id, _PATIENT.label("patient_id"), _ATTRIBUTE.label("attribute_id"))
    .select_from(_ROWS.join(OUTBOX, sa.and_(OUTBOX.c.table_name == TABLE, OUTBOX.c.record_id == _ROWS.c.id)))
    .where(_PATIENT.in_(sa.select(values_of("patients").c.value)), _ROWS.c.local_server_deleted_at.is_(None))
)


_VALUES = ("attribute", "number_value", "string_value", "date_value", "boolean_value", "metadata", "updated_at")
_OTHER = _ROWS.alias("other")
_DOUBLES = (
    sa.select(_PATIENT.label("patient_id"), _ATTRIBUTE.label("attribute_id"))
    .select_from(_ROWS.join(OUTBOX, sa.and_(OUTBOX.c.table_name == TABLE, OUTBOX.c.record_id == _ROWS.c.id)))
    .where(
        _ROWS.c.local_server_deleted_at.is_(None),
        sa.exists().where(
            key_of(_OTHER.c.data, "patient_id") == _PATIENT,
            key_of(_OTHER.c.data, "attribute_id") == _ATTRIBUTE,
            _OTHER.c.id != _ROWS.c.id,
            _OTHER.c.local_server_deleted_at.is_(None),
        ),
    )
    .distinct()
    .limit(500)
)
_OF_KIND = sa.select(_ROWS.c.id).where(
    sa.bindparam("patient") == _PATIENT,
    sa.bindparam("attribute") == _ATTRIBUTE,
    _ROWS.c.local_server_deleted_at.is_(None),
)


@dataclass(frozen=True)
class Collapsed:
    """An attribute that waits under ``local_id``, and the cloud's row of the same patient and kind."""

    local_id: str
    row: CloudRow


def collapsed_attributes(snapshot: Snapshot, rows: Iterable[CloudRow]) -> list[Collapsed]:
    """Those of the cloud's rows for which another id waits here."""
    theirs = {(row.data.get("patient_id"), row.data.get("attribute_id")): row for row in rows}
    if not theirs:
        return []
    patients = json_values(sorted({str(patient) for patient, _ in theirs}))
    waiting = snapshot.rows(_WAITING, {"patients": patients})
    found = ((row.id, theirs.get((row.patient_id, row.attribute_id))) for row in waiting)
    return [Collapsed(local_id, row) for local_id, row in found if row is not None and row.record_id != local_id]


def fold_doubles(transaction: Transaction, changes: RecordChanges) -> None:
    """Attributes of one kind that phones made for one patient under several ids become one, with the latest value: the
    one that the cloud knows, else the first. The others stay in the history."""
    for double in transaction.rows(_DOUBLES):
        kind = {"patient": double.patient_id, "attribute": double.attribute_id}
        ids = [row.id for row in transaction.rows(_OF_KIND, kind)]
        stored = changes.load(TABLE, ids)
        known = known_rows(transaction, TABLE, ids)
        rows = sorted(
            (stored[each] for each in ids), key=lambda row: (row.record_id not in known, row.created_at, row.record_id)
        )
        kept, others = rows[0], rows[1:]
        latest = max(rows, key=lambda row: (row.data.get("updated_at") or 0, row.last_modified))
        data = kept.data | {name: latest.data.get(name) for name in _VALUES}
        changed = frozenset(name for name, value in data.items() if value != kept.data.get(name))
        if changed:
            planned = PlannedRow(kept.record_id, data, kept, False, NO_MARK, NO_MARK, changed)
            changes.put(TABLE, planned, VersionKind.REPLACED, changed)
        for row in others:
            changes.delete(TABLE, row.record_id, VersionKind.REPLACED, (), NO_MARK)
