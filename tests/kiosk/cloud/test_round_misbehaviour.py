"""What the cloud is known to do wrong, one by one, and how a round comes out right all the same (sections of CLOUD.md).

More of it is in test_round.py, and about single answers in test_client.py and test_outcome.py.
"""

from __future__ import annotations

import pytest

from db.cloud.aside import AsideReason, list_aside
from db.cloud.state import Halt
from db.errors import CloudInTrouble, CloudKeyRefused, CloudRateLimited, NotTheCloud
from tests.fakes.clock import DAY_MS, HOUR_MS, AdjustableClock
from tests.fakes.cloud import Call, Cloud, Fault
from tests.fakes.cloud.organisation import CLINIC_A, CLINIC_B, DRUG, EVENT_FORM, HUB, PROVIDER
from tests.kiosk.cloud.computer import Computer, new_id, patient

KIND = "22222222-0000-4000-8000-000000000009"
ATTRIBUTES = "patient_additional_attributes"


def asides(computer: Computer) -> dict[str, AsideReason]:
    with computer.database.read() as snapshot:
        return {record.record_id: record.reason for record in list_aside(snapshot, 100)}


def put_patient(computer: Computer) -> str:
    return computer.put("patients", patient())[0]


def put_visit(computer: Computer, patient_id: str) -> str:
    visit = {"patient_id": patient_id, "clinic_id": CLINIC_A, "provider_id": PROVIDER}
    return computer.put("visits", visit)[0]


def put_item(computer: Computer, **values: str) -> tuple[str, str]:
    """A patient, and a drug that was prescribed."""
    patient_id = put_patient(computer)
    visit = put_visit(computer, patient_id)
    of_patient = {"patient_id": patient_id, "clinic_id": CLINIC_A, "drug_id": DRUG}
    whose = {"patient_id": patient_id, "visit_id": visit, "provider_id": PROVIDER, "pickup_clinic_id": CLINIC_A}
    (prescription,) = computer.put("prescriptions", whose)
    (item,) = computer.put("prescription_items", of_patient | {"prescription_id": prescription} | values)
    return patient_id, item


def moves_no_stamp(computer: Computer) -> bool:
    before = computer.last_stamp
    computer.sync()
    return computer.last_stamp == before


def test_section_2_a_401_while_the_clouds_database_is_down_costs_nothing(computer: Computer, cloud: Cloud) -> None:
    patient_id = put_patient(computer)
    cloud.change(is_database_down=True)
    with pytest.raises(CloudInTrouble):
        computer.sync()
    assert computer.state.halt == ""
    cloud.change(is_database_down=False)
    computer.sync()
    assert computer.waiting() == set()
    assert cloud.row("patients", patient_id) is not None


def test_section_2_a_401_with_a_key_that_is_refused_stops_rounds_and_keeps_everything(
    computer: Computer, cloud: Cloud
) -> None:
    patient_id = put_patient(computer)
    cloud.delete("devices", HUB)
    with pytest.raises(CloudKeyRefused):
        computer.sync()
    assert computer.state.halt == Halt.KEY_REFUSED
    assert computer.access is not None
    assert computer.waiting() == {("patients", patient_id)}


def test_section_2_a_200_that_says_object_object_sets_its_record_aside_and_lets_the_others_go(
    computer: Computer, cloud: Cloud
) -> None:
    _, poison = put_item(computer, drug_id=new_id())
    _, item = put_item(computer)
    computer.sync()
    assert asides(computer) == {poison: AsideReason.REFUSED}
    assert cloud.row("prescription_items", item) is not None
    assert {record_id for _, record_id in computer.waiting()} == {poison}


def test_section_2_a_429_says_how_long_to_wait_and_nothing_is_lost(computer: Computer, cloud: Cloud) -> None:
    put_patient(computer)
    cloud.fail(Fault.TOO_MANY_REQUESTS, Call.PUSH, retry_after_s=42)
    with pytest.raises(CloudRateLimited) as caught:
        computer.sync()
    assert caught.value.retry_after_s == 42
    assert asides(computer) == {}
    computer.sync()
    assert computer.waiting() == set()


@pytest.mark.parametrize("call", [Call.PULL, Call.PUSH])
def test_section_2_the_page_of_a_captive_portal_is_believed_in_nothing(
    computer: Computer, cloud: Cloud, call: Call
) -> None:
    patient_id = put_patient(computer)
    cloud.fail(Fault.CAPTIVE_PORTAL, call)
    with pytest.raises(NotTheCloud):
        computer.sync()
    assert computer.state.halt == ""
    assert computer.waiting() == {("patients", patient_id)}
    assert asides(computer) == {}


def test_section_3_a_row_that_was_being_written_during_a_pull_comes_with_a_later_one(
    computer: Computer, cloud: Cloud
) -> None:
    cloud.change(commit_delay_ms=5_000)
    (late,) = cloud.seed("patients", patient())
    computer.sync()
    assert computer.row("patients", late) is None
    computer.clock.advance(6_000)
    computer.sync()
    assert computer.row("patients", late) is not None


