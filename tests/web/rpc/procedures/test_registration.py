"""Registering, changing and deleting patients as the newest app does it (PROTOCOL §4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from db.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound
from db.patient_records import attributes_of
from db.permissions import Flag
from tests.db.rows import put_rows, row_of
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, patient, put_other_clinic, put_patients

FIELD = "4c1f1f0a-0000-4000-8000-00000000f1e1"


def _attribute(**values: Any) -> dict[str, Any]:
    """As the app sends it: the id is the field's, the same for every patient."""
    empty = {"number_value": None, "string_value": None, "date_value": None, "boolean_value": None}
    at = "2024-03-01T10:00:00.000Z"
    times = {"created_at": at, "updated_at": at, "last_modified": at, "server_created_at": at}
    sent = {"id": FIELD, "patient_id": "", "attribute_id": FIELD, "attribute": "blood", "metadata": {}}
    return {**sent, **empty, "is_deleted": False, **times, **values}


def _attributes(desk: Desk, patient_id: str) -> list[dict[str, Any]]:
    with desk.database.read() as snapshot:
        return attributes_of(snapshot, patient_id)


def test_two_patients_have_each_their_own_value_of_a_field(desk: Desk) -> None:
    made = [
        desk.command(
            "register_patient",
            patient={"id": "", "given_name": name, "created_at": "2024-03-01T10:00:00.000Z", "metadata": {}},
            additional_attributes=[_attribute(string_value=blood), _attribute(attribute_id="x", boolean_value=True)],
        )
        for name, blood in (("Amal", "A+"), ("Omar", "B-"))
    ]
    assert [answer["attributes_count"] for answer in made] == [2, 2]
    for answer, blood in zip(made, ("A+", "B-"), strict=True):
        rows = {row["attribute_id"]: row for row in _attributes(desk, answer["patient_id"])}
        assert rows[FIELD]["string_value"] == blood
        assert rows["x"]["boolean_value"] is True
        assert rows[FIELD]["patient_id"] == answer["patient_id"]
        assert rows[FIELD]["id"] != FIELD


def test_a_change_leaves_alone_what_the_app_did_not_know(desk: Desk) -> None:
    before = patient("p1", phone="0712", hometown="Homs", primary_clinic_id=desk.clinic_id, date_of_birth="1990-01-01")
    put_patients(desk, before)
    empty = dict.fromkeys(("surname", "phone", "hometown", "date_of_birth", "camp", "primary_clinic_id"), "")
    sent = {"id": "p1", "given_name": "Amina", **empty, "additional_data": {}, "metadata": {}, "created_at": 1.7e12}
    desk.command("register_patient", patient=sent, additional_attributes=[])
    after = row_of(desk.database, "patients", "p1")
    assert after["given_name"] == "Amina"
    assert {name for name in before if after[name] != before[name]} == {"given_name", "updated_at"}


def test_a_change_replaces_the_value_of_a_field_in_its_row(desk: Desk) -> None:
    put_patients(desk, patient("p1"))
    for blood in ("A+", "B-"):
        given = [_attribute(string_value=blood), _attribute(attribute_id="n", number_value="12")]
        desk.command("register_patient", patient={"id": "p1"}, additional_attributes=given)
    assert sorted(str(row["string_value"]) for row in _attributes(desk, "p1")) == ["B-", "None"]
    desk.command("register_patient", patient={"id": "p1"}, additional_attributes=[_attribute(is_deleted=True)])
    assert [row["number_value"] for row in _attributes(desk, "p1")] == [12]


def test_registering_needs_the_permission_at_the_clinic_of_the_patient(desk: Desk) -> None:
    put_other_clinic(desk)
    with pytest.raises(NotAllowed):
        desk.command("register_patient", patient={"given_name": "A", "primary_clinic_id": OTHER_CLINIC})
    with pytest.raises(NotAllowed):
        desk.command("register_patient", desk.without(Flag.REGISTER_PATIENTS), patient={"given_name": "A"})
    assert desk.command("register_patient", desk.with_flags(Flag.REGISTER_PATIENTS), patient={"given_name": "A"})


def test_changing_needs_the_permission_to_edit_and_moving_that_at_the_new_clinic(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id), patient("p2", primary_clinic_id=OTHER_CLINIC))
    editor = desk.with_flags(Flag.EDIT_RECORDS)
    desk.command("register_patient", editor, patient={"id": "p1", "given_name": "B"})
    for sent in ({"id": "p1", "primary_clinic_id": OTHER_CLINIC}, {"id": "p2", "given_name": "B"}):
        with pytest.raises(NotAllowed):
            desk.command("register_patient", patient=sent)


@pytest.mark.parametrize("state", ["deleted", "hidden"])
def test_a_patient_who_is_gone_is_not_brought_back(desk: Desk, state: str) -> None:
    put_patients(desk, patient("p1", is_deleted=state == "hidden"))
    if state == "deleted":
        desk.command("delete_patient", patient_id="p1")
    with pytest.raises(AlreadyExists):
        desk.command("register_patient", patient={"id": "p1", "given_name": "B"})
    with pytest.raises(NotFound):
        desk.command("delete_patient", patient_id="p1")


def test_a_registration_with_one_bad_value_stores_nothing(desk: Desk) -> None:
    put_patients(desk, patient("p1"))
    given = [_attribute(string_value="A+"), _attribute(attribute_id="n", number_value="twelve")]
    with pytest.raises(InvalidInput) as caught:
        desk.command("register_patient", patient={"id": "p1", "given_name": "Zed"}, additional_attributes=given)
    assert caught.value.context == {"path": "number_value"}
    assert row_of(desk.database, "patients", "p1")["given_name"] == "Amal"
    assert _attributes(desk, "p1") == []


def test_deleting_a_patient_needs_its_permission_and_takes_all_that_belongs_to_the_patient(desk: Desk) -> None:
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id))
    put_rows(desk.database, "visits", [{"id": "v1", "patient_id": "p1"}])
    with pytest.raises(NotAllowed):
        desk.command("delete_patient", desk.without(Flag.DELETE_PATIENTS), patient_id="p1")
    assert desk.command("delete_patient", patient_id="p1") == {"deleted": True, "patient_id": "p1"}
    assert desk.query("get_visits", patient_id="p1") == {"data": []}
    assert desk.query("get_patients")["total"] == 0
