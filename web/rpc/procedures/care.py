"""What the procedures about appointments, prescriptions and pharmacy share: their parameters, and who may look.

Knows nothing of any one of them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import UnsetType

from db.catalogue import CATALOGUE
from db.database import Snapshot
from db.errors import InvalidInput
from db.permissions import Flag
from db.record_clinics import RecordClinics
from db.record_edits import RecordEdits
from db.record_lists import find_record
from db.records import Data
from web.rpc.procedures.shapes import LONGEST_TEXT, Time, record_values, time_ms
from web.rpc.registry import Caller

NewId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]*\Z", max_length=LONGEST_TEXT)] | UnsetType | None
"""The id of a record to be made, if the caller has chosen one: what phones can use as one."""
Quantity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
"""How much of a medicine changes hands."""
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
MaybeCount = Count | UnsetType | None
MaybeFlag = bool | int | str | UnsetType | None
Statuses = str | list[str] | None
"""One status or several; none and empty ones stand for all."""

_DAY_MS = 86_400_000
_DATE_LENGTH = len("2000-01-31")


def new_values(table: str, parameters: msgspec.Struct, **defaults: str) -> Data:
    """The columns of a new record. ``defaults`` take the place of what was not sent, or sent empty."""
    values = record_values(table, parameters)
    return {**values, **{name: values.get(name) or default for name, default in defaults.items()}}


def changed_values(table: str, parameters: msgspec.Struct) -> Data:
    """The columns to change. Null stands for "as it is" unless the column may be empty."""
    columns = CATALOGUE[table].columns
    values = record_values(table, parameters)
    return {
        name: value
        for name, value in values.items()
        if name != "id" and (value is not None or columns[name].is_optional)
    }


def statuses_of(asked: Statuses) -> tuple[str, ...]:
    """As a tuple, without empty ones."""
    several = [asked] if isinstance(asked, str) else asked or []
    return tuple(status for status in several if status)


def maybe_ms(value: Time | None, path: str) -> int | None:
    """The beginning of a range; none for null and empty text."""
    return None if value is None or value == "" else time_ms(value, path)


def end_ms(value: Time | None, path: str) -> int | None:
    """The end of a range that belongs to it: of a mere date, the whole day (in UTC, as ``time_ms`` has it)."""
    found = maybe_ms(value, path)
    return found + _DAY_MS - 1 if found is not None and isinstance(value, str) and _is_date(value.strip()) else found


def viewable_clinics(caller: Caller) -> frozenset[str]:
    """At which clinics the caller may look at patients' records."""
    return caller.permissions.clinics_with(Flag.VIEW_HISTORY)


def is_viewable(snapshot: Snapshot, caller: Caller, patient_id: object) -> bool:
    """Whether this patient is there. Raises NotAllowed unless the caller may look at the patient's records."""
    patient = find_record(snapshot, "patients", patient_id) if isinstance(patient_id, str) else None
    clinic = RecordClinics(snapshot).clinic_of("patients", patient) if patient else ""
    caller.require(Flag.VIEW_HISTORY, clinic)
    return patient is not None


def require_patient(edits: RecordEdits, patient_id: object, visit_id: object, path: str) -> None:
    """Raises NotFound for a patient who is not there, InvalidInput (``path``) for a visit of somebody else.

    A visit that is not here yet may still be on the phone.
    """
    edits.require("patients", patient_id if isinstance(patient_id, str) else "")
    visit = edits.find("visits", visit_id) if isinstance(visit_id, str) and visit_id else None
    if visit is not None and visit.get("patient_id") != patient_id:
        raise InvalidInput(path=path)


def named(*ids: str, path: str) -> str:
    """The first id that was sent. Raises InvalidInput."""
    for record_id in ids:
        if record_id:
            return record_id
    raise InvalidInput(path=path)


def _is_date(text: str) -> bool:
    try:
        return len(text) == _DATE_LENGTH and bool(date.fromisoformat(text))
    except ValueError:
        return False
