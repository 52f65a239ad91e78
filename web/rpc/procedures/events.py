"""Procedures about events: what was recorded with a form. Knows nothing of the forms themselves."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from db.patient_records import events_of_form
from db.permissions import Flag, is_others_event
from db.record_edits import RecordEdits, edit_records
from db.records import Data
from web.rpc.procedures.care import NewId, changed_values, new_values, require_patient
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, app_row, app_rows
from web.rpc.procedures.visits import add_visit
from web.rpc.procedures.writing import RECORDS, VIEWS, clinic_of, require_edit
from web.rpc.registry import AtRecord, Caller, Kind, Procedure, Rule, Services

_TABLE = "events"


class _New(msgspec.Struct):
    patient_id: Id
    id: NewId = UNSET
    form_id: MaybeText = UNSET
    visit_id: MaybeText = UNSET
    event_type: MaybeText = UNSET
    form_data: Json = UNSET
    metadata: Json = UNSET
    recorded_by_user_id: MaybeText = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _Change(msgspec.Struct):
    id: Id
    event_type: MaybeText = UNSET
    form_data: Json = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _Named(msgspec.Struct):
    id: Id


class _OfForm(msgspec.Struct):
    form_id: Id
    patient_id: Id


def _create(services: Services, caller: Caller, new: _New) -> Data:
    event = _add(services, caller, new, "events.create")
    return {"success": True, "id": event["id"], "visit_id": event["visit_id"]}


def _create_event(services: Services, caller: Caller, new: _New) -> Data:
    return {"event_id": _add(services, caller, new, "create_event")["id"]}


def _add(services: Services, caller: Caller, new: _New, action: str) -> Data:
    defaults = {"form_data": "[]", "metadata": "{}", "recorded_by_user_id": caller.account.id}
    values = new_values(_TABLE, new, **defaults)
    with edit_records(services.database, caller.author(action)) as edits:
        again = edits.find(_TABLE, values["id"]) if values.get("id") else None
        if again is not None and not values.get("visit_id"):
            values["visit_id"] = again["visit_id"]  # a repeated call: it has its visit
        require_patient(edits, new.patient_id, values.get("visit_id"), "visit_id")
        if values.get("visit_id"):
            require_edit(edits, caller, _TABLE, values)
        else:
            values["visit_id"] = add_visit(edits, caller, {"patient_id": new.patient_id})["id"]
        return edits.create(_TABLE, values)


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("events.update")) as edits:
        _require_own(edits, caller, edits.require(_TABLE, change.id))
        return app_row(_TABLE, edits.update(_TABLE, change.id, values))


def _delete(services: Services, caller: Caller, wanted: _Named) -> Data:
    with edit_records(services.database, caller.author("events.delete")) as edits:
        _require_own(edits, caller, edits.require(_TABLE, wanted.id))
        edits.delete(_TABLE, wanted.id)
    return {"success": True}


def _require_own(edits: RecordEdits, caller: Caller, event: Data) -> None:
    """Raises NotFound where the patient is gone, NotAllowed for an event that somebody else recorded."""
    require_patient(edits, event["patient_id"], None, "visit_id")
    if is_others_event(event, caller.account.id):
        caller.require(Flag.EDIT_OTHERS_EVENTS, clinic_of(edits, _TABLE, event))


def _by_form(services: Services, caller: Caller, wanted: _OfForm) -> list[Data]:
    with services.database.read() as snapshot:
        return app_rows(_TABLE, events_of_form(snapshot, wanted.patient_id, wanted.form_id))


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "create_event", RECORDS, _New, _create_event),
    Procedure(Kind.COMMAND, "events.create", RECORDS, _New, _create),
    Procedure(Kind.COMMAND, "events.update", Rule((Flag.EDIT_RECORDS,), AtRecord(_TABLE, "id")), _Change, _update),
    Procedure(Kind.COMMAND, "events.delete", Rule((Flag.DELETE_RECORDS,), AtRecord(_TABLE, "id")), _Named, _delete),
    Procedure(Kind.QUERY, "events.by_form", VIEWS, _OfForm, _by_form),
)
