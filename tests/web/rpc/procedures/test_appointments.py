"""Appointments are made, changed and found, by those who may."""

from __future__ import annotations

from typing import Any

import pytest

from db.errors import AlreadyExists, HubError, InvalidInput, NotAllowed, NotFound
from db.permissions import Flag
from tests.db.caller import contents
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.golden import Golden
from tests.web.rpc.procedures.pharmacy import HOUR, MORNING, Pharmacy

DAY_TEXT = "2023-11-14"  # that of MORNING


@pytest.fixture
def clinic(desk: Desk) -> Pharmacy:
    """With appointments of ``p1`` in the morning and an hour later, of ``p2`` and of ``p3`` in between."""
    made = Pharmacy(desk)
    made.put("visits", {"id": "v1", "patient_id": "p1"}, {"id": "v2", "patient_id": "p2"})
    made.put(
        "appointments",
        _stored(made, "a1", "p1", MORNING),
        _stored(made, "a2", "p1", MORNING + HOUR, status="confirmed"),
        _stored(made, "a3", "p3", MORNING + HOUR // 2),
        _stored(made, "a4", "p2", MORNING + HOUR // 2),
    )
    return made


def _stored(clinic: Pharmacy, record_id: str, patient: str, at: int, **columns: Any) -> dict[str, Any]:
    usual = {"clinic_id": clinic.desk.clinic_id, "status": "pending", "departments": "[]", "metadata": "{}"}
    return {"id": record_id, "patient_id": patient, "timestamp": at, "is_walk_in": False, **usual, **columns}


def _new(**columns: Any) -> dict[str, Any]:
    return {"patient_id": "p1", "timestamp": MORNING, "reason": "cough", **columns}


def _listed(clinic: Pharmacy, name: str, **params: Any) -> list[str]:
    return [row["id"] for row in clinic.desk.query(name, **params)["data"]]


def test_an_appointment_in_any_spelling_is_made_as_phones_hold_it(clinic: Pharmacy) -> None:
    made = clinic.desk.command(
        "appointments.create",
        **_new(timestamp="2023-11-14T22:13:20Z", is_walk_in=1, departments=[{"id": "lab"}], created_at=1_700_000_000),
    )
    row = clinic.row("appointments", made["appointment_id"])
    assert (row["timestamp"], row["created_at"]) == (MORNING, MORNING)
    assert (row["is_walk_in"], row["departments"], row["metadata"]) == (True, '[{"id":"lab"}]', "{}")
    assert (row["clinic_id"], row["user_id"]) == (clinic.desk.clinic_id, clinic.desk.account.id)


def test_an_appointment_sent_twice_is_made_once(clinic: Pharmacy) -> None:
    clinic.desk.command("appointments.create", **_new(id="a9"))
    before = contents(clinic.database)
    assert clinic.desk.command("appointments.create", **_new(id="a9")) == {"appointment_id": "a9"}
    assert contents(clinic.database) == before
    with pytest.raises(AlreadyExists):
        clinic.desk.command("appointments.create", **_new(id="a9", reason="fever"))


def test_what_cannot_be_an_appointment_changes_nothing(clinic: Pharmacy) -> None:
    wrong: list[tuple[dict[str, Any], type[HubError]]] = [
        ({"patient_id": "nobody"}, NotFound),
        ({"patient_id": ""}, InvalidInput),
        ({"timestamp": "soon"}, InvalidInput),
        ({"is_walk_in": "perhaps"}, InvalidInput),
        ({"current_visit_id": "v2"}, InvalidInput),
        ({"id": "a/b"}, InvalidInput),
        ({"clinic_id": "south"}, NotAllowed),
    ]
    before = contents(clinic.database)
    for columns, error in wrong:
        with pytest.raises(error):
            clinic.desk.command("appointments.create", **_new(**columns))
    assert contents(clinic.database) == before


def test_only_what_is_sent_is_changed(clinic: Pharmacy) -> None:
    before = clinic.row("appointments", "a1")
    answer = clinic.desk.command("appointments.update", id="a1", notes="bring x-ray", duration=30, status=None)
    after = clinic.row("appointments", "a1")
    assert (answer["notes"], answer["duration"], answer["is_walk_in"]) == ("bring x-ray", 30, 0)
    assert {name: after[name] for name in before} == before
    with pytest.raises(InvalidInput):
        clinic.desk.command("appointments.update", id="a1", fulfilled_visit_id="v2")


def test_an_appointment_is_cancelled_and_completed(clinic: Pharmacy) -> None:
    assert clinic.desk.command("appointments.cancel", id="a1") == {"cancelled": True}
    assert clinic.desk.command("appointments.complete", id="a2", user_id="u1", visit_id="v1") == {"completed": True}
    assert clinic.row("appointments", "a1")["status"] == "cancelled"
    done = clinic.row("appointments", "a2")
    assert (done["status"], done["provider_id"], done["fulfilled_visit_id"]) == ("completed", "u1", "v1")


def test_lists_hold_what_was_asked_for_of_patients_one_may_see(clinic: Pharmacy) -> None:
    assert _listed(clinic, "appointments.list") == ["a1", "a3", "a2"]
    assert _listed(clinic, "appointments.list", start_date=MORNING + 1, end_date=MORNING + HOUR - 1) == ["a3"]
    assert _listed(clinic, "appointments.list", start_date=DAY_TEXT, end_date=DAY_TEXT) == ["a1", "a3", "a2"]
    assert _listed(clinic, "appointments.list", end_date="2023-11-13") == []
    assert _listed(clinic, "appointments.list", status="confirmed") == ["a2"]
    assert _listed(clinic, "appointments.list", clinic_id="south") == []
    page = clinic.desk.query("appointments.list", limit=1, offset=1)
    assert ([row["id"] for row in page["data"]], page["total"], page["limit"], page["offset"]) == (["a3"], 3, 1, 1)
    assert _listed(clinic, "appointments.by_patient", patient_id="p1") == ["a2", "a1"]


def test_a_search_finds_names_however_they_are_spelled(clinic: Pharmacy) -> None:
    both = clinic.desk.caller({clinic.desk.clinic_id: Flag, "south": Flag})
    for text, found in (("elise HAD", ["a1", "a2"]), ("احمد", ["a4"]), ("%", []), ("  ", ["a1", "a3", "a4", "a2"])):
        answer = clinic.desk.query("appointments.search", both, search_query=text, date=DAY_TEXT)
        assert [row["id"] for row in answer["data"]] == found
    assert _listed(clinic, "appointments.search", search_query="احمد") == []
    assert _listed(clinic, "appointments.search", status=["confirmed", "x"], department_ids=["y"]) == ["a2"]


def test_appointments_of_a_patient_who_is_gone_are_gone(clinic: Pharmacy) -> None:
    clinic.put("patients", {"id": "p1", "primary_clinic_id": clinic.desk.clinic_id, "is_deleted": True})
    assert _listed(clinic, "appointments.list") == ["a3"]
    assert _listed(clinic, "appointments.by_patient", patient_id="p1") == []
    with pytest.raises(NotFound):
        clinic.desk.query("appointments.get", id="a1")


def test_each_needs_its_permission(clinic: Pharmacy) -> None:
    desk = clinic.desk
    before = contents(clinic.database)
    no_edit = desk.without(Flag.EDIT_RECORDS)
    for name, data in (
        ("appointments.create", _new()),
        ("appointments.update", {"id": "a1", "notes": "x"}),
        ("appointments.cancel", {"id": "a1"}),
        ("appointments.complete", {"id": "a1"}),
    ):
        with pytest.raises(NotAllowed):
            desk.command(name, no_edit, **data)
    for caller, appointment, patient in ((desk.without(Flag.VIEW_HISTORY), "a1", "p1"), (desk.nurse, "a4", "p2")):
        with pytest.raises(NotAllowed):
            desk.query("appointments.get", caller, id=appointment)
        with pytest.raises(NotAllowed):
            desk.query("appointments.by_patient", caller, patient_id=patient)
    assert contents(clinic.database) == before


def test_the_exact_answers_are_what_they_were(clinic: Pharmacy) -> None:
    golden = Golden(clinic.desk)
    golden.command("appointments.create", **_new(id="a9"))
    golden.command("appointments.create", **_new(patient_id="nobody"))
    golden.command("appointments.update", id="a9", status="confirmed", metadata={"a": 1})
    golden.command("appointments.update", id="none")
    golden.command("appointments.cancel", id="a1")
    golden.command("appointments.complete", id="a2", user_id="u1")
    golden.query("appointments.list", start_date=DAY_TEXT, end_date=DAY_TEXT, limit=2)
    golden.query("appointments.list", limit=0)
    golden.query("appointments.search", search_query="hadd", date=DAY_TEXT, limit=1)
    golden.query("appointments.get", id="a3")
    golden.query("appointments.get", id="none")
    golden.query("appointments.by_patient", patient_id="p3")
    for name in ("create", "update", "cancel", "complete", "list", "search", "get", "by_patient"):
        golden.check(f"appointments.{name}")
