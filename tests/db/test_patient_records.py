"""What belongs to a patient, newest first, while the patient is there."""

from __future__ import annotations

from db.database import Database
from db.patient_records import (
    attributes_of,
    events_of_form,
    events_of_visit,
    find_living,
    has_patient,
    problems_of,
    visits_of,
    vitals_of,
)
from tests.db.rows import delete_row, put_rows

EVENTS = [
    {"id": "e1", "patient_id": "p1", "visit_id": "v1", "form_id": "f1", "created_at": 1},
    {"id": "e2", "patient_id": "p1", "visit_id": "v1", "form_id": "f2", "created_at": 2},
    {"id": "e3", "patient_id": "p1", "visit_id": "v2", "form_id": "f1", "created_at": 3},
    {"id": "e4", "patient_id": "p2", "visit_id": "v1", "form_id": "f1", "created_at": 4},
    {"id": "e5", "patient_id": "p1", "visit_id": "v1", "form_id": "f1", "created_at": 5, "is_deleted": True},
]


def test_events_are_those_of_the_patient_and_the_visit_or_form(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}, {"id": "p2"}])
    put_rows(database, "events", EVENTS)
    with database.read() as snapshot:
        assert [row["id"] for row in events_of_visit(snapshot, "p1", "v1")] == ["e2", "e1"]
        assert [row["id"] for row in events_of_form(snapshot, "p1", "f1")] == ["e3", "e1"]


def test_of_a_patient_who_is_gone_there_is_nothing(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1", "is_deleted": True}, {"id": "p2"}])
    delete_row(database, "patients", "p2")
    tables = ("visits", "patient_vitals", "patient_problems", "patient_additional_attributes")
    for table in tables:
        put_rows(database, table, [{"id": f"{owner}-{table}", "patient_id": owner} for owner in ("p1", "p2", "p3")])
    with database.read() as snapshot:
        for read in (visits_of, vitals_of, problems_of, attributes_of):
            assert [read(snapshot, owner) for owner in ("p1", "p2", "p3")] == [[], [], []]
        assert not any(has_patient(snapshot, owner) for owner in ("p1", "p2", "p3"))


def test_a_record_is_found_by_its_id_while_it_lives(database: Database) -> None:
    put_rows(database, "patient_problems", [{"id": "a"}, {"id": "b", "is_deleted": True}, {"id": "c"}])
    delete_row(database, "patient_problems", "c")
    with database.read() as snapshot:
        assert find_living(snapshot, "patient_problems", "a") == {"id": "a"}
        assert [find_living(snapshot, "patient_problems", gone) for gone in ("b", "c", "d")] == [None, None, None]