def test_section_3_devices_come_under_the_name_undefined(computer: Computer, cloud: Cloud) -> None:
    cloud.edit("devices", HUB, clinic_ids=[CLINIC_A, CLINIC_B])
    computer.sync()
    assert computer.access is not None
    assert set(computer.access.clinic_ids) == {CLINIC_A, CLINIC_B}
    assert computer.state.is_full_pull_due


def test_section_3_a_permission_that_was_revoked_ends_with_the_next_full_pull(computer: Computer, cloud: Cloud) -> None:
    permission = next(row["id"] for row in cloud.rows("user_clinic_permissions") if row["user_id"] == PROVIDER)
    assert computer.row("user_clinic_permissions", permission) is not None
    cloud.delete("user_clinic_permissions", permission)
    computer.clock.advance(25 * HOUR_MS)
    computer.sync()
    assert computer.row("user_clinic_permissions", permission) is None


def test_section_3_a_row_that_left_our_clinics_stays_readable_and_is_never_pulled_back(
    computer: Computer, cloud: Cloud
) -> None:
    put_patient(computer)
    moved = put_patient(computer)
    computer.sync()
    cloud.edit("patients", moved, primary_clinic_id=CLINIC_B)
    computer.clock.advance(25 * HOUR_MS)
    computer.sync()
    assert computer.row("patients", moved) is not None
    computer.put("patients", {"id": moved, "phone": "0700"})
    computer.sync()
    assert asides(computer) == {moved: AsideReason.LEFT}
    there = cloud.row("patients", moved)
    assert there is not None
    assert there["primary_clinic_id"] == CLINIC_B


def test_section_3_measures_that_come_back_as_text_are_the_same_numbers(computer: Computer, cloud: Cloud) -> None:
    patient_id = put_patient(computer)
    (vitals,) = computer.put("patient_vitals", {"patient_id": patient_id, "weight_kg": 70.5, "heart_rate": 72})
    computer.sync()
    there, here = cloud.row("patient_vitals", vitals), computer.row("patient_vitals", vitals)
    assert there is not None
    assert here is not None
    assert (there["weight_kg"], here["weight_kg"], here["heart_rate"]) == ("70.50", 70.5, 72)
    assert computer.waiting() == set()
    assert moves_no_stamp(computer)


@pytest.mark.parametrize("minutes", [120, 330, -300])
def test_section_3_no_day_is_lost_by_round_trips_with_a_cloud_in_another_zone(
    computer: Computer, cloud: Cloud, minutes: int
) -> None:
    (patient_id,) = computer.put("patients", patient(date_of_birth="1990-05-01"))
    cloud.change(timezone_offset_minutes=minutes)
    for trip in range(3):
        computer.sync()
        computer.clock.advance(100_000)
        cloud.edit("patients", patient_id, phone=str(trip))
        computer.sync()
        computer.put("patients", {"id": patient_id, "hometown": str(trip)})
    computer.sync()
    cloud.change(timezone_offset_minutes=0)
    there, here = cloud.row("patients", patient_id), computer.row("patients", patient_id)
    assert there is not None
    assert here is not None
    assert here["date_of_birth"] == "1990-05-01"
    assert (there["date_of_birth"], there["hometown"]) == ("1990-05-01T00:00:00.000Z", "2")


def test_section_4_what_goes_with_a_deleted_visit_goes_here_too(computer: Computer, cloud: Cloud) -> None:
    patient_id = put_patient(computer)
    visit = put_visit(computer, patient_id)
    (event,) = computer.put("events", {"patient_id": patient_id, "visit_id": visit, "form_id": EVENT_FORM})
    computer.sync()
    computer.clock.advance(100_000)
    cloud.delete("visits", visit)
    computer.sync()
    assert computer.row("visits", visit) is None
    assert computer.row("events", event) is None


def test_section_4_what_goes_with_a_patient_deleted_here_is_deleted_there_by_name(
    computer: Computer, cloud: Cloud
) -> None:
    patient_id = put_patient(computer)
    visit = put_visit(computer, patient_id)
    (event,) = computer.put("events", {"patient_id": patient_id, "visit_id": visit, "form_id": EVENT_FORM})
    computer.sync()
    computer.delete("patients", patient_id)
    computer.sync()
    for table, record_id in (("patients", patient_id), ("visits", visit), ("events", event)):
        there = cloud.row(table, record_id)
        assert there is not None
        assert there["deleted_at"] is not None
    assert computer.waiting() == set()


def test_section_4_an_attribute_made_on_both_sides_goes_on_under_the_id_that_came_first(
    computer: Computer, cloud: Cloud
) -> None:
    patient_id = put_patient(computer)
    computer.sync()
    attribute = {"patient_id": patient_id, "attribute_id": KIND, "attribute": "Language"}
    (theirs,) = cloud.seed(ATTRIBUTES, attribute | {"string_value": "theirs"})
    (ours,) = computer.put(ATTRIBUTES, attribute | {"string_value": "ours"})
    for _ in range(3):
        computer.sync()
    assert computer.row(ATTRIBUTES, ours) is None
    here, there = computer.row(ATTRIBUTES, theirs), cloud.row(ATTRIBUTES, theirs)
    assert here is not None
    assert there is not None
    assert (here["string_value"], there["string_value"]) == ("ours", "ours")
    assert computer.waiting() == set()


