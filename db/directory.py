"""What the organisation sets up and phones read: forms, clinics, departments. These are few.

Knows nothing of who asks.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from db.database import Snapshot
from db.patient_records import find_living
from db.record_lists import Listing, equals, list_records
from db.records import Data
from db.schema import RECORD_TABLES


def registration_form(snapshot: Snapshot) -> Data | None:
    """The form that patients are registered with: of several, the one changed last."""
    forms = list_records(snapshot, Listing("registration_forms", (), ("-updated_at",)))
    return forms[0] if forms else None


def all_registration_forms(snapshot: Snapshot) -> list[Data]:
    """Every form there ever was, deleted ones too: what was registered with them stays readable."""
    columns = RECORD_TABLES["registration_forms"].c
    rows = snapshot.rows(sa.select(columns.data).order_by(columns.local_server_created_at, columns.id))
    return [msgspec.json.decode(row.data) for row in rows]


def event_forms(snapshot: Snapshot, language: str = "", clinic_id: str = "") -> list[Data]:
    """The forms of events by name: those in one language, those for one clinic (or for all)."""
    forms = list_records(snapshot, Listing("event_forms", (), ("name",)))
    return [
        form
        for form in forms
        if (not language or form.get("language") == language)
        if (not clinic_id or _is_for(form, clinic_id))
    ]


def event_form(snapshot: Snapshot, form_id: str) -> Data | None:
    """One form of events."""
    return find_living(snapshot, "event_forms", form_id)


def clinics(snapshot: Snapshot) -> list[Data]:
    """The clinics by name."""
    return list_records(snapshot, Listing("clinics", (), ("name",)))


def departments_of(snapshot: Snapshot, clinic_id: str) -> list[Data]:
    """The departments of a clinic by name."""
    conditions = (equals("clinic_departments", "clinic_id"),)
    return list_records(snapshot, Listing("clinic_departments", conditions, ("name",), {"clinic_id": clinic_id}))


def form_fields(form: Data) -> list[Data]:
    """The fields of a registration form; none where they are not readable."""
    return [field for field in _as_list(form.get("fields")) if isinstance(field, dict)]


def _is_for(form: Data, clinic_id: str) -> bool:
    clinic_ids = _as_list(form.get("clinic_ids"))
    return not clinic_ids or clinic_id in clinic_ids


def _as_list(value: object) -> list[Data | str]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return []
    return value if isinstance(value, list) else []
