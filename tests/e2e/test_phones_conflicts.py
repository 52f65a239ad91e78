"""Two phones, one record: which edit is current afterwards, and that both phones agree on it (DESIGN §6).

Knows nothing of how the other edit is shown to staff beyond the command line's history.
"""

from __future__ import annotations

import pytest

from tests.e2e.clinic import HOUR_MS, Clinic, quiet_pulls, settle, stored, synced, unequal_after_settling
from tests.e2e.server import NURSE
from tests.phone.client import Phone, Style

CHANNELS = pytest.mark.parametrize("path", ["/sync", "/api/v2/sync"])


def two_phones_with_a_patient(clinic: Clinic, path: str = "/api/v2/sync") -> tuple[Phone, Phone, str]:
    first, second = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = first.create("patients", given_name="G", surname="S", phone="0")
    settle(first, second)
    return first, second, patient


@CHANNELS
def test_edits_of_different_columns_are_both_kept(clinic: Clinic, path: str) -> None:
    first, second, patient = two_phones_with_a_patient(clinic, path)
    first.update("patients", patient, given_name="from first")
    second.update("patients", patient, surname="from second")
    assert unequal_after_settling(first, second) == []
    row = stored(first, "patients", patient)
    assert (row["given_name"], row["surname"], row["phone"]) == ("from first", "from second", "0")
    assert quiet_pulls([first, second]) == [0, 0]


@CHANNELS
def test_of_two_edits_of_one_column_the_later_arrival_is_current(clinic: Clinic, path: str) -> None:
    first, second, patient = two_phones_with_a_patient(clinic, path)
    second.update("patients", patient, phone="written first, arrives last")
    first.update("patients", patient, phone="written last, arrives first")
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["phone"] == "written first, arrives last"
    kept = [version["data"]["phone"] for version in clinic.server.history("patients", patient)]
    assert "written last, arrives first" in kept


@CHANNELS
def test_an_edit_that_arrives_between_pull_and_push_is_merged(clinic: Clinic, path: str) -> None:
    first, second, patient = two_phones_with_a_patient(clinic, path)
    first.update("patients", patient, given_name="from first", phone="1")
    second.update("patients", patient, surname="from second", phone="2")
    assert first.start_sync().is_paused
    synced(second)
    finished = first.finish_sync()
    assert finished.ok, finished
    assert unequal_after_settling(first, second) == []
    row = stored(second, "patients", patient)
    assert (row["given_name"], row["surname"], row["phone"]) == ("from first", "from second", "1")
    assert quiet_pulls([first, second]) == [0, 0]


@CHANNELS
def test_phones_agree_in_every_column_when_an_older_edit_arrives_last(clinic: Clinic, path: str) -> None:
    first, second, patient = two_phones_with_a_patient(clinic, path)
    first.set_clock(-HOUR_MS)
    first.update("patients", patient, phone="written first, arrives last")
    assert first.start_sync().is_paused
    second.update("patients", patient, phone="written last, arrives first")
    synced(second)
    assert first.finish_sync().ok
    assert unequal_after_settling(first, second) == []
    assert stored(second, "patients", patient)["phone"] == "written first, arrives last"


def test_a_row_made_between_pull_and_push_of_another_phone_is_not_missed(clinic: Clinic) -> None:
    first, second, _ = two_phones_with_a_patient(clinic)
    first.create("patients", "of first")
    assert first.start_sync().is_paused
    second.create("patients", "of second")
    synced(second)
    assert first.finish_sync().ok
    assert "of second" in synced(first).pulled["patients"].created
    assert unequal_after_settling(first, second) == []


