"""A record is at its own clinic, else at its visit's, else at its patient's; a clinic nobody knows is none."""

from __future__ import annotations

from typing import Any

import pytest

from db.database import Database
from db.record_clinics import RecordClinics
from tests.db.rows import delete_row, put_rows


@pytest.fixture
def clinic(database: Database) -> Database:
    put_rows(database, "clinics", [{"id": "north"}, {"id": "south"}])
    put_rows(database, "patients", [{"id": "p1", "primary_clinic_id": "north"}, {"id": "p2"}])
    put_rows(
        database,
        "visits",
        [
            {"id": "v1", "patient_id": "p1", "clinic_id": "south"},
            {"id": "v2", "patient_id": "p1"},
            {"id": "v3", "patient_id": "p1", "clinic_id": "closed"},
        ],
    )
    return database


@pytest.mark.parametrize(
    ("table", "row", "expected"),
    [
        ("patients", {"id": "x", "primary_clinic_id": "south"}, "south"),
        ("patients", {"id": "x", "primary_clinic_id": None}, ""),
        ("patients", {"id": "x", "primary_clinic_id": "closed"}, ""),
        ("visits", {"clinic_id": "south", "patient_id": "p1"}, "south"),
        ("visits", {"clinic_id": "", "patient_id": "p1"}, "north"),
        ("events", {"visit_id": "v1", "patient_id": "p1"}, "south"),
        ("events", {"visit_id": "v2", "patient_id": "p2"}, "north"),
        ("events", {"visit_id": "v3", "patient_id": "p2"}, "north"),
        ("events", {"visit_id": "nowhere", "patient_id": "p1"}, "north"),
        ("events", {"patient_id": "p2"}, ""),
        ("events", {"patient_id": 7}, ""),
        ("appointments", {"current_visit_id": "v1", "patient_id": "p1"}, "south"),
        ("prescription_items", {"clinic_id": "south", "patient_id": "p1"}, "south"),
        ("drug_catalogue", {"id": "d"}, ""),
    ],
)
def test_the_nearest_that_names_a_clinic_decides(
    clinic: Database, table: str, row: dict[str, Any], expected: str
) -> None:
    with clinic.read() as snapshot:
        assert RecordClinics(snapshot).clinic_of(table, row) == expected
        ahead = RecordClinics(snapshot)
        ahead.load(table, [row])
        assert ahead.clinic_of(table, row) == expected


def test_what_a_push_brings_counts_only_for_what_is_not_stored(clinic: Database) -> None:
    with clinic.read() as snapshot:
        clinics = RecordClinics(snapshot)
        clinics.note("visits", [{"id": "v1", "clinic_id": "north"}, {"id": "new", "patient_id": "p9"}])
        clinics.note("patients", [{"id": "p9", "primary_clinic_id": "south"}])
        assert clinics.clinic_of("events", {"visit_id": "v1"}) == "south"
        assert clinics.clinic_of("events", {"visit_id": "new"}) == "south"


def test_a_clinic_that_was_deleted_is_none(clinic: Database) -> None:
    delete_row(clinic, "clinics", "south")
    with clinic.read() as snapshot:
        assert RecordClinics(snapshot).clinic_of("events", {"visit_id": "v1", "patient_id": "p1"}) == "north"
