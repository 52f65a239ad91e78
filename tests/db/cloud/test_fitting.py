"""What the cloud needs is filled in here, so that phones see it too (CLOUD §4)."""

from __future__ import annotations

from db.cloud.fitting import fit_waiting
from db.database import Database
from tests.db.cloud.exchange import CLINIC, arrive, last_stamp, new_id, waiting
from tests.db.rows import put_rows, row_of


def test_a_patient_without_a_clinic_gets_this_computer_s(database: Database) -> None:
    """CLOUD §3: invisible to hubs otherwise [112]."""
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id, "primary_clinic_id": None}])
    assert fit_waiting(database, CLINIC) == 1
    assert row_of(database, "patients", record_id)["primary_clinic_id"] == CLINIC


def test_a_record_without_a_visit_gets_one_and_always_the_same(database: Database) -> None:
    """CLOUD §4: the cloud invents another each time it is sent [82c]."""
    record_id = new_id()
    event = {"id": record_id, "patient_id": "p", "visit_id": "", "created_at": 5}
    put_rows(database, "events", [event])
    fit_waiting(database, CLINIC)
    visit = row_of(database, "events", record_id)["visit_id"]
    assert row_of(database, "visits", visit)["patient_id"] == "p"
    assert ("visits", visit) in waiting(database)
    put_rows(database, "events", [event])
    fit_waiting(database, CLINIC)
    assert row_of(database, "events", record_id)["visit_id"] == visit


def test_local_staff_and_clinics_give_way_to_the_cloud_s(database: Database) -> None:
    theirs, record_id = new_id(), new_id()
    put_rows(database, "users", [{"id": "local", "email": "nour@example.org"}])
    put_rows(database, "clinics", [{"id": "here", "name": "North"}])
    arrive(database, "users", {"id": theirs, "email": "nour@example.org"})
    arrive(database, "clinics", {"id": CLINIC, "name": "Clinic A"})
    put_rows(database, "visits", [{"id": record_id, "provider_id": "local", "clinic_id": "here"}])
    fit_waiting(database, CLINIC)
    row = row_of(database, "visits", record_id)
    assert (row["provider_id"], row["clinic_id"]) == (theirs, CLINIC)


def test_what_fits_is_left_alone(database: Database) -> None:
    put_rows(database, "patients", [{"id": new_id(), "primary_clinic_id": CLINIC}])
    before = last_stamp(database)
    assert fit_waiting(database, CLINIC) == 0
    assert fit_waiting(database, None) == 0
    assert last_stamp(database) == before