@pytest.mark.parametrize(("column", "value"), [("number_value", 0), ("boolean_value", False), ("string_value", "")])
def test_section_4_a_false_value_that_the_cloud_drops_stays_here(
    computer: Computer, cloud: Cloud, column: str, value: object
) -> None:
    attribute = {"patient_id": put_patient(computer), "attribute_id": KIND, "attribute": "Children"}
    (record_id,) = computer.put(ATTRIBUTES, attribute | {column: value})
    computer.sync()
    here, there = computer.row(ATTRIBUTES, record_id), cloud.row(ATTRIBUTES, record_id)
    assert here is not None
    assert there is not None
    assert (here[column], there[column]) == (value, None)
    assert computer.waiting() == set()
    assert moves_no_stamp(computer)


def test_section_4_a_prescription_without_a_visit_never_makes_the_cloud_invent_one(
    computer: Computer, cloud: Cloud
) -> None:
    patient_id = put_patient(computer)
    (prescription,) = computer.put("prescriptions", {"patient_id": patient_id, "provider_id": PROVIDER})
    computer.sync()
    computer.put("prescriptions", {"id": prescription, "notes": "twice a day"})
    computer.sync()
    here, there = computer.row("prescriptions", prescription), cloud.row("prescriptions", prescription)
    assert here is not None
    assert there is not None
    assert [row["id"] for row in cloud.live("visits")] == [there["visit_id"]] == [here["visit_id"]]


def test_section_4_departments_are_never_sent_since_each_time_would_make_another(
    computer: Computer, cloud: Cloud
) -> None:
    before = cloud.rows("clinic_departments")
    computer.put("clinic_departments", {"clinic_id": CLINIC_A, "name": "Laboratory"})
    put_patient(computer)
    computer.sync()
    computer.sync()
    assert cloud.rows("clinic_departments") == before
    assert computer.waiting() == set()


def test_section_4_a_prescription_item_deleted_here_does_not_come_back(computer: Computer, cloud: Cloud) -> None:
    _, item = put_item(computer)
    computer.sync()
    computer.delete("prescription_items", item)
    computer.sync()
    computer.clock.advance(25 * HOUR_MS)
    computer.sync()
    assert cloud.row("prescription_items", item) is None
    assert computer.row("prescription_items", item) is None
    assert computer.waiting() == set()


def test_section_4_a_prescription_item_deleted_there_without_a_word_goes_with_the_next_full_pull(
    computer: Computer, cloud: Cloud
) -> None:
    put_item(computer)
    computer.clock.advance(1_000)
    _, item = put_item(computer)
    computer.sync()
    cloud.delete("prescription_items", item)
    computer.clock.advance(25 * HOUR_MS)
    computer.sync()
    assert computer.row("prescription_items", item) is None


def test_section_4_items_go_in_an_earlier_request_than_what_was_given_out_of_them(
    computer: Computer, cloud: Cloud
) -> None:
    patient_id, item = put_item(computer)
    given = {"patient_id": patient_id, "clinic_id": CLINIC_A, "drug_id": DRUG, "dispensed_by": PROVIDER}
    (record,) = computer.put("dispensing_records", given | {"prescription_item_id": item, "quantity_dispensed": 1})
    cloud.forget_received()
    computer.sync()
    sent = [set(received.body) for received in cloud.received_by(Call.PUSH)]
    assert "prescription_items" in sent[0]
    assert sent[1] == {"dispensing_records"}
    assert cloud.row("dispensing_records", record) is not None
    assert computer.waiting() == set()


def test_section_4_an_edit_older_than_the_clouds_own_time_is_sent_as_newer(
    computer: Computer, cloud: Cloud, clock: AdjustableClock
) -> None:
    visit = put_visit(computer, put_patient(computer))
    computer.sync()
    edited_at = clock.now_ms()
    clock.advance(100_000)
    cloud.edit("visits", visit, metadata={"room": 1})
    computer.sync()
    computer.put("visits", {"id": visit, "check_in_timestamp": 1_795_000_000_000, "updated_at": edited_at})
    computer.sync()
    there = cloud.row("visits", visit)
    assert there is not None
    assert there["check_in_timestamp"].startswith("2026-11-18")
    assert computer.waiting() == set()


def test_section_4_a_time_of_the_future_is_not_sent_since_it_would_block_all_later_edits(
    computer: Computer, cloud: Cloud, clock: AdjustableClock
) -> None:
    (patient_id,) = computer.put("patients", patient(updated_at=clock.now_ms() + 400 * DAY_MS))
    computer.sync()
    sent = cloud.received_by(Call.PUSH)[-1].body["patients"]["updated"][0]
    assert sent["updated_at"] < "2026-12"
    computer.put("patients", {"id": patient_id, "phone": "0700"})
    computer.sync()
    there = cloud.row("patients", patient_id)
    assert there is not None
    assert there["phone"] == "0700"
