"""Procedures about appointments. Knows nothing of how they are found (db/appointments.py)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from db.appointments import AppointmentFilter, appointments_of_patient, find_appointments
from db.errors import NotFound
from db.permissions import Flag
from db.record_edits import edit_records
from db.record_lists import find_record
from db.records import Data
from web.rpc.procedures.care import (
    MaybeFlag,
    NewId,
    Statuses,
    changed_values,
    end_ms,
    is_viewable,
    maybe_ms,
    new_values,
    require_patient,
    statuses_of,
    viewable_clinics,
)
from web.rpc.procedures.shapes import (
    Id,
    Json,
    MaybeNumber,
    MaybeText,
    MaybeTime,
    Paged,
    Time,
    hub_row,
    hub_rows,
    page,
)
from web.rpc.registry import AtField, AtRecord, Caller, Inside, Kind, Procedure, Rule, Services

_TABLE = "appointments"
_EDIT = Rule((Flag.EDIT_RECORDS,), AtRecord(_TABLE, "id"))
_VIEW = Rule((Flag.VIEW_HISTORY,), Inside())


class _New(msgspec.Struct):
    patient_id: Id
    timestamp: Time
    id: NewId = UNSET
    clinic_id: str = ""
    user_id: MaybeText = UNSET
    provider_id: MaybeText = UNSET
    current_visit_id: MaybeText = UNSET
    fulfilled_visit_id: MaybeText = UNSET
    duration: MaybeNumber = UNSET
    reason: MaybeText = UNSET
    notes: MaybeText = UNSET
    is_walk_in: MaybeFlag = UNSET
    departments: Json = UNSET
    status: MaybeText = UNSET
    metadata: Json = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _Change(msgspec.Struct):
    id: Id
    provider_id: MaybeText = UNSET
    fulfilled_visit_id: MaybeText = UNSET
    timestamp: MaybeTime = UNSET
    duration: MaybeNumber = UNSET
    reason: MaybeText = UNSET
    notes: MaybeText = UNSET
    is_walk_in: MaybeFlag = UNSET
    departments: Json = UNSET
    status: MaybeText = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _Named(msgspec.Struct):
    id: Id


class _Completed(msgspec.Struct):
    id: Id
    user_id: str | None = None
    visit_id: str | None = None


class _OfPatient(msgspec.Struct):
    patient_id: Id


class _List(Paged):
    start_date: Time | None = None
    end_date: Time | None = None
    clinic_id: str | None = None
    status: Statuses = None


class _Search(Paged):
    search_query: str | None = None
    clinic_id: str | None = None
    status: Statuses = None
    date: Time | None = None


def _create(services: Services, caller: Caller, new: _New) -> Data:
    defaults = {"clinic_id": caller.clinic_id, "user_id": caller.account.id, "status": "pending"}
    values = new_values(_TABLE, new, **defaults, departments="[]", metadata="{}")
    with edit_records(services.database, caller.author("appointments.create")) as edits:
        require_patient(edits, new.patient_id, new.current_visit_id, "current_visit_id")
        return {"appointment_id": edits.create(_TABLE, values)["id"]}


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("appointments.update")) as edits:
        patient_id = edits.require(_TABLE, change.id).get("patient_id")
        require_patient(edits, patient_id, change.fulfilled_visit_id, "fulfilled_visit_id")
        return hub_row(_TABLE, edits.update(_TABLE, change.id, values))


def _cancel(services: Services, caller: Caller, wanted: _Named) -> Data:
    with edit_records(services.database, caller.author("appointments.cancel")) as edits:
        edits.update(_TABLE, wanted.id, {"status": "cancelled"})
    return {"cancelled": True}


def _complete(services: Services, caller: Caller, wanted: _Completed) -> Data:
    values = {
        "status": "completed",
        "provider_id": wanted.user_id or caller.account.id,
        "fulfilled_visit_id": wanted.visit_id or None,
    }
    with edit_records(services.database, caller.author("appointments.complete")) as edits:
        patient_id = edits.require(_TABLE, wanted.id).get("patient_id")
        require_patient(edits, patient_id, wanted.visit_id, "visit_id")
        edits.update(_TABLE, wanted.id, values)
    return {"completed": True}


def _list(services: Services, caller: Caller, wanted: _List) -> Data:
    found = AppointmentFilter(
        start_ms=maybe_ms(wanted.start_date, "start_date"),
        end_ms=end_ms(wanted.end_date, "end_date"),
        clinic_id=wanted.clinic_id or "",
        statuses=statuses_of(wanted.status),
    )
    return _page(services, caller, found, wanted)


def _search(services: Services, caller: Caller, wanted: _Search) -> Data:
    found = AppointmentFilter(
        start_ms=maybe_ms(wanted.date, "date"),
        clinic_id=wanted.clinic_id or "",
        statuses=statuses_of(wanted.status),
        patient_name=wanted.search_query or "",
    )
    return _page(services, caller, found, wanted)


def _page(services: Services, caller: Caller, found: AppointmentFilter, asked: Paged) -> Data:
    viewable = viewable_clinics(caller)
    result = find_appointments(services.database, found, viewable, asked.rows_wanted, asked.rows_skipped)
    return page(hub_rows(_TABLE, result.rows), result.total, asked)


def _get(services: Services, caller: Caller, wanted: _Named) -> Data:
    with services.database.read() as snapshot:
        row = find_record(snapshot, _TABLE, wanted.id)
        if row is None or not is_viewable(snapshot, caller, row.get("patient_id")):
            raise NotFound(table=_TABLE)
    return hub_row(_TABLE, row)


def _by_patient(services: Services, caller: Caller, wanted: _OfPatient) -> Data:
    with services.database.read() as snapshot:
        is_there = is_viewable(snapshot, caller, wanted.patient_id)
        rows = appointments_of_patient(snapshot, wanted.patient_id) if is_there else []
    return {"data": hub_rows(_TABLE, rows)}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "appointments.create", Rule((Flag.EDIT_RECORDS,), AtField("clinic_id")), _New, _create),
    Procedure(Kind.COMMAND, "appointments.update", _EDIT, _Change, _update),
    Procedure(Kind.COMMAND, "appointments.cancel", _EDIT, _Named, _cancel),
    Procedure(Kind.COMMAND, "appointments.complete", _EDIT, _Completed, _complete),
    Procedure(Kind.QUERY, "appointments.list", _VIEW, _List, _list),
    Procedure(Kind.QUERY, "appointments.search", _VIEW, _Search, _search),
    Procedure(Kind.QUERY, "appointments.get", _VIEW, _Named, _get),
    Procedure(Kind.QUERY, "appointments.by_patient", _VIEW, _OfPatient, _by_patient),
)
