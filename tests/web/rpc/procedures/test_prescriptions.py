"""Prescriptions and their items are made, changed, handed out and found, by those who may."""

from __future__ import annotations

from typing import Any

import pytest

from db.errors import AlreadyExists, HubError, InvalidInput, NotAllowed, NotFound
from db.permissions import Flag
from tests.db.caller import contents
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.golden import Golden
from tests.web.rpc.procedures.pharmacy import HOUR, MORNING, Pharmacy


@pytest.fixture
def clinic(desk: Desk) -> Pharmacy:
    """With one more prescription of ``p1`` in visit ``v1``, and one of ``p2``, who is of another clinic."""
    made = Pharmacy(desk)
    made.put("visits", {"id": "v1", "patient_id": "p1"}, {"id": "v2", "patient_id": "p2"})
    later = {"status": "prepared", "prescribed_at": MORNING + HOUR, "items": "[]", "metadata": "{}"}
    made.put(
        "prescriptions",
        {"id": "r2", "patient_id": "p1", "visit_id": "v1", "pickup_clinic_id": desk.clinic_id, **later},
        {"id": "r3", "patient_id": "p2", "pickup_clinic_id": desk.clinic_id, **later},
        {"id": "r4", "patient_id": "p2", **later},
    )
    return made


def _new(**columns: Any) -> dict[str, Any]:
    return {"patient_id": "p1", "provider_id": "u1", "notes": "after meals", **columns}


def _new_item(**columns: Any) -> dict[str, Any]:
    return {"prescription_id": "r1", "patient_id": "p1", "drug_id": "d1", "quantity_prescribed": 5, **columns}


def _found(clinic: Pharmacy, name: str, **params: Any) -> list[str]:
    return [row["id"] for row in clinic.desk.query(name, **params)["data"]]


def test_a_prescription_is_made_with_what_phones_expect_in_it(clinic: Pharmacy) -> None:
    made = clinic.desk.command("prescriptions.create", **_new(expiration_date="2023-11-15", items=[{"name": "x"}]))
    row = clinic.row("prescriptions", made["prescription_id"])
    assert (row["status"], row["priority"], row["provider_id"]) == ("pending", "normal", "u1")
    assert (row["expiration_date"], row["prescribed_at"]) == (1_700_006_400_000, clinic.desk.clock.now_ms())
    assert (row["items"], row["metadata"]) == ('[{"name":"x"}]', "{}")


def test_what_is_sent_twice_is_made_once(clinic: Pharmacy) -> None:
    for name, data in (
        ("prescriptions.create", _new(id="r9", prescribed_at=MORNING)),
        ("prescription_items.create", _new_item(id="i9")),
    ):
        first = clinic.desk.command(name, **data)
        before = contents(clinic.database)
        assert clinic.desk.command(name, **data) == first
        assert contents(clinic.database) == before
        with pytest.raises(AlreadyExists):
            clinic.desk.command(name, **data | {"notes": "before meals"})


def test_what_cannot_be_prescribed_changes_nothing(clinic: Pharmacy) -> None:
    wrong: list[tuple[str, dict[str, Any], type[HubError]]] = [
        ("prescriptions.create", _new(patient_id="nobody"), NotFound),
        ("prescriptions.create", _new(visit_id="v2"), InvalidInput),
        ("prescriptions.create", _new(prescribed_at=[]), InvalidInput),
        ("prescription_items.create", _new_item(prescription_id="none"), NotFound),
        ("prescription_items.create", _new_item(prescription_id="r3"), InvalidInput),
        ("prescription_items.create", _new_item(quantity_prescribed=0), InvalidInput),
        ("prescription_items.create", _new_item(refills_authorized=-1), InvalidInput),
        ("prescription_items.update", {"id": "i1", "quantity_prescribed": 2.5}, InvalidInput),
        ("prescription_items.update", {"id": "none"}, NotFound),
        ("prescriptions.update", {"id": "none"}, NotFound),
    ]
    before = contents(clinic.database)
    for name, data, error in wrong:
        with pytest.raises(error):
            clinic.desk.command(name, **data)
    assert contents(clinic.database) == before


def test_only_what_is_sent_is_changed(clinic: Pharmacy) -> None:
    prescription, item = clinic.row("prescriptions", "r2"), clinic.row("prescription_items", "i1")
    answer = clinic.desk.command("prescriptions.update", id="r2", notes="x", priority="high", status=None)
    assert (answer["notes"], answer["priority"]) == ("x", "high")
    clinic.desk.command("prescription_items.update", id="i1", dosage_instructions="1 daily", quantity_prescribed=None)
    after = clinic.row("prescriptions", "r2"), clinic.row("prescription_items", "i1")
    assert {name: after[0][name] for name in prescription} == prescription
    assert {name: after[1][name] for name in item} == item
    assert after[1]["dosage_instructions"] == "1 daily"


