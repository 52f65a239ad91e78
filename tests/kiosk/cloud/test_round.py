"""A round exchanges changes in both directions, and comes out right in spite of what the cloud does (CLOUD.md)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.cloud.aside import AsideReason, list_aside
from db.cloud.state import Halt
from db.errors import CloudFailure, CloudHalted
from tests.fakes.cloud import Call, Cloud, Fault
from tests.fakes.cloud.organisation import CLINIC_A, CLINIC_B, EVENT_FORM, HUB, PROVIDER
from tests.kiosk.cloud.computer import Computer, new_id, patient, patients


def asides(computer: Computer) -> dict[str, AsideReason]:
    with computer.database.read() as snapshot:
        return {record.record_id: record.reason for record in list_aside(snapshot, 100)}


def test_the_first_round_brings_staff_clinics_and_forms(computer: Computer) -> None:
    assert computer.row("users", PROVIDER) is not None
    assert computer.row("clinics", CLINIC_A) is not None
    assert computer.row("event_forms", EVENT_FORM) is not None


def test_what_phones_made_reaches_the_cloud_and_leaves_the_outbox(computer: Computer, cloud: Cloud) -> None:
    (patient_id,) = computer.put("patients", patient(date_of_birth="1990-05-01"))
    (visit,) = computer.put("visits", {"patient_id": patient_id, "clinic_id": CLINIC_A, "provider_id": PROVIDER})
    (event,) = computer.put("events", {"patient_id": patient_id, "visit_id": visit, "form_id": EVENT_FORM})
    result = computer.sync()
    assert (result.pushed, result.set_aside) == (3, 0)
    assert computer.waiting() == set()
    sent = cloud.row("patients", patient_id)
    assert sent is not None
    assert sent["date_of_birth"] == "1990-05-01T00:00:00.000Z"
    assert cloud.row("events", event) is not None


def test_a_round_without_news_moves_no_stamp_and_sends_one_request(computer: Computer, cloud: Cloud) -> None:
    computer.put("patients", *patients(3))
    computer.sync()
    computer.sync()
    before = computer.last_stamp
    cloud.forget_received()
    computer.sync()
    assert computer.last_stamp == before
    assert [received.call for received in cloud.received] == [Call.PULL]


def test_an_edit_in_the_cloud_arrives(computer: Computer, cloud: Cloud) -> None:
    (patient_id,) = computer.put("patients", patient())
    computer.sync()
    computer.clock.advance(100_000)
    cloud.edit("patients", patient_id, phone="0700")
    computer.sync()
    row = computer.row("patients", patient_id)
    assert row is not None
    assert row["phone"] == "0700"


def test_edits_of_different_columns_are_both_kept(computer: Computer, cloud: Cloud) -> None:
    (patient_id,) = computer.put("patients", patient())
    computer.sync()
    computer.clock.advance(100_000)
    cloud.edit("patients", patient_id, phone="0700")
    computer.put("patients", {"id": patient_id, "hometown": "Newtown"})
    computer.sync()
    stored, sent = computer.row("patients", patient_id), cloud.row("patients", patient_id)
    assert stored is not None
    assert sent is not None
    assert (stored["phone"], stored["hometown"]) == (sent["phone"], sent["hometown"]) == ("0700", "Newtown")
    assert computer.waiting() == set()


def test_one_poison_record_among_5000_is_set_aside_alone_and_goes_once_it_is_edited(
    computer: Computer, cloud: Cloud
) -> None:
    ids = computer.put("patients", *patients(2_500), patient(sex="x" * 25), *patients(2_499))
    poison = ids[2_500]
    result = computer.sync()
    assert (result.pushed, result.set_aside) == (4_999, 1)
    assert asides(computer) == {poison: AsideReason.TOO_LONG}
    assert len(cloud.live("patients")) == 4_999
    computer.put("patients", {"id": poison, "sex": "female"})
    computer.sync()
    assert asides(computer) == {}
    assert computer.waiting() == set()
    assert cloud.row("patients", poison) is not None


def test_a_deletion_reaches_the_cloud(computer: Computer, cloud: Cloud) -> None:
    (patient_id,) = computer.put("patients", patient())
    (visit,) = computer.put("visits", {"patient_id": patient_id, "clinic_id": CLINIC_A})
    computer.sync()
    computer.delete("patients", patient_id)
    computer.sync()
    assert computer.waiting() == set()
    for table, record_id in (("patients", patient_id), ("visits", visit)):
        row = cloud.row(table, record_id)
        assert row is not None
        assert row["is_deleted"] is True


@pytest.mark.parametrize(
    "fault", [Fault.REPLY_LOST, Fault.APPLIED_LATE, Fault.DISCONNECT, Fault.BAD_GATEWAY, Fault.CAPTIVE_PORTAL]
)
def test_a_push_whose_answer_is_lost_is_neither_lost_nor_doubled(
    computer: Computer, cloud: Cloud, fault: Fault
) -> None:
    ids = computer.put("patients", *patients(5))
    cloud.fail(fault, Call.PUSH)
    with pytest.raises(CloudFailure):
        computer.sync()
    cloud.apply_late_pushes()
    computer.sync()
    computer.sync()
    assert computer.waiting() == set()
    assert sorted(row["id"] for row in cloud.live("patients")) == sorted(ids)


def test_a_cloud_that_comes_back_empty_stops_the_exchange_and_deletes_nothing(computer: Computer, cloud: Cloud) -> None:
    ids = computer.put("patients", *patients(40))
    computer.sync()
    computer.clock.advance(25 * 3_600_000)
    cloud.change(comes_back_empty=True)
    with pytest.raises(CloudHalted):
        computer.sync()
    assert computer.state.halt == Halt.LOOKS_EMPTY
    assert all(computer.row("patients", record_id) for record_id in ids)


def test_another_cloud_at_the_same_address_stops_the_exchange(computer: Computer, cloud: Cloud) -> None:
    cloud.become_another()
    computer.restart()
    with pytest.raises(CloudHalted):
        computer.sync()
    assert computer.state.halt == Halt.OTHER_CLOUD


def test_a_row_of_another_clinic_is_set_aside_with_its_reason(computer: Computer) -> None:
    (patient_id,) = computer.put("patients", patient(primary_clinic_id=CLINIC_B))
    (visit,) = computer.put("visits", {"patient_id": patient_id, "clinic_id": CLINIC_A})
    computer.sync()
    assert asides(computer) == {patient_id: AsideReason.OTHER_CLINIC, visit: AsideReason.PARENT}


def test_when_the_key_is_for_more_clinics_what_waited_for_it_goes_by_itself(computer: Computer, cloud: Cloud) -> None:
    (patient_id,) = computer.put("patients", patient(primary_clinic_id=CLINIC_B))
    computer.sync()
    computer.clock.advance(100_000)
    cloud.edit("devices", HUB, clinic_ids=[CLINIC_A, CLINIC_B])
    computer.sync()
    computer.sync()
    assert computer.waiting() == set()
    assert cloud.row("patients", patient_id) is not None


def test_a_record_without_a_visit_gets_one_and_the_same(computer: Computer, cloud: Cloud) -> None:
    (patient_id,) = computer.put("patients", patient())
    computer.put("events", {"patient_id": patient_id, "form_id": EVENT_FORM})
    cloud.fail(Fault.REPLY_LOST, Call.PUSH)
    with pytest.raises(CloudFailure):
        computer.sync()
    computer.sync()
    assert len(cloud.live("visits")) == 1
    assert computer.waiting() == set()


def test_two_computers_that_change_the_same_column_come_to_rest(
    make_computer: Callable[..., Computer], cloud: Cloud
) -> None:
    one, other = make_computer("one"), make_computer("other")
    for each in (one, other):
        each.enrol(cloud)
        each.sync()
    (patient_id,) = one.put("patients", patient())
    one.sync()
    other.sync()
    one.put("patients", {"id": patient_id, "phone": "1"})
    other.put("patients", {"id": patient_id, "phone": "2"})
    for _ in range(4):
        one.sync()
        other.sync()
    rows = [each.row("patients", patient_id) for each in (one, other)]
    assert rows[0] is not None
    assert rows[1] is not None
    assert rows[0]["phone"] == rows[1]["phone"]
    assert one.waiting() == other.waiting() == set()
    kinds = {kind for each in (one, other) for kind, _ in each.versions(patient_id)}
    assert "conflict" in kinds


def test_a_bad_id_is_never_sent(computer: Computer, cloud: Cloud) -> None:
    """CLOUD §4: stored under a fresh id on every send."""
    computer.put("patients", patient(id="p1"))
    computer.sync()
    computer.sync()
    assert asides(computer) == {"p1": AsideReason.BAD_ID}
    assert cloud.live("patients") == []


def test_ids_are_new_each_time() -> None:
    assert new_id() != new_id()
