"""Events: what was recorded with a form, by whom, in which visit."""

from __future__ import annotations

from typing import Any

import pytest

from db.errors import NotAllowed, NotFound
from db.permissions import Flag
from tests.db.rows import put_rows
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, patient, put_other_clinic, put_patients


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id), patient("gone", is_deleted=True))
    put_patients(desk, patient("theirs", primary_clinic_id=OTHER_CLINIC))


def test_an_event_without_a_visit_gets_one_now_with_the_caller(desk: Desk) -> None:
    made = desk.command("events.create", patient_id="p1", visit_id="", form_id="f", form_data=[{"value": 3}])
    visits = desk.query("get_visits", patient_id="p1")["data"]
    assert [visit["id"] for visit in visits] == [made["visit_id"]]
    assert (visits[0]["provider_id"], visits[0]["provider_name"]) == (desk.account.id, "Nour")
    assert (visits[0]["clinic_id"], visits[0]["check_in_timestamp"]) == (desk.clinic_id, desk.clock.now_ms())
    events = desk.query("get_visit_events", patient_id="p1", visit_id=made["visit_id"])["data"]
    assert [(event["id"], event["form_data"]) for event in events] == [(made["id"], [{"value": 3}])]


def test_the_same_event_sent_twice_makes_one_event_and_one_visit(desk: Desk) -> None:
    sent: dict[str, Any] = {"id": "e1", "patient_id": "p1", "form_id": "f", "form_data": []}
    assert desk.command("create_event", **sent) == desk.command("create_event", **sent) == {"event_id": "e1"}
    assert len(desk.query("get_visits", patient_id="p1")["data"]) == 1
    assert len(desk.query("events.by_form", patient_id="p1", form_id="f")) == 1


def test_somebody_elses_event_needs_one_more_permission(desk: Desk) -> None:
    put_rows(desk.database, "events", [{"id": "e1", "patient_id": "p1", "recorded_by_user_id": "another"}])
    own = desk.command("events.create", patient_id="p1")["id"]
    careful = desk.without(Flag.EDIT_OTHERS_EVENTS)
    for name in ("events.update", "events.delete"):
        with pytest.raises(NotAllowed):
            desk.command(name, careful, id="e1")
    assert desk.command("events.update", careful, id=own, form_data=[1], metadata={"a": 1})["form_data"] == [1]
    assert desk.command("events.delete", careful, id=own) == {"success": True}
    assert desk.command("events.delete", id="e1") == {"success": True}
    with pytest.raises(NotFound):
        desk.command("events.update", id="e1", form_data=[])


def test_deleting_an_event_needs_the_permission_to_delete(desk: Desk) -> None:
    own = desk.command("events.create", patient_id="p1")["id"]
    with pytest.raises(NotAllowed):
        desk.command("events.delete", desk.without(Flag.DELETE_RECORDS), id=own)
