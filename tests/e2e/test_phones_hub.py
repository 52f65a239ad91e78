"""Phones of the second generation that sync with the running program over the encrypted channel.

Knows nothing of how messages are sealed: tests/web/rpc looks at the wire.
"""

from __future__ import annotations

import json

import pytest

from tests.e2e.clinic import Clinic, is_visible, quiet_pulls, settle, stored, synced, unequal_after_settling
from tests.e2e.server import DOCTOR, NURSE
from tests.phone.client import DriverFailedError, LosePull
from tests.phone.convergence import differences


def waiting_devices(clinic: Clinic) -> list[str]:
    devices = json.loads(clinic.server.cli("devices", "list", "--json").stdout)
    return [device["id"] for device in devices if device["status"] == "waiting"]


def test_a_new_phone_syncs_once_staff_has_let_it_in_and_until_it_is_revoked(clinic: Clinic) -> None:
    phone = clinic.hub_phone()
    phone.create("patients", "p1", given_name="Amal")
    refused = phone.sync()
    assert (refused.ok, refused.status) == (False, 401)
    (device,) = waiting_devices(clinic)
    assert clinic.server.cli("devices", "approve", device).returncode == 0
    assert synced(phone).pushed["patients"].created == ["p1"]
    assert not phone.has_unsynced()
    assert clinic.server.cli("devices", "revoke", device).returncode == 0
    phone.update("patients", "p1", surname="Haddad")
    assert phone.sync().status == 401
    assert phone.has_unsynced()


def test_two_phones_converge_and_neither_is_sent_its_own_push(clinic: Clinic) -> None:
    clinic.let_phones_in()
    first, second = clinic.hub_phone(), clinic.hub_phone(account=DOCTOR)
    patient = first.create("patients", given_name="Amal", surname="حداد")
    first.create("visits", patient_id=patient)
    assert synced(first).pulled.keys() <= {"users", "clinics", "user_clinic_permissions"}
    assert synced(second).pulled["patients"].created == [patient]
    second.update("patients", patient, phone="5")
    synced(second)
    assert synced(first).pulled["patients"].updated == [patient]
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["phone"] == "5"
    assert quiet_pulls([first, second]) == [0, 0]


def test_edits_of_different_columns_on_two_phones_are_both_kept(clinic: Clinic) -> None:
    clinic.let_phones_in()
    first, second = clinic.hub_phone(), clinic.hub_phone()
    patient = first.create("patients", given_name="Amal")
    settle(first, second)
    first.update("patients", patient, phone="1")
    second.update("patients", patient, hometown="Aleppo")
    assert unequal_after_settling(first, second) == []
    row = stored(first, "patients", patient)
    assert (row["phone"], row["hometown"]) == ("1", "Aleppo")


def test_phones_of_all_generations_converge(clinic: Clinic) -> None:
    clinic.let_phones_in()
    phones = [clinic.hub_phone(), clinic.library_phone(), clinic.legacy_phone()]
    patients = [phone.create("patients", given_name=phone.name) for phone in phones]
    assert unequal_after_settling(*phones, rounds=3) == []
    for phone, patient in zip(phones, patients[1:] + patients[:1], strict=True):
        phone.update("patients", patient, surname=phone.style)
        assert unequal_after_settling(*phones, rounds=2) == []
    assert {row["surname"] for row in phones[0].rows("patients").values()} == {"hub", "library", "legacy"}


@pytest.mark.parametrize("way", ["reply", "middle"])
def test_a_lost_pull_reply_costs_nothing(clinic: Clinic, way: LosePull) -> None:
    clinic.let_phones_in()
    phone, other = clinic.hub_phone(), clinic.hub_phone()
    settle(phone, other)
    patients = other.create_many("patients", [{"given_name": f"Patient {n}" * 20} for n in range(100)])
    synced(other)
    assert not phone.sync(lose_pull=way).ok
    assert not phone.sync(lose_pull=way).ok
    assert set(synced(phone).pulled["patients"].created) == set(patients)
    assert unequal_after_settling(phone, other) == []


