"""Procedures about visits. Knows nothing of what is recorded in them (events.py)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from db.patient_records import events_of_visit, visits_of
from db.permissions import Flag
from db.record_edits import RecordEdits, edit_records
from db.records import Data
from web.rpc.procedures.care import NewId, changed_values, new_values, require_patient
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, app_rows, hub_row
from web.rpc.procedures.writing import RECORDS, VIEWS, require_edit
from web.rpc.registry import AtRecord, Caller, Kind, Procedure, Rule, Services

_TABLE = "visits"


class _New(msgspec.Struct):
    patient_id: Id
    id: NewId = UNSET
    clinic_id: MaybeText = UNSET
    provider_id: MaybeText = UNSET
    provider_name: MaybeText = UNSET
    check_in_timestamp: MaybeTime = UNSET
    metadata: Json = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _Change(msgspec.Struct):
    id: Id
    clinic_id: MaybeText = UNSET
    provider_id: MaybeText = UNSET
    provider_name: MaybeText = UNSET
    check_in_timestamp: MaybeTime = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _OfPatient(msgspec.Struct):
    patient_id: Id


class _OfVisit(msgspec.Struct):
    patient_id: Id
    visit_id: Id


def add_visit(edits: RecordEdits, caller: Caller, values: Data) -> Data:
    """Makes a visit: with the caller, at the clinic of the sign-in, now, unless the values say otherwise.

    Raises NotFound for an unknown patient, NotAllowed.
    """
    require_patient(edits, values["patient_id"], None, "visit_id")
    usual = {
        "clinic_id": caller.clinic_id,
        "provider_id": caller.account.id,
        "provider_name": caller.account.name,
        "check_in_timestamp": edits.transaction.now_ms,
        "metadata": "{}",
    }
    values = {**values, **{name: values.get(name) or default for name, default in usual.items()}}
    require_edit(edits, caller, _TABLE, values)
    return edits.create(_TABLE, values)


def _create(services: Services, caller: Caller, new: _New) -> Data:
    values = new_values(_TABLE, new)
    with edit_records(services.database, caller.author("visits.create")) as edits:
        return {"success": True, "id": add_visit(edits, caller, values)["id"]}


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("visits.update")) as edits:
        current = edits.require(_TABLE, change.id)
        require_patient(edits, current["patient_id"], None, "visit_id")
        require_edit(edits, caller, _TABLE, {**current, **values})
        return hub_row(_TABLE, edits.update(_TABLE, change.id, values))


def _get_visits(services: Services, caller: Caller, wanted: _OfPatient) -> Data:
    with services.database.read() as snapshot:
        return {"data": app_rows(_TABLE, visits_of(snapshot, wanted.patient_id))}


def _get_visit_events(services: Services, caller: Caller, wanted: _OfVisit) -> Data:
    with services.database.read() as snapshot:
        return {"data": app_rows("events", events_of_visit(snapshot, wanted.patient_id, wanted.visit_id))}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "visits.create", RECORDS, _New, _create),
    Procedure(Kind.COMMAND, "visits.update", Rule((Flag.EDIT_RECORDS,), AtRecord(_TABLE, "id")), _Change, _update),
    Procedure(Kind.QUERY, "get_visits", VIEWS, _OfPatient, _get_visits),
    Procedure(Kind.QUERY, "get_visit_events", VIEWS, _OfVisit, _get_visit_events),
)
