"""What tests may do with the double itself: its rows, other writers, its log, another cloud in its place."""

from __future__ import annotations

import threading

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Call, Cloud, running_cloud
from tests.fakes.cloud.asking import MADE_MS, PATIENT, VISIT, Asking, created, hub, person, record
from tests.fakes.cloud.organisation import CLINIC_A, HUB


def test_a_seeded_row_gets_an_id_defaults_and_the_time_of_now(cloud: Cloud, clock: AdjustableClock) -> None:
    (id,) = cloud.seed("drug_catalogue", {"generic_name": "Ibuprofen", "dosage_quantity": 200})
    row = cloud.row("drug_catalogue", id)
    assert row is not None
    assert (row["dosage_quantity"], row["sale_price"], row["is_deleted"]) == ("200.0000", "0.00", False)
    assert row["server_created_at"] == row["updated_at"] == "2026-11-22T14:08:33.933Z"


def test_a_seeded_value_that_no_column_can_hold_is_a_mistake_of_the_test(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="patients"):
        cloud.seed("patients", {"id": "no uuid"})
    with pytest.raises(KeyError):
        cloud.seed("patients", {"no_such_column": 1})


def test_a_seeded_user_and_a_seeded_device_can_sign_in(cloud: Cloud) -> None:
    cloud.seed_user("new@clinic.test", "secret", clinic_id=CLINIC_A)
    cloud.seed_device("hh_new", [CLINIC_A], name="hub-b")
    assert person(cloud.url, "new@clinic.test", "secret").pull()["success"] is True
    assert hub(cloud.url, "hh_new").pull()["success"] is True


def test_what_somebody_edits_in_the_cloud_is_updated_for_hubs_and_newer_than_all_they_have(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    asking.create("patients")
    clock.advance(1000)
    since_ms = asking.pull()["timestamp"]
    cloud.edit("patients", PATIENT, surname="From the cloud")
    assert asking.changes("patients", since_ms) == ([], [PATIENT], [])
    asking.update("patients", surname="late", updated_at=MADE_MS + 1)
    assert [row["surname"] for row in cloud.live("patients")] == ["From the cloud"]


def test_what_a_script_overwrites_moves_no_time(cloud: Cloud, clock: AdjustableClock, asking: Asking) -> None:
    asking.create("patients")
    clock.advance(1000)
    since_ms = asking.pull()["timestamp"]
    cloud.overwrite("patients", PATIENT, surname="Quietly")
    assert asking.changes("patients", since_ms) == ([], [], [])
    assert [row["surname"] for row in cloud.rows("patients")] == ["Quietly"]


def test_what_somebody_deletes_in_the_cloud_gets_a_tombstone_and_its_children_none(
    cloud: Cloud, asking: Asking
) -> None:
    asking.create_all()
    cloud.delete("patients", PATIENT)
    assert asking.changes("patients", 1) == ([], [], [PATIENT])
    assert asking.changes("visits", 1) == ([], [], [])
    assert [row["id"] for row in cloud.rows("visits")] == [VISIT]
    assert cloud.live("visits") == []


def test_editing_what_is_not_there_is_a_mistake_of_the_test(cloud: Cloud) -> None:
    with pytest.raises(KeyError):
        cloud.edit("patients", PATIENT, surname="x")
    with pytest.raises(KeyError):
        cloud.delete("patients", PATIENT)


def test_the_log_tells_each_request_its_body_and_its_answer(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    asking.pull(5)
    asking.push(created(("patients", record("patients"))))
    asking.ask("POST", "/api/v2/sync?peerType=sync_hub", b"{bad")
    pull, push, bad = cloud.received
    assert (pull.call, pull.query["lastPulledAt"], pull.body, pull.status) == (Call.PULL, "5", None, 200)
    assert (push.method, push.path, push.status, push.at_ms) == ("POST", "/api/v2/sync", 200, clock.now_ms())
    assert push.body["patients"]["created"][0]["id"] == PATIENT
    assert push.headers["authorization"] == f"Bearer {cloud.api_key}"
    assert (bad.body, bad.status) == ("{bad", 500)
    assert cloud.received_by(Call.PUSH) == [push, bad]
    cloud.forget_received()
    assert cloud.received == []


def test_a_wiped_cloud_knows_its_keys_and_nothing_else(cloud: Cloud, asking: Asking) -> None:
    asking.create_all()
    cloud.wipe()
    shown = asking.pull()["changes"]
    assert [table for table, parts in shown.items() if parts["created"]] == ["undefined"]
    assert asking.create("visits")[0] == 500


def test_another_cloud_in_its_place_takes_the_same_key_for_another_device(cloud: Cloud, asking: Asking) -> None:
    cloud.become_another()
    (device,) = asking.pull()["changes"]["undefined"]["created"]
    assert device["id"] != HUB
    assert device["clinic_ids"] != [CLINIC_A]
    assert asking.changes("clinics") == (device["clinic_ids"], [], [])


def test_an_empty_cloud_can_be_started(clock: AdjustableClock) -> None:
    with running_cloud(clock, is_seeded=False) as cloud:
        assert cloud.rows("clinics") == []
        cloud.seed_organisation()
        assert cloud.row("clinics", CLINIC_A) is not None


def test_others_may_write_while_a_pull_is_read(cloud: Cloud, asking: Asking) -> None:
    """Each reads whole rows, whatever the others do."""
    asking.create("patients")
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            cloud.edit("patients", PATIENT, surname=str(number), given_name=str(number))

    writer = threading.Thread(target=write)
    writer.start()
    seen = [asking.pull()["changes"]["patients"]["created"][0] for _ in range(20)]
    is_over.set()
    writer.join(30)
    assert all(row["surname"] == row["given_name"] for row in seen if row["surname"] != "Haddad")
