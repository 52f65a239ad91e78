"""A push from its first record to its last, or to the first that fails (CLOUD §4).

Knows nothing of HTTP. Each record is applied for itself; what was applied before a failure stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from tests.fakes.cloud.callers import Caller
from tests.fakes.cloud.database import Database
from tests.fakes.cloud.deletes import delete
from tests.fakes.cloud.schema import TABLES
from tests.fakes.cloud.upserts import upsert
from tests.fakes.cloud.values import Refused, is_truthy, reader_of

OF_PHONES = (
    "patients",
    "patient_additional_attributes",
    "visits",
    "events",
    "appointments",
    "prescriptions",
    "patient_vitals",
    "patient_problems",
    "dispensing_records",
    "prescription_items",
)
OF_HUBS = (*OF_PHONES, "clinic_departments", "drug_catalogue", "device_pin_codes")
"""In the order they are worked off, whatever the order of the keys."""

CLINIC_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "patients": "primary_clinic_id",
        "visits": "clinic_id",
        "appointments": "clinic_id",
        "prescriptions": "pickup_clinic_id",
        "clinic_departments": "clinic_id",
        "dispensing_records": "clinic_id",
        "prescription_items": "clinic_id",
    }
)


class Outcome(Enum):
    """How a push ends."""

    DONE = auto()
    FAILED = auto()  # 500
    FAILED_IN_ITEMS = auto()  # 200 text/plain


class Moment(Enum):
    """When a hook is called."""

    BEFORE = auto()
    AFTER = auto()


Hook = Callable[[Moment, str, Any], None]
"""Called with the table and the record, or the id to delete. Raise Refused to make the push fail there."""


def push(db: Database, body: Any, caller: Caller, *, is_hub: bool, hook: Hook) -> Outcome:
    """Applies a decoded body."""
    if body is None:
        return Outcome.FAILED
    changes = body if isinstance(body, dict) else {}
    for table in OF_HUBS if is_hub else OF_PHONES:
        try:
            _apply_table(db, table, changes.get(table), caller, is_hub=is_hub, hook=hook)
        except Refused:
            return Outcome.FAILED_IN_ITEMS if table == "prescription_items" else Outcome.FAILED
    return Outcome.DONE


def _apply_table(db: Database, table: str, delta: Any, caller: Caller, *, is_hub: bool, hook: Hook) -> None:
    if not isinstance(delta, dict):
        return
    created, updated, deleted = (_list(delta.get(part)) for part in ("created", "updated", "deleted"))
    for record in (*created, *updated):
        sent = _known_columns(table, record)
        hook(Moment.BEFORE, table, record)
        if not (is_hub and _is_foreign(table, sent, caller)):
            _apply_record(db, table, sent, caller)
        hook(Moment.AFTER, table, record)
    for id in deleted:
        hook(Moment.BEFORE, table, id)
        if table in OF_PHONES:
            delete(db, table, id)
        hook(Moment.AFTER, table, id)


def _list(part: Any) -> list[Any]:
    if not is_truthy(part):
        return []
    if not isinstance(part, list):
        raise Refused("not iterable")
    return part


def _apply_record(db: Database, table: str, sent: Mapping[str, Any], caller: Caller) -> None:
    if table in OF_PHONES:
        upsert(db, table, sent, caller)
    elif table == "clinic_departments":
        _add_department(db, sent)


def _known_columns(table: str, record: Any) -> dict[str, Any]:
    if record is None:
        raise Refused("Cannot convert undefined or null to object")
    if not isinstance(record, dict):
        return {}
    names = TABLES[table].names
    return {name: record[name] for name in names if name in record}


def _is_foreign(table: str, sent: Mapping[str, Any], caller: Caller) -> bool:
    """Skipped in silence: it names a clinic that is not the hub's. No clinic is nobody's."""
    clinic_id = sent.get(CLINIC_COLUMNS.get(table, ""))
    return bool(clinic_id) and caller.clinic_ids is not None and clinic_id not in caller.clinic_ids


def _add_department(db: Database, sent: Mapping[str, Any]) -> None:
    """Under a new id each time, whatever id was sent."""
    with db.lock:
        stamp_us, now_ms = db.statement_us(), db.now_ms()
        row: dict[str, Any] = {}
        for column in TABLES["clinic_departments"].columns:
            is_sent = column.name in sent and not column.name.endswith(("_at", "_modified"))
            row[column.name] = reader_of(column)(sent[column.name], now_ms) if is_sent else column.default
        stamps = dict.fromkeys(("created_at", "updated_at", "last_modified", "server_created_at"), stamp_us)
        db.put("clinic_departments", {**row, **stamps, "id": str(uuid.uuid4()), "is_deleted": bool(row["is_deleted"])})
