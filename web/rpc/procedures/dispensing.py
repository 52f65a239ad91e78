"""Procedures about what was dispensed. Knows nothing of what that does to the stock (db/stock.py)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from db.permissions import Flag
from db.pharmacy import dispensings_of_patient
from db.record_edits import edit_records
from db.records import Data
from db.stock import record_dispensing
from web.rpc.procedures.care import MaybeCount, NewId, Quantity, is_viewable, new_values
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, Time, hub_rows
from web.rpc.registry import AtField, Caller, Inside, Kind, Procedure, Rule, Services

_TABLE = "dispensing_records"


class _New(msgspec.Struct):
    drug_id: Id
    patient_id: Id
    quantity_dispensed: Quantity
    dispensed_at: Time
    id: NewId = UNSET
    clinic_id: str = ""
    batch_id: MaybeText = UNSET
    prescription_item_id: MaybeText = UNSET
    dosage_instructions: MaybeText = UNSET
    days_supply: MaybeCount = UNSET
    dispensed_by: MaybeText = UNSET
    metadata: Json = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _OfPatient(msgspec.Struct):
    patient_id: Id


def _create(services: Services, caller: Caller, new: _New) -> Data:
    user_id = caller.account.id
    defaults = {"clinic_id": caller.clinic_id, "dispensed_by": user_id, "metadata": "{}"}
    values = new_values(_TABLE, new, **defaults) | {"recorded_by_user_id": user_id}
    with edit_records(services.database, caller.author("dispensing.create")) as edits:
        record_id, done = record_dispensing(edits, values)
    return {"id": record_id, "untracked_batches": list(done.untracked)}


def _by_patient(services: Services, caller: Caller, wanted: _OfPatient) -> Data:
    with services.database.read() as snapshot:
        is_there = is_viewable(snapshot, caller, wanted.patient_id)
        rows = dispensings_of_patient(snapshot, wanted.patient_id) if is_there else []
    return {"data": hub_rows(_TABLE, rows)}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "dispensing.create", Rule((Flag.DISPENSE,), AtField("clinic_id")), _New, _create),
    Procedure(Kind.QUERY, "dispensing.by_patient", Rule((Flag.VIEW_HISTORY,), Inside()), _OfPatient, _by_patient),
)
