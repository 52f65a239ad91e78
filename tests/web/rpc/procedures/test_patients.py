"""Finding and showing patients: who sees whom, and in which shape."""

from __future__ import annotations

import pytest

from db.errors import NotAllowed, NotFound
from db.permissions import Flag
from tests.db.rows import delete_row, put_rows
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, patient, put_other_clinic, put_patients, put_registration_form

ATTRIBUTES = "patient_additional_attributes"


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(
        desk,
        patient("ours", "Amal", primary_clinic_id=desk.clinic_id),
        patient("theirs", "Amal", primary_clinic_id=OTHER_CLINIC),
        patient("nobodys", "Amal"),
        patient("hidden", "Amal", is_deleted=True),
    )


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("get_patients", {}),
        ("search_patients", {"filters": {"given_name": "amal"}}),
        ("patients.similar", {"given_name": "Amal", "surname": "Haddad"}),
    ],
)
def test_a_list_has_the_patients_of_ones_clinics_and_of_none(desk: Desk, name: str, params: dict[str, object]) -> None:
    assert {row["id"] for row in desk.query(name, **params)["data"]} == {"ours", "nobodys"}
    blind = desk.without(Flag.VIEW_HISTORY)
    assert {row["id"] for row in desk.query(name, blind, **params)["data"]} == {"nobodys"}


def test_a_patient_is_shown_by_the_fields_of_the_form(desk: Desk) -> None:
    put_registration_form(desk)
    put_rows(
        desk.database,
        ATTRIBUTES,
        [
            {"id": "a1", "patient_id": "ours", "attribute_id": "f-blood", "string_value": "A+"},
            {"id": "a2", "patient_id": "ours", "attribute_id": "f-other", "number_value": 4},
        ],
    )
    shown = desk.query("get_patient", patient_id="ours")
    assert [field["id"] for field in shown["fields"]] == ["f-name", "f-blood"]
    assert shown["values"] == {"f-name": "Amal", "f-blood": "A+"}


@pytest.mark.parametrize("patient_id", ["stranger", "hidden", "gone"])
def test_a_patient_who_is_not_there_is_an_answer_with_an_error_in_it(desk: Desk, patient_id: str) -> None:
    put_patients(desk, patient("gone"))
    delete_row(desk.database, "patients", "gone")
    assert desk.query("get_patient", patient_id=patient_id) == {"error": "not_found"}


def test_a_patient_cannot_be_shown_without_a_form(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.query("get_patient", patient_id="ours")


def test_a_patient_of_another_clinic_is_not_shown(desk: Desk) -> None:
    put_registration_form(desk)
    for name in ("get_patient", "get_visits", "vitals.list", "problems.list"):
        with pytest.raises(NotAllowed):
            desk.query(name, patient_id="theirs")
    for name, key in (("get_visit_events", "visit_id"), ("events.by_form", "form_id")):
        with pytest.raises(NotAllowed):
            desk.query(name, patient_id="theirs", **{key: "x"})