def test_a_lost_push_reply_costs_nothing(clinic: Clinic) -> None:
    clinic.let_phones_in()
    phone, other = clinic.hub_phone(), clinic.hub_phone()
    settle(phone, other)
    patient = phone.create("patients", given_name="Amal")
    assert not phone.sync(lose_push="reply").ok
    assert phone.has_unsynced()
    assert synced(other).pulled["patients"].created == [patient]
    other.update("patients", patient, surname="Haddad")
    synced(other)
    phone.update("patients", patient, hometown="Aleppo")
    assert not phone.sync(lose_push="request").ok
    assert phone.has_unsynced()
    synced(phone)
    assert not phone.has_unsynced()
    assert unequal_after_settling(phone, other) == []
    row = stored(other, "patients", patient)
    assert (row["surname"], row["hometown"]) == ("Haddad", "Aleppo")


def test_a_restart_of_the_server_costs_nothing(clinic: Clinic) -> None:
    clinic.let_phones_in()
    phone, other = clinic.hub_phone(), clinic.hub_phone()
    settle(phone, other)
    patient = phone.create("patients", given_name="Amal")
    paused = phone.start_sync()
    assert paused.is_paused
    clinic.server.restart_after_kill()
    assert phone.finish_sync().status == 401  # its key is gone; the next sync agrees on another
    assert synced(phone).pushed["patients"].created == [patient]
    assert unequal_after_settling(phone, other) == []


def test_a_handshake_in_between_does_not_disturb_a_sync(clinic: Clinic) -> None:
    clinic.let_phones_in()
    phone = clinic.hub_phone()
    phone.create("patients", "p1", given_name="Amal")
    assert phone.start_sync().is_paused
    assert phone.rpc("query", "ping") == {"pong": True}
    assert phone.finish_sync().ok


def test_what_one_deletes_vanishes_from_the_others_and_stays_away(clinic: Clinic) -> None:
    clinic.let_phones_in()
    hub, library, legacy = clinic.hub_phone(), clinic.library_phone(), clinic.legacy_phone()
    phones = (hub, library, legacy)
    patients = hub.create_many("patients", [{"id": f"p{n}", "given_name": "Amal"} for n in range(3)])
    settle(*phones)
    hub.soft_delete("patients", patients[0])
    library.mark_as_deleted("patients", patients[1])
    # In the second round the first generation sends what the first phone marked as deleted as its own deletion.
    settle(*phones, rounds=3)
    for phone in phones:
        assert [patient for patient in patients if is_visible(phone, "patients", patient)] == [patients[2]]
    assert differences(phones) == []
    assert quiet_pulls([hub, library]) == [0, 0]


def test_a_forced_upload_and_a_forced_download_change_nothing_that_is_in_step(clinic: Clinic) -> None:
    clinic.let_phones_in()
    first, second = clinic.hub_phone(), clinic.hub_phone()
    first.create_many("patients", [{"id": f"p{n}", "given_name": f"Amal {n}"} for n in range(5)])
    first.soft_delete("patients", "p0")
    settle(first, second)
    assert first.force_upload(1).ok
    downloaded = second.force_download(1)
    assert downloaded.ok, downloaded.error
    assert unequal_after_settling(first, second) == []
    assert [is_visible(second, "patients", f"p{n}") for n in range(5)] == [False, True, True, True, True]


def test_a_forced_upload_brings_back_what_a_phone_alone_still_holds(clinic: Clinic) -> None:
    clinic.let_phones_in()
    phone, other = clinic.hub_phone(), clinic.hub_phone()
    phone.create("patients", "p1", given_name="Amal")
    assert phone.force_upload(1).ok
    synced(other)
    assert stored(other, "patients", "p1")["given_name"] == "Amal"
    assert unequal_after_settling(phone, other) == []


def test_who_signs_in_on_a_phone_again_goes_on_where_it_was(clinic: Clinic) -> None:
    clinic.let_phones_in()
    phone = clinic.hub_phone()
    phone.create("patients", "p1", given_name="Amal")
    mark = synced(phone).timestamp
    phone.connect(credentials=DOCTOR.credentials)
    phone.reopen()
    assert synced(phone).since == mark
    phone.connect(credentials=(NURSE.email, "wrong"))
    assert phone.sync().status == 401


def test_an_unknown_procedure_is_refused_and_said_so(clinic: Clinic) -> None:
    clinic.let_phones_in()
    with pytest.raises(DriverFailedError, match="Unknown query: nonsense"):
        clinic.hub_phone().rpc("query", "nonsense")
