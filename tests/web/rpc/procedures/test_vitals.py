"""Vital signs are taken and changed."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput
from tests.db.rows import row_of
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, patient, put_other_clinic, put_patients


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id), patient("gone", is_deleted=True))
    put_patients(desk, patient("theirs", primary_clinic_id=OTHER_CLINIC))


def test_vital_signs_change_one_by_one(desk: Desk) -> None:
    made = desk.command("vitals.create", patient_id="p1", heart_rate="70", weight_kg=60.5, pain_level="")["id"]
    assert desk.command("vitals.update", id=made, weight_kg=61) == {"ok": True, "id": made}
    stored = row_of(desk.database, "patient_vitals", made)
    assert (stored["heart_rate"], stored["weight_kg"], stored["pain_level"]) == (70, 61, None)
    assert stored["timestamp"] == desk.clock.now_ms()
    with pytest.raises(InvalidInput):
        desk.command("vitals.update", id=made, weight_kg="heavy")
