"""Visits are made, changed and listed by those who may."""

from __future__ import annotations

import pytest

from db.errors import NotAllowed
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import AT, DAY, OTHER_CLINIC, patient, put_other_clinic, put_patients


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id), patient("gone", is_deleted=True))
    put_patients(desk, patient("theirs", primary_clinic_id=OTHER_CLINIC))


def test_a_visit_is_not_moved_to_a_clinic_at_which_one_may_not_edit(desk: Desk) -> None:
    visit = desk.command("visits.create", patient_id="p1")["id"]
    with pytest.raises(NotAllowed):
        desk.command("visits.update", id=visit, clinic_id=OTHER_CLINIC)
    changed = desk.command("visits.update", id=visit, provider_name="Huda", clinic_id=None, metadata='{"a":1}')
    assert (changed["provider_name"], changed["clinic_id"], changed["metadata"]) == ("Huda", desk.clinic_id, '{"a":1}')


def test_lists_are_newest_first_and_of_one_patient(desk: Desk) -> None:
    for number in (2, 3, 1):
        desk.command("visits.create", patient_id="p1", check_in_timestamp=AT + number * DAY, provider_name=str(number))
        desk.command("vitals.create", patient_id="p1", timestamp=f"2024-01-0{number}T00:00:00Z", heart_rate=number)
    desk.command("visits.create", patient_id="theirs")
    assert [visit["provider_name"] for visit in desk.query("get_visits", patient_id="p1")["data"]] == ["3", "2", "1"]
    assert [vital["heart_rate"] for vital in desk.query("vitals.list", patient_id="p1")] == [3, 2, 1]
