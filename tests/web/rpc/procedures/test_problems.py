"""A patient's problems are recorded, changed and read."""

from __future__ import annotations

import pytest

from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import OTHER_CLINIC, patient, put_other_clinic, put_patients


@pytest.fixture(autouse=True)
def _people(desk: Desk) -> None:
    put_other_clinic(desk)
    put_patients(desk, patient("p1", primary_clinic_id=desk.clinic_id), patient("gone", is_deleted=True))
    put_patients(desk, patient("theirs", primary_clinic_id=OTHER_CLINIC))


def test_a_problem_is_changed_and_read(desk: Desk) -> None:
    sent = {"problem_code": "J45", "onset_date": "2024-01-02", "end_date": "2024-02-01T00:00:00Z", "is_deleted": False}
    made = desk.command("problems.create", patient_id="p1", **sent)["id"]
    changed = desk.command("problems.update", id=made, clinical_status="active", end_date=None, metadata={"a": 1})
    assert desk.query("problems.get", id=made) == changed == desk.query("problems.list", patient_id="p1")[0]
    assert (changed["onset_date"], changed["end_date"], changed["metadata"]) == (1_704_153_600_000, None, {"a": 1})