def test_an_edit_while_the_push_is_under_way_is_pushed_next_time(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    first.update("patients", patient, phone="pushed")
    assert first.start_sync().is_paused
    first.update("patients", patient, phone="edited meanwhile")
    assert first.finish_sync().ok
    assert first.has_unsynced()
    assert unequal_after_settling(first, second) == []
    assert stored(second, "patients", patient)["phone"] == "edited meanwhile"


@CHANNELS
def test_a_deletion_after_an_edit_deletes_on_both_phones(clinic: Clinic, path: str) -> None:
    first, second, patient = two_phones_with_a_patient(clinic, path)
    first.update("patients", patient, phone="1")
    second.mark_as_deleted("patients", patient)
    assert unequal_after_settling(first, second) == []
    assert first.rows("patients") == {}
    assert quiet_pulls([first, second]) == [0, 0]


@CHANNELS
def test_an_edit_that_arrives_after_a_deletion_does_not_bring_the_record_back(clinic: Clinic, path: str) -> None:
    first, second, patient = two_phones_with_a_patient(clinic, path)
    second.update("patients", patient, phone="edited, not knowing of the deletion")
    assert second.start_sync().is_paused
    first.mark_as_deleted("patients", patient)
    synced(first)
    finished = second.finish_sync()
    assert finished.ok, finished
    assert unequal_after_settling(first, second) == []
    assert second.rows("patients") == {}
    assert quiet_pulls([first, second]) == [0, 0]
    kept = [version["data"]["phone"] for version in clinic.server.history("patients", patient)]
    assert "edited, not knowing of the deletion" in kept


def test_a_deletion_between_pull_and_push_of_an_edit_of_another_record_disturbs_nothing(
    clinic: Clinic,
) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    other_patient = second.create("patients", given_name="other")
    assert second.start_sync().is_paused
    first.mark_as_deleted("patients", patient)
    synced(first)
    assert second.finish_sync().ok
    assert unequal_after_settling(first, second) == []
    assert first.rows("patients").keys() == {other_patient}


def test_a_deletion_on_both_phones_is_no_conflict(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    first.mark_as_deleted("patients", patient)
    second.mark_as_deleted("patients", patient)
    assert unequal_after_settling(first, second) == []
    assert first.rows("patients") == {}


def test_a_record_deleted_by_flag_is_seen_by_nobody_afterwards(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    first.soft_delete("patients", patient)
    assert unequal_after_settling(first, second) == []
    row = second.row("patients", patient)
    assert row is None or row["is_deleted"] is True


def test_deleting_a_patient_deletes_what_belongs_to_it_on_all_phones(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    visit = first.create("visits", patient_id=patient)
    first.create("events", patient_id=patient, visit_id=visit)
    kept = first.create("visits", patient_id="somebody else")
    settle(first, second)
    second.mark_as_deleted("patients", patient)
    assert unequal_after_settling(second, first) == []
    for phone in (first, second):
        assert phone.rows("visits").keys() == {kept}
        assert phone.rows("events") == {}


def test_what_was_written_about_a_patient_in_the_sync_that_deletes_it_is_deleted_too(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    second.create("patient_vitals", patient_id=patient, heart_rate=70)
    second.mark_as_deleted("patients", patient)
    assert unequal_after_settling(second, first) == []
    for phone in (first, second):
        assert phone.rows("patients") == phone.rows("patient_vitals") == {}


def test_a_new_visit_of_a_patient_who_was_deleted_meanwhile_leaves_both_phones_equal(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    second.create("visits", patient_id=patient)
    assert second.start_sync().is_paused
    first.mark_as_deleted("patients", patient)
    synced(first)
    assert second.finish_sync().ok
    assert unequal_after_settling(first, second) == []


@pytest.mark.parametrize("style", ["library", "legacy"])
def test_the_value_that_lost_can_be_restored_and_reaches_the_phones(clinic: Clinic, style: Style) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    third = clinic.library_phone() if style == "library" else clinic.legacy_phone()
    settle(third)
    first.update("patients", patient, phone="loses")
    second.update("patients", patient, phone="wins")
    assert unequal_after_settling(first, second, third) == []
    versions = clinic.server.history("patients", patient)
    lost = next(version for version in versions if version["data"]["phone"] == "loses")
    restored = clinic.server.cli("history", "restore", "patients", patient, str(lost["version"]))
    assert restored.returncode == 0, restored.stderr
    assert unequal_after_settling(first, second, third) == []
    assert stored(third, "patients", patient)["phone"] == "loses"


def test_two_phones_that_make_the_same_record_agree_on_it(clinic: Clinic) -> None:
    first, second = clinic.library_phone(), clinic.library_phone()
    for phone, value in ((first, "1"), (second, "2")):
        phone.create("patients", "same id", given_name=f"from {value}")
    assert first.start_sync().is_paused
    assert second.start_sync().is_paused
    assert first.finish_sync().ok
    assert second.finish_sync().ok
    for _ in range(2):
        assert [phone.sync().ok for phone in (first, second)] == [True, True]
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", "same id")["given_name"] == "from 2"


def test_a_deletion_that_is_refused_comes_back_to_its_phone_without_a_complaint(clinic: Clinic) -> None:
    first, second, patient = two_phones_with_a_patient(clinic)
    taken = clinic.server.cli("user", "permissions", NURSE.email, "--revoke", "can_delete_patient_records")
    assert taken.returncode == 0, taken.stderr
    first.mark_as_deleted("patients", patient)
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["surname"] == "S"
    assert quiet_pulls([first, second]) == [0, 0]
    first.mark_as_deleted("patients", patient)
    assert not first.sync(lose_push="reply").ok
    assert first.sync().ok  # the row comes while the phone still has it marked: the library notes that down
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["surname"] == "S"
