"""Replies and requests that the wifi loses: nothing acknowledged is lost, and nothing older comes back to life.

Knows nothing of why a connection breaks.
"""

from __future__ import annotations

import pytest

from tests.e2e.clinic import Clinic, quiet_pulls, settle, stored, synced, unequal_after_settling
from tests.phone.client import LosePull, LosePush
from tests.phone.convergence import differences

CHANNELS = pytest.mark.parametrize("path", ["/sync", "/api/v2/sync"])


@CHANNELS
def test_a_lost_push_reply_costs_nothing(clinic: Clinic, path: str) -> None:
    phone, other = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = phone.create("patients", given_name="Amal")
    visit = phone.create("visits", patient_id=patient)
    assert not phone.sync(lose_push="reply").ok
    assert phone.has_unsynced()
    assert synced(other).pulled["patients"].created == [patient]
    again = synced(phone)
    assert again.pushed["patients"].ids == {patient}
    assert not phone.has_unsynced()
    assert synced(other).pulled_count == 0, "the same push again must change nothing"
    phone.update("patients", patient, phone="1")
    phone.mark_as_deleted("visits", visit)
    assert not phone.sync(lose_push="reply").ok
    assert unequal_after_settling(phone, other) == []
    assert stored(other, "patients", patient)["phone"] == "1"
    assert other.row("visits", visit) is None
    assert quiet_pulls([phone, other]) == [0, 0]


@CHANNELS
@pytest.mark.parametrize("way", ["reply", "middle"])
def test_a_lost_pull_reply_costs_nothing(clinic: Clinic, path: str, way: LosePull) -> None:
    phone, other = clinic.library_phone(path=path), clinic.library_phone(path=path)
    settle(phone, other)
    patients = other.create_many("patients", [{"given_name": f"Patient {n}" * 20} for n in range(100)])
    synced(other)
    for _ in range(3):
        assert not phone.sync(lose_pull=way).ok
    assert set(synced(phone).pulled["patients"].created) == set(patients)
    other.update("patients", patients[0], surname="Haddad")
    phone.mark_as_deleted("patients", patients[1])
    synced(other)
    assert not phone.sync(lose_pull=way).ok
    assert unequal_after_settling(phone, other) == []
    assert stored(phone, "patients", patients[0])["surname"] == "Haddad"
    assert other.row("patients", patients[1]) is None


@CHANNELS
def test_both_replies_lost_one_after_the_other_cost_nothing(clinic: Clinic, path: str) -> None:
    phone, other = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = phone.create("patients", given_name="Amal")
    for _ in range(3):
        assert not phone.sync(lose_pull="reply").ok
        assert not phone.sync(lose_push="reply").ok
        assert not phone.sync(lose_pull="middle").ok
    other.create("patients", given_name="Amira")
    assert unequal_after_settling(phone, other) == []
    assert set(other.rows("patients")) >= {patient}
    assert len(other.rows("patients")) == 2
    assert quiet_pulls([phone, other]) == [0, 0]


@CHANNELS
def test_a_push_that_breaks_off_in_the_middle_is_not_there_in_part(clinic: Clinic, path: str) -> None:
    phone, other = clinic.library_phone(path=path), clinic.library_phone(path=path)
    settle(phone, other)
    phone.create_many("patients", [{"given_name": f"Patient {number}"} for number in range(500)])
    assert not phone.sync(lose_push="request").ok
    assert synced(other).pulled_count == 0
    assert unequal_after_settling(phone, other) == []
    assert len(other.rows("patients")) == 500


@CHANNELS
def test_a_later_edit_of_another_phone_survives_a_repeated_push(clinic: Clinic, path: str) -> None:
    phone, other = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = phone.create("patients", given_name="Amal", phone="0")
    settle(phone, other)
    phone.update("patients", patient, phone="first")
    assert not phone.sync(lose_push="reply").ok
    synced(other)
    assert stored(other, "patients", patient)["phone"] == "first"
    other.update("patients", patient, phone="later")
    synced(other)
    assert synced(phone).pushed["patients"].ids == {patient}, "the phone sends its edit again"
    assert unequal_after_settling(phone, other) == []
    assert stored(phone, "patients", patient)["phone"] == "later"
    assert quiet_pulls([phone, other]) == [0, 0]


@CHANNELS
@pytest.mark.parametrize("lost", [1, 3])
def test_a_later_edit_of_another_phone_survives_a_repeated_first_push(clinic: Clinic, path: str, lost: int) -> None:
    phone, other = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = phone.create("patients", given_name="Amal", phone="first")
    for _ in range(lost):
        assert not phone.sync(lose_push="reply").ok
    synced(other)
    other.update("patients", patient, phone="later")
    synced(other)
    assert unequal_after_settling(phone, other) == []
    assert stored(phone, "patients", patient)["phone"] == "later"


def test_a_new_edit_after_a_lost_reply_is_an_edit_and_not_a_repetition(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal", phone="0")
    settle(phone, other)
    phone.update("patients", patient, phone="first")
    assert not phone.sync(lose_push="reply").ok
    synced(other)
    other.update("patients", patient, phone="second")
    synced(other)
    phone.update("patients", patient, phone="third")
    assert unequal_after_settling(phone, other) == []
    assert stored(other, "patients", patient)["phone"] == "third"


def test_other_columns_edited_after_a_lost_reply_are_taken_from_the_repetition(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal", phone="0", surname="s")
    settle(phone, other)
    phone.update("patients", patient, phone="first")
    assert not phone.sync(lose_push="reply").ok
    synced(other)
    other.update("patients", patient, phone="later")
    synced(other)
    phone.update("patients", patient, surname="added after the lost reply")
    assert unequal_after_settling(phone, other) == []
    assert stored(other, "patients", patient)["surname"] == "added after the lost reply"


def test_a_repeated_deletion_does_not_delete_what_was_restored_or_disturb_others(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    settle(phone, other)
    phone.mark_as_deleted("patients", patient)
    assert not phone.sync(lose_push="reply").ok
    assert patient in synced(other).pulled["patients"].deleted
    assert synced(phone).ok
    assert quiet_pulls([phone, other]) == [0, 0]
    assert differences([phone, other]) == []


@pytest.mark.parametrize("lose_push", ["reply", None])
def test_a_lost_reply_on_a_first_generation_phone_costs_nothing(clinic: Clinic, lose_push: LosePush | None) -> None:
    phone, other = clinic.legacy_phone(), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    assert not phone.sync(lose_pull="reply").ok
    assert phone.sync(lose_push=lose_push).ok is (lose_push is None)
    settle(other, phone)
    phone.update("patients", patient, phone="1")
    assert not phone.sync(lose_pull="middle").ok
    assert not phone.sync(lose_push="reply").ok
    other.update("patients", patient, surname="Haddad")
    assert unequal_after_settling(phone, other) == []
    row = stored(other, "patients", patient)
    assert (row["phone"], row["surname"]) == ("1", "Haddad")
