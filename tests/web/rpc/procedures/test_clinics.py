"""Clinics and their departments are listed by name, without those that are gone."""

from __future__ import annotations

from tests.db.rows import put_rows
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, put_other_clinic


def test_clinics_are_listed_by_name_also_to_those_who_may_do_nothing(desk: Desk) -> None:
    put_other_clinic(desk)
    put_rows(desk.database, "clinics", [{"id": "a", "name": "Annex"}, {"id": "b", "name": "Gone", "is_deleted": True}])
    listed = desk.query("clinics.list", desk.caller({}))["data"]
    assert [clinic["name"] for clinic in listed] == ["Annex", "North", "South"]


def test_the_departments_are_those_of_the_clinic(desk: Desk) -> None:
    put_other_clinic(desk)
    rows = [
        {"id": "d1", "clinic_id": OTHER_CLINIC, "name": "Pharmacy", "can_dispense_medications": True},
        {"id": "d2", "clinic_id": OTHER_CLINIC, "name": "Lab", "additional_capabilities": "[]"},
        {"id": "d3", "clinic_id": desk.clinic_id, "name": "Other"},
    ]
    put_rows(desk.database, "clinic_departments", rows)
    listed = desk.query("clinic_departments.list", clinic_id=OTHER_CLINIC)["data"]
    assert [(room["name"], room["can_dispense_medications"]) for room in listed] == [("Lab", 0), ("Pharmacy", 1)]
