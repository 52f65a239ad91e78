"""Procedures that register, change and delete patients with their additional attributes.

Knows nothing of finding them. What the app sends, and leaves out, is in PROTOCOL §4.3.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from db.patient_records import attributes_of
from db.permissions import Flag
from db.record_edits import RecordEdits, edit_records
from db.records import Data
from web.rpc.procedures.care import NewId
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, record_values
from web.rpc.procedures.writing import clinic_of
from web.rpc.registry import AtRecord, Caller, Inside, Kind, Procedure, Rule, Services

_TABLE, _ATTRIBUTES = "patients", "patient_additional_attributes"
_MOST_ATTRIBUTES = 500
_NOTHING = frozenset({"", "{}", "[]", "null"})
_VALUES = ("number_value", "string_value", "date_value", "boolean_value")
_Flag = bool | int | float | str | UnsetType | None


class _Patient(msgspec.Struct):
    id: NewId = UNSET
    given_name: MaybeText = UNSET
    surname: MaybeText = UNSET
    date_of_birth: MaybeTime = UNSET
    citizenship: MaybeText = UNSET
    hometown: MaybeText = UNSET
    phone: MaybeText = UNSET
    sex: MaybeText = UNSET
    camp: MaybeText = UNSET
    additional_data: Json = UNSET
    metadata: Json = UNSET
    photo_url: MaybeText = UNSET
    government_id: MaybeText = UNSET
    external_patient_id: MaybeText = UNSET
    primary_clinic_id: MaybeText = UNSET
    last_modified_by: MaybeText = UNSET
    created_at: MaybeTime = UNSET
    updated_at: MaybeTime = UNSET


class _Attribute(msgspec.Struct):
    attribute_id: Id
    attribute: MaybeText = UNSET
    number_value: int | float | str | UnsetType | None = UNSET
    string_value: MaybeText = UNSET
    date_value: MaybeTime = UNSET
    boolean_value: _Flag = UNSET
    metadata: Json = UNSET
    is_deleted: _Flag = UNSET


class _Registration(msgspec.Struct):
    patient: _Patient
    additional_attributes: Annotated[list[_Attribute], msgspec.Meta(max_length=_MOST_ATTRIBUTES)] | None = None


class _Deletion(msgspec.Struct):
    patient_id: Id


def _register(services: Services, caller: Caller, sent: _Registration) -> Data:
    values = {name: value for name, value in record_values(_TABLE, sent.patient).items() if value is not None}
    attributes = sent.additional_attributes or []
    with edit_records(services.database, caller.author("register_patient")) as edits:
        existing = edits.find(_TABLE, values["id"]) if values.get("id") else None
        if existing is None:
            caller.require(Flag.REGISTER_PATIENTS, clinic_of(edits, _TABLE, values))
            patient_id = str(edits.create(_TABLE, values)["id"])
        else:
            patient_id = str(existing["id"])
            _change(edits, caller, existing, values)
        _set_attributes(edits, patient_id, attributes)
    return {"patient_id": patient_id, "attributes_count": len(attributes)}


def _change(edits: RecordEdits, caller: Caller, existing: Data, values: Data) -> None:
    """The app sends "" for every column that its form does not have: that says nothing about the patient."""
    caller.require(Flag.EDIT_RECORDS, clinic_of(edits, _TABLE, existing))
    known = {name: value for name, value in values.items() if not (isinstance(value, str) and value in _NOTHING)}
    known = {name: value for name, value in known.items() if name not in ("id", "created_at")}
    if known.get("primary_clinic_id", existing.get("primary_clinic_id")) != existing.get("primary_clinic_id"):
        caller.require(Flag.REGISTER_PATIENTS, clinic_of(edits, _TABLE, known))
    edits.update(_TABLE, existing["id"], known)


def _set_attributes(edits: RecordEdits, patient_id: str, attributes: list[_Attribute]) -> None:
    """The app sends the field of the form as the id of the attribute, the same one for every patient: a patient's
    attribute is found by its field, and gets an id of its own."""
    ours = {row["attribute_id"]: row["id"] for row in reversed(attributes_of(edits.transaction, patient_id))}
    for attribute in attributes:
        values = record_values(_ATTRIBUTES, attribute)
        is_deleted = _is_true(values.pop("is_deleted", None))
        row_id = ours.get(attribute.attribute_id)
        if is_deleted:
            if row_id is not None:
                edits.delete(_ATTRIBUTES, ours.pop(attribute.attribute_id))
        elif row_id is None:
            made = edits.create(_ATTRIBUTES, {"metadata": "{}", **values, "patient_id": patient_id})
            ours[attribute.attribute_id] = made["id"]
        else:
            kept = {name: value for name, value in values.items() if name in _VALUES or value not in (None, "")}
            edits.update(_ATTRIBUTES, row_id, kept)


def _is_true(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in ("1", "true"))


def _delete(services: Services, caller: Caller, wanted: _Deletion) -> Data:
    with edit_records(services.database, caller.author("delete_patient")) as edits:
        edits.delete(_TABLE, wanted.patient_id)
    return {"deleted": True, "patient_id": wanted.patient_id}


_REGISTERS = Rule((Flag.REGISTER_PATIENTS,), Inside())
_DELETES = Rule((Flag.DELETE_PATIENTS,), AtRecord(_TABLE, "patient_id"))

PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "register_patient", _REGISTERS, _Registration, _register),
    Procedure(Kind.COMMAND, "delete_patient", _DELETES, _Deletion, _delete),
)
