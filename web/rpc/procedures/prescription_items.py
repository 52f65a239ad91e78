"""Procedures about the items of prescriptions. Knows nothing of what dispensing one does (db/stock.py)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET

from db.errors import InvalidInput
from db.permissions import Flag
from db.prescriptions import items_of_patient, items_of_prescription
from db.record_edits import edit_records
from db.record_lists import find_record
from db.records import Data
from db.stock import dispense_item
from web.rpc.procedures.care import (
    Count,
    MaybeCount,
    NewId,
    Quantity,
    changed_values,
    is_viewable,
    named,
    new_values,
)
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, hub_row, hub_rows
from web.rpc.registry import AtField, AtRecord, Caller, Inside, Kind, Procedure, Rule, Services

_TABLE = "prescription_items"
_VIEW = Rule((Flag.VIEW_HISTORY,), Inside())
_Batches = Annotated[dict[Id, Quantity], msgspec.Meta(min_length=1, max_length=100)]


class _New(msgspec.Struct):
    prescription_id: Id
    patient_id: Id
    drug_id: Id
    quantity_prescribed: Quantity
    id: NewId = UNSET
    clinic_id: str = ""
    dosage_instructions: MaybeText = UNSET
    quantity_dispensed: Count | None = 0
    refills_authorized: Count | None = 0
    refills_used: Count | None = 0
    item_status: MaybeText = UNSET
    notes: MaybeText = UNSET
    metadata: Json = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _Change(msgspec.Struct):
    id: Id
    dosage_instructions: MaybeText = UNSET
    quantity_prescribed: MaybeCount = UNSET
    quantity_dispensed: MaybeCount = UNSET
    refills_authorized: MaybeCount = UNSET
    refills_used: MaybeCount = UNSET
    item_status: MaybeText = UNSET
    notes: MaybeText = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _Dispense(msgspec.Struct):
    id: Id
    batch_quantities: _Batches
    provider_id: str | None = None


class _OfPrescription(msgspec.Struct):
    """``id`` is the other spelling."""

    prescription_id: str = ""
    id: str = ""


class _OfPatient(msgspec.Struct):
    """``id`` is the other spelling."""

    patient_id: str = ""
    id: str = ""


def _create(services: Services, caller: Caller, new: _New) -> Data:
    defaults = {"clinic_id": caller.clinic_id, "item_status": "active", "metadata": "{}"}
    values = new_values(_TABLE, new, **defaults) | {"recorded_by_user_id": caller.account.id}
    with edit_records(services.database, caller.author("prescription_items.create")) as edits:
        edits.require("patients", new.patient_id)
        if edits.require("prescriptions", new.prescription_id).get("patient_id") != new.patient_id:
            raise InvalidInput(path="prescription_id")
        return {"id": edits.create(_TABLE, values)["id"]}


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("prescription_items.update")) as edits:
        return hub_row(_TABLE, edits.update(_TABLE, change.id, values))


def _dispense(services: Services, caller: Caller, wanted: _Dispense) -> Data:
    user_id = caller.account.id
    with edit_records(services.database, caller.author("prescription_items.dispense")) as edits:
        done = dispense_item(edits, wanted.id, wanted.batch_quantities, wanted.provider_id or user_id, user_id)
    return {"ok": True, "total_dispensed": done.total, "untracked_batches": list(done.untracked)}


def _by_prescription(services: Services, caller: Caller, wanted: _OfPrescription) -> Data:
    prescription_id = named(wanted.prescription_id, wanted.id, path="prescription_id")
    with services.database.read() as snapshot:
        prescription = find_record(snapshot, "prescriptions", prescription_id)
        is_there = prescription is not None and is_viewable(snapshot, caller, prescription.get("patient_id"))
        rows = items_of_prescription(snapshot, prescription_id) if is_there else []
    return {"data": hub_rows(_TABLE, rows)}


def _by_patient(services: Services, caller: Caller, wanted: _OfPatient) -> Data:
    patient_id = named(wanted.patient_id, wanted.id, path="patient_id")
    with services.database.read() as snapshot:
        is_there = is_viewable(snapshot, caller, patient_id)
        rows = items_of_patient(snapshot, patient_id) if is_there else []
    return {"data": hub_rows(_TABLE, rows)}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "prescription_items.create", Rule((Flag.PRESCRIBE,), AtField("clinic_id")), _New, _create),
    Procedure(
        Kind.COMMAND, "prescription_items.update", Rule((Flag.PRESCRIBE,), AtRecord(_TABLE, "id")), _Change, _update
    ),
    Procedure(
        Kind.COMMAND,
        "prescription_items.dispense",
        Rule((Flag.DISPENSE,), AtRecord(_TABLE, "id")),
        _Dispense,
        _dispense,
    ),
    Procedure(Kind.QUERY, "prescription_items.by_prescription", _VIEW, _OfPrescription, _by_prescription),
    Procedure(Kind.QUERY, "prescription_items.by_patient", _VIEW, _OfPatient, _by_patient),
)
