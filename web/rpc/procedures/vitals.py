"""Procedures about vital signs. Knows nothing of what is normal."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from db.patient_records import vitals_of
from db.permissions import Flag
from db.record_edits import edit_records
from db.records import Data
from web.rpc.procedures.care import NewId, changed_values, new_values, require_patient
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, app_rows
from web.rpc.procedures.writing import RECORDS, VIEWS, require_edit
from web.rpc.registry import AtRecord, Caller, Kind, Procedure, Rule, Services

_TABLE = "patient_vitals"
_Measure = int | float | str | UnsetType | None


class _Measures(msgspec.Struct, kw_only=True):
    timestamp: MaybeTime = UNSET
    systolic_bp: _Measure = UNSET
    diastolic_bp: _Measure = UNSET
    bp_position: MaybeText = UNSET
    height_cm: _Measure = UNSET
    weight_kg: _Measure = UNSET
    bmi: _Measure = UNSET
    waist_circumference_cm: _Measure = UNSET
    heart_rate: _Measure = UNSET
    pulse_rate: _Measure = UNSET
    oxygen_saturation: _Measure = UNSET
    respiratory_rate: _Measure = UNSET
    temperature_celsius: _Measure = UNSET
    pain_level: _Measure = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _New(_Measures, kw_only=True):
    patient_id: Id
    id: NewId = UNSET
    visit_id: MaybeText = UNSET
    event_id: MaybeText = UNSET
    recorded_by_user_id: MaybeText = UNSET
    created_at: MaybeTime = UNSET


class _Change(_Measures, kw_only=True):
    id: Id


class _OfPatient(msgspec.Struct):
    patient_id: Id


def _create(services: Services, caller: Caller, new: _New) -> Data:
    values = new_values(_TABLE, new, metadata="{}", recorded_by_user_id=caller.account.id)
    values["visit_id"] = values.get("visit_id") or None
    with edit_records(services.database, caller.author("vitals.create")) as edits:
        require_patient(edits, new.patient_id, values["visit_id"], "visit_id")
        require_edit(edits, caller, _TABLE, values)
        values["timestamp"] = values.get("timestamp") or edits.transaction.now_ms
        return {"success": True, "id": edits.create(_TABLE, values)["id"]}


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("vitals.update")) as edits:
        require_patient(edits, edits.require(_TABLE, change.id)["patient_id"], None, "visit_id")
        edits.update(_TABLE, change.id, values)
    return {"ok": True, "id": change.id}


def _list(services: Services, caller: Caller, wanted: _OfPatient) -> list[Data]:
    with services.database.read() as snapshot:
        return app_rows(_TABLE, vitals_of(snapshot, wanted.patient_id))


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "vitals.create", RECORDS, _New, _create),
    Procedure(Kind.COMMAND, "vitals.update", Rule((Flag.EDIT_RECORDS,), AtRecord(_TABLE, "id")), _Change, _update),
    Procedure(Kind.QUERY, "vitals.list", VIEWS, _OfPatient, _list),
)
