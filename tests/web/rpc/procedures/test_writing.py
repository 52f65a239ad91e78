"""What is recorded of a patient needs the permission where it belongs, and a patient who is there."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput, NotAllowed, NotFound
from db.permissions import Flag
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, patient, put_other_clinic, put_patients

CREATES = ("visits.create", "events.create", "create_event", "vitals.create", "problems.create")


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id), patient("gone", is_deleted=True))
    put_patients(desk, patient("theirs", primary_clinic_id=OTHER_CLINIC))


@pytest.mark.parametrize("name", CREATES)
def test_recording_needs_the_permission_and_a_patient_who_is_there(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        desk.command(name, desk.without(Flag.EDIT_RECORDS), patient_id="p1")
    for nobody in ("gone", "stranger"):
        with pytest.raises(NotFound):
            desk.command(name, patient_id=nobody)
    assert desk.command(name, desk.with_flags(Flag.EDIT_RECORDS), patient_id="p1")


@pytest.mark.parametrize("name", ["vitals.create", "problems.create"])
def test_what_belongs_to_a_patient_of_another_clinic_is_recorded_there(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        desk.command(name, patient_id="theirs")
    visit = desk.command("visits.create", patient_id="theirs")["id"]  # a visit here makes it ours to record
    assert desk.command(name, patient_id="theirs", visit_id=visit)["success"] is True


@pytest.mark.parametrize("name", CREATES[1:])
def test_a_visit_of_somebody_else_is_refused(desk: Desk, name: str) -> None:
    visit = desk.command("visits.create", patient_id="theirs")["id"]
    with pytest.raises(InvalidInput):
        desk.command(name, patient_id="p1", visit_id=visit)


def test_nothing_of_a_patient_who_is_gone_can_be_read_or_changed(desk: Desk) -> None:
    problem = desk.command("problems.create", patient_id="p1")["id"]
    event = desk.command("events.create", patient_id="p1")["id"]
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id, is_deleted=True))
    assert desk.query("get_visits", patient_id="p1") == {"data": []}
    assert desk.query("problems.list", patient_id="p1") == []
    with pytest.raises(NotFound):
        desk.query("problems.get", id=problem)
    for name, record_id in (("problems.update", problem), ("events.update", event), ("events.delete", event)):
        with pytest.raises(NotFound):
            desk.command(name, id=record_id)
