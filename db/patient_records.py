"""What belongs to one patient: visits, events, vital signs, problems, additional attributes; the newest first.

Knows nothing of permissions. Of a patient who is not there (deleted, or never known) there is nothing.
"""

from __future__ import annotations

import sqlalchemy as sa

from db.database import Snapshot
from db.record_lists import Listing, equals, is_live, list_records
from db.records import Data
from db.schema import RECORD_TABLES

_PATIENTS = RECORD_TABLES["patients"]


def find_living(snapshot: Snapshot, table: str, record_id: str) -> Data | None:
    """The living record with this id, or None."""
    columns = RECORD_TABLES[table].c
    listing = Listing(table, (columns.id == sa.bindparam("wanted"),), (), {"wanted": record_id})
    return next(iter(list_records(snapshot, listing)), None)


def has_patient(snapshot: Snapshot, patient_id: str) -> bool:
    """Whether there is a living patient with this id."""
    query = sa.select(sa.literal(1)).where(_PATIENTS.c.id == sa.bindparam("patient_id"), is_live(_PATIENTS))
    return snapshot.first(query, {"patient_id": patient_id}) is not None


def visits_of(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """The patient's visits."""
    return _of_patient(snapshot, "visits", "-check_in_timestamp", patient_id=patient_id)


def events_of_visit(snapshot: Snapshot, patient_id: str, visit_id: str) -> list[Data]:
    """What was recorded of the patient in one visit."""
    return _of_patient(snapshot, "events", "-created_at", patient_id=patient_id, visit_id=visit_id)


def events_of_form(snapshot: Snapshot, patient_id: str, form_id: str) -> list[Data]:
    """What was recorded of the patient with one form."""
    return _of_patient(snapshot, "events", "-created_at", patient_id=patient_id, form_id=form_id)


def vitals_of(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """The patient's vital signs."""
    return _of_patient(snapshot, "patient_vitals", "-timestamp", patient_id=patient_id)


def problems_of(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """The patient's problems."""
    return _of_patient(snapshot, "patient_problems", "-created_at", patient_id=patient_id)


def attributes_of(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """The patient's additional attributes."""
    return _of_patient(snapshot, "patient_additional_attributes", "-updated_at", patient_id=patient_id)


def _of_patient(snapshot: Snapshot, table: str, order: str, **values: str) -> list[Data]:
    if not has_patient(snapshot, values["patient_id"]):
        return []
    # The patient's own rows are few: the rest is compared among them, not looked up in another index.
    wanted = {name: value for name, value in values.items() if name != "patient_id"}
    listing = Listing(table, (equals(table, "patient_id"),), (order,), {"patient_id": values["patient_id"]})
    rows = list_records(snapshot, listing)
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
