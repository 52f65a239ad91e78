"""Procedures about prescriptions. Knows nothing of how they are found (db/prescriptions.py) nor of stock."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from db.errors import InvalidInput
from db.permissions import Flag
from db.prescriptions import PrescriptionFilter, find_prescriptions, prescriptions_of_visit
from db.record_clinics import RecordClinics
from db.record_edits import RecordEdits, edit_records
from db.records import Data
from web.rpc.procedures.care import (
    NewId,
    Statuses,
    changed_values,
    is_viewable,
    maybe_ms,
    new_values,
    require_patient,
    statuses_of,
    viewable_clinics,
)
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, Paged, Time, hub_row, hub_rows, page
from web.rpc.registry import AtRecord, Caller, Inside, Kind, Procedure, Rule, Services

_TABLE = "prescriptions"
_PICKED_UP, _CANCELLED = "picked-up", "cancelled"
_PRESCRIBE = Rule((Flag.PRESCRIBE,), Inside())
_DISPENSE = Rule((Flag.DISPENSE,), Inside())
_VIEW = Rule((Flag.VIEW_HISTORY,), Inside())


class _New(msgspec.Struct):
    patient_id: Id
    id: NewId = UNSET
    provider_id: MaybeText = UNSET
    filled_by: MaybeText = UNSET
    pickup_clinic_id: MaybeText = UNSET
    visit_id: MaybeText = UNSET
    priority: MaybeText = UNSET
    expiration_date: MaybeTime = UNSET
    prescribed_at: MaybeTime = UNSET
    filled_at: MaybeTime = UNSET
    status: MaybeText = UNSET
    items: Json = UNSET
    notes: MaybeText = UNSET
    metadata: Json = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _Change(msgspec.Struct):
    id: Id
    filled_by: MaybeText = UNSET
    pickup_clinic_id: MaybeText = UNSET
    priority: MaybeText = UNSET
    expiration_date: MaybeTime = UNSET
    filled_at: MaybeTime = UNSET
    status: MaybeText = UNSET
    items: Json = UNSET
    notes: MaybeText = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _Status(msgspec.Struct):
    id: Id
    status: Id


class _PickUp(msgspec.Struct):
    id: Id
    provider_id: str | None = None


class _Search(Paged):
    search_query: str | None = None
    clinic_id: str | None = None
    status: Statuses = None
    date: Time | None = None


class _OfVisit(msgspec.Struct):
    patient_id: Id
    visit_id: Id


def _create(services: Services, caller: Caller, new: _New) -> Data:
    values = new_values(
        _TABLE, new, provider_id=caller.account.id, priority="normal", status="pending", items="[]", metadata="{}"
    )
    with edit_records(services.database, caller.author("prescriptions.create")) as edits:
        require_patient(edits, new.patient_id, new.visit_id, "visit_id")
        caller.require(Flag.PRESCRIBE, RecordClinics(edits.transaction).clinic_of(_TABLE, values))
        if values.get("prescribed_at") is None:
            values["prescribed_at"] = values.get("created_at") or edits.transaction.now_ms
        return {"prescription_id": edits.create(_TABLE, values)["id"]}


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("prescriptions.update")) as edits:
        return hub_row(_TABLE, edits.update(_TABLE, change.id, values))


def _update_status(services: Services, caller: Caller, wanted: _Status) -> Data:
    with edit_records(services.database, caller.author("prescriptions.update_status")) as edits:
        _require_pharmacist(edits, caller, wanted.id)
        edits.update(_TABLE, wanted.id, {"status": wanted.status})
    return {"ok": True}


def _pick_up(services: Services, caller: Caller, wanted: _PickUp) -> Data:
    """Who came first stays written down when it is said again."""
    with edit_records(services.database, caller.author("prescriptions.pickup")) as edits:
        prescription = _require_pharmacist(edits, caller, wanted.id)
        if prescription.get("status") == _CANCELLED:
            raise InvalidInput(path="id")
        if prescription.get("status") != _PICKED_UP:
            filled = {"filled_by": wanted.provider_id or caller.account.id, "filled_at": edits.transaction.now_ms}
            edits.update(_TABLE, wanted.id, {"status": _PICKED_UP, **filled})
    return {"ok": True}


def _require_pharmacist(edits: RecordEdits, caller: Caller, prescription_id: str) -> Data:
    """The prescription; it may be handed out where it is to be picked up, else where it was made."""
    prescription = edits.require(_TABLE, prescription_id)
    clinics = RecordClinics(edits.transaction)
    pickup = str(prescription.get("pickup_clinic_id") or "")
    caller.require(Flag.DISPENSE, pickup if pickup in clinics.known else clinics.clinic_of(_TABLE, prescription))
    return prescription


def _search(services: Services, caller: Caller, wanted: _Search) -> Data:
    found = PrescriptionFilter(
        since_ms=maybe_ms(wanted.date, "date"),
        clinic_id=wanted.clinic_id or "",
        statuses=statuses_of(wanted.status),
        patient_name=wanted.search_query or "",
    )
    viewable = viewable_clinics(caller)
    result = find_prescriptions(services.database, found, viewable, wanted.rows_wanted, wanted.rows_skipped)
    return page(hub_rows(_TABLE, result.rows), result.total, wanted)


def _by_patient_visit(services: Services, caller: Caller, wanted: _OfVisit) -> Data:
    with services.database.read() as snapshot:
        is_there = is_viewable(snapshot, caller, wanted.patient_id)
        rows = prescriptions_of_visit(snapshot, wanted.patient_id, wanted.visit_id) if is_there else []
    return {"data": hub_rows(_TABLE, rows)}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "prescriptions.create", _PRESCRIBE, _New, _create),
    Procedure(Kind.COMMAND, "prescriptions.update", Rule((Flag.PRESCRIBE,), AtRecord(_TABLE, "id")), _Change, _update),
    Procedure(Kind.COMMAND, "prescriptions.update_status", _DISPENSE, _Status, _update_status),
    Procedure(Kind.COMMAND, "prescriptions.pickup", _DISPENSE, _PickUp, _pick_up),
    Procedure(Kind.QUERY, "prescriptions.search", _VIEW, _Search, _search),
    Procedure(Kind.QUERY, "prescriptions.by_patient_visit", _VIEW, _OfVisit, _by_patient_visit),
)
