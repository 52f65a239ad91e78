"""Procedures that find and show patients. Knows nothing of how they are looked for (db/patient_search.py)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from db.directory import form_fields, registration_form
from db.errors import NotFound
from db.patient_records import attributes_of, find_living
from db.patient_search import (
    PatientPage,
    Visible,
    has_government_id,
    list_patients,
    search_patients,
    similar_patients,
)
from db.permissions import Flag
from db.records import Data
from web.rpc.procedures.shapes import LARGEST_LIMIT, LONGEST_TEXT, Id, Paged, app_rows, hub_rows, page
from web.rpc.registry import SIGNED_IN, AtRecord, Caller, Inside, Kind, Procedure, Rule, Services

_TABLE = "patients"
_LISTED = Rule((Flag.VIEW_HISTORY,), Inside())
_SIMILAR_LIMIT = 10
_LONGEST_PATTERN = 200
_MOST_FILTERS = 20
_VALUES = ("string_value", "number_value", "date_value", "boolean_value")
_Pattern = Annotated[str, msgspec.Meta(max_length=_LONGEST_PATTERN)]


class _Patient(msgspec.Struct):
    patient_id: Id


class _Filters(Paged):
    filters: Annotated[
        dict[Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)], _Pattern | int | float | None],
        msgspec.Meta(max_length=_MOST_FILTERS),
    ]


class _Name(msgspec.Struct):
    given_name: _Pattern = ""
    surname: _Pattern = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_LIMIT)] = _SIMILAR_LIMIT


class _GovernmentId(msgspec.Struct):
    government_id: _Pattern


def _get_patient(services: Services, caller: Caller, wanted: _Patient) -> Data:
    with services.database.read() as snapshot:
        patient = find_living(snapshot, _TABLE, wanted.patient_id)
        if patient is None:
            # Not an error: the app would take one for a broken connection (PROTOCOL §4).
            return {"error": NotFound.code}
        form = registration_form(snapshot)
        attributes = attributes_of(snapshot, wanted.patient_id)
    if form is None:
        raise NotFound(table="registration_forms")
    fields = form_fields(form)
    return {"fields": fields, "values": _values(fields, patient, attributes)}


def _values(fields: list[Data], patient: Data, attributes: list[Data]) -> Data:
    """What the patient's record says for each field of the form."""
    known = {str(attribute.get("attribute_id")): attribute for attribute in reversed(attributes)}
    values: Data = {}
    for field in fields:
        field_id = field.get("id")
        if not isinstance(field_id, str):
            continue
        if field.get("baseField") is True:
            values[field_id] = patient.get(str(field.get("column")))
        elif field_id in known:
            values[field_id] = _value_of(known[field_id])
    return values


def _value_of(attribute: Data) -> Any:
    return next((attribute[name] for name in _VALUES if attribute.get(name) is not None), None)


def _get_patients(services: Services, caller: Caller, asked: Paged) -> Data:
    found = list_patients(services.database, _visible(caller), asked.rows_wanted, asked.rows_skipped)
    return _page(found, asked)


def _search_patients(services: Services, caller: Caller, asked: _Filters) -> Data:
    filters = {name: str(value) for name, value in asked.filters.items() if value is not None}
    found = search_patients(services.database, _visible(caller), filters, asked.rows_wanted, asked.rows_skipped)
    return _page(found, asked)


def _similar(services: Services, caller: Caller, name: _Name) -> Data:
    rows = similar_patients(services.database, _visible(caller), name.given_name, name.surname, name.limit)
    return {"data": hub_rows(_TABLE, rows)}


def _check_government_id(services: Services, caller: Caller, wanted: _GovernmentId) -> Data:
    return {"exists": has_government_id(services.database, wanted.government_id)}


def _visible(caller: Caller) -> Visible:
    return Visible(caller.permissions.clinics_with(Flag.VIEW_HISTORY))


def _page(found: PatientPage, asked: Paged) -> Data:
    return page(app_rows(_TABLE, found.rows), found.total, asked)


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(
        Kind.QUERY, "get_patient", Rule((Flag.VIEW_HISTORY,), AtRecord(_TABLE, "patient_id")), _Patient, _get_patient
    ),
    Procedure(Kind.QUERY, "get_patients", _LISTED, Paged, _get_patients),
    Procedure(Kind.QUERY, "search_patients", _LISTED, _Filters, _search_patients),
    Procedure(Kind.QUERY, "patients.similar", _LISTED, _Name, _similar),
    Procedure(Kind.QUERY, "check_government_id", SIGNED_IN, _GovernmentId, _check_government_id),
)
