"""Appointments are found by time, and by the names of patients that may be seen."""

from __future__ import annotations

from db.appointments import AppointmentFilter, appointments_of_patient, find_appointments
from db.database import Database
from tests.db.rows import put_rows

NOWHERE: frozenset[str] = frozenset()


def test_appointments_of_patients_at_a_hidden_clinic_are_neither_listed_nor_counted(database: Database) -> None:
    put_rows(database, "clinics", [{"id": "c1"}])
    put_rows(database, "patients", [{"id": "p1", "given_name": "Nur", "primary_clinic_id": "c1"}])
    put_rows(database, "patients", [{"id": "p2", "given_name": "Nur", "primary_clinic_id": "unknown"}])
    put_rows(database, "appointments", [{"id": f"a{n}", "patient_id": f"p{n}", "timestamp": n} for n in (1, 2, 3)])
    everything, named = AppointmentFilter(), AppointmentFilter(patient_name="nur")
    for wanted, viewable, ids in (
        (everything, NOWHERE, ["a2", "a3"]),
        (everything, frozenset({"c1"}), ["a1", "a2", "a3"]),
        (named, NOWHERE, ["a2"]),
        (named, frozenset({"c1"}), ["a1", "a2"]),
        (AppointmentFilter(start_ms=2, end_ms=2), NOWHERE, ["a2"]),
    ):
        page = find_appointments(database, wanted, viewable, 9, 0)
        assert ([row["id"] for row in page.rows], page.total) == (ids, len(ids))
    with database.read() as snapshot:
        assert [row["id"] for row in appointments_of_patient(snapshot, "p1")] == ["a1"]