def test_what_was_picked_up_stays_as_it_was_first_said(clinic: Pharmacy) -> None:
    clinic.desk.command("prescriptions.pickup", id="r1", provider_id="u1")
    first = clinic.row("prescriptions", "r1")
    assert (first["status"], first["filled_by"], first["filled_at"]) == ("picked-up", "u1", clinic.desk.clock.now_ms())
    clinic.desk.clock.advance(HOUR)
    assert clinic.desk.command("prescriptions.pickup", id="r1", provider_id="u2") == {"ok": True}
    assert clinic.row("prescriptions", "r1") == first


def test_what_is_cancelled_cannot_be_picked_up(clinic: Pharmacy) -> None:
    assert clinic.desk.command("prescriptions.update_status", id="r1", status="cancelled") == {"ok": True}
    with pytest.raises(InvalidInput):
        clinic.desk.command("prescriptions.pickup", id="r1")


def test_prescriptions_are_found(clinic: Pharmacy) -> None:
    assert _found(clinic, "prescriptions.search") == ["r2", "r1"]
    assert _found(clinic, "prescriptions.search", status=["prepared"]) == ["r2"]
    assert _found(clinic, "prescriptions.search", clinic_id=clinic.desk.clinic_id) == ["r2"]
    assert _found(clinic, "prescriptions.search", date=MORNING + 1) == ["r2"]
    assert _found(clinic, "prescriptions.search", search_query="elise") == ["r2", "r1"]
    assert _found(clinic, "prescriptions.search", search_query="saleh") == []
    assert clinic.desk.query("prescriptions.search", limit=1)["total"] == 2
    assert _found(clinic, "prescriptions.by_patient_visit", patient_id="p1", visit_id="v1") == ["r2"]
    for params in ({"prescription_id": "r1"}, {"id": "r1"}):
        assert _found(clinic, "prescription_items.by_prescription", **params) == ["i1"]
    assert _found(clinic, "prescription_items.by_patient", patient_id="p1") == ["i1"]
    assert _found(clinic, "prescription_items.by_prescription", id="none") == []
    with pytest.raises(InvalidInput):
        clinic.desk.query("prescription_items.by_patient")


def test_each_needs_its_permission(clinic: Pharmacy) -> None:
    desk = clinic.desk
    before = contents(clinic.database)
    no_prescribing, no_dispensing = desk.without(Flag.PRESCRIBE), desk.without(Flag.DISPENSE)
    for caller, name, data in (
        (no_prescribing, "prescriptions.create", _new()),
        (no_prescribing, "prescriptions.update", {"id": "r1", "notes": "x"}),
        (no_prescribing, "prescription_items.create", _new_item()),
        (no_prescribing, "prescription_items.update", {"id": "i1", "notes": "x"}),
        (no_dispensing, "prescriptions.update_status", {"id": "r1", "status": "prepared"}),
        (no_dispensing, "prescriptions.pickup", {"id": "r1"}),
        (desk.nurse, "prescriptions.create", _new(patient_id="p2")),
        (desk.nurse, "prescriptions.pickup", {"id": "r4"}),
        (desk.nurse, "prescription_items.create", _new_item(clinic_id="south")),
    ):
        with pytest.raises(NotAllowed):
            desk.command(name, caller, **data)
    for name, params in (
        ("prescriptions.by_patient_visit", {"patient_id": "p2", "visit_id": "v2"}),
        ("prescription_items.by_patient", {"patient_id": "p2"}),
        ("prescription_items.by_prescription", {"id": "r3"}),
    ):
        with pytest.raises(NotAllowed):
            desk.query(name, **params)
    assert contents(clinic.database) == before


def test_a_pharmacist_hands_out_what_is_to_be_picked_up_here(clinic: Pharmacy) -> None:
    clinic.desk.command("prescriptions.pickup", clinic.desk.with_flags(Flag.DISPENSE), id="r3")
    assert clinic.row("prescriptions", "r3")["status"] == "picked-up"


def test_the_exact_answers_are_what_they_were(clinic: Pharmacy) -> None:
    golden = Golden(clinic.desk)
    golden.command("prescriptions.create", **_new(id="r9"))
    golden.command("prescriptions.create", **_new(patient_id="nobody"))
    golden.command("prescriptions.update", id="r9", status="prepared", items=[])
    golden.command("prescriptions.update_status", id="r9", status="not-picked-up")
    golden.command("prescriptions.pickup", id="r9", provider_id="u1")
    golden.command("prescription_items.create", **_new_item(id="i9"))
    golden.command("prescription_items.create", **_new_item(quantity_prescribed=-1))
    golden.command("prescription_items.update", id="i9", item_status="cancelled")
    golden.query("prescriptions.search", search_query="hadd", limit=1)
    golden.query("prescriptions.by_patient_visit", patient_id="p1", visit_id="v1")
    golden.query("prescription_items.by_prescription", prescription_id="r1")
    golden.query("prescription_items.by_patient", patient_id="p1")
    for name in ("create", "update", "update_status", "pickup", "search", "by_patient_visit"):
        golden.check(f"prescriptions.{name}")
    for name in ("create", "update", "by_prescription", "by_patient"):
        golden.check(f"prescription_items.{name}")
