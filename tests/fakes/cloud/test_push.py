"""What a push does to the double's rows (CLOUD §4): order, partial application, last-write-wins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud, Moment, Refused, times
from tests.fakes.cloud.asking import (
    APPOINTMENT,
    ATTRIBUTE,
    DISPENSING,
    DONE,
    EVENT,
    ITEM,
    MADE_MS,
    PATIENT,
    PRESCRIPTION,
    PROBLEM,
    SERVER_ERROR,
    UNKNOWN,
    VISIT,
    VITAL,
    Asking,
    created,
    hub,
    person,
    record,
)
from tests.fakes.cloud.organisation import CLINIC_A, CLINIC_B, DEPARTMENT, DRUG, EMAILS, HUB, PASSWORD, PROVIDER

OTHER = "0f000000-0000-4000-8000-00000000000f"
OK = (200, DONE)
FAILED = (500, SERVER_ERROR)
FAILED_ITEM = (200, "[object Object]")
IDS = {
    "patients": PATIENT,
    "patient_additional_attributes": ATTRIBUTE,
    "visits": VISIT,
    "events": EVENT,
    "appointments": APPOINTMENT,
    "prescriptions": PRESCRIPTION,
    "patient_vitals": VITAL,
    "patient_problems": PROBLEM,
    "dispensing_records": DISPENSING,
    "prescription_items": ITEM,
}
TEXTS = {
    "patients": "surname",
    "patient_additional_attributes": "string_value",
    "visits": "provider_name",
    "events": "event_type",
    "appointments": "notes",
    "prescriptions": "notes",
    "patient_vitals": "bp_position",
    "patient_problems": "problem_label",
    "dispensing_records": "dosage_instructions",
    "prescription_items": "notes",
}
"""A column of each table that holds free text."""


def iso(time_ms: int) -> str:
    return times.iso(time_ms * 1000)


def stored(cloud: Cloud, table: str, id: str | None = None) -> dict[str, Any]:
    row = cloud.row(table, id or IDS[table])
    assert row is not None
    return row


def test_tables_are_worked_off_in_the_clouds_own_order(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: the order of keys means nothing; a new item and its dispensing in one push fail."""
    asking.create_all()
    order: list[str] = []
    cloud.watch_records(lambda moment, table, sent: order.append(table) if moment is Moment.BEFORE else None)
    asking.push(created(*((table, record(table)) for table in reversed(IDS))))
    assert order == list(IDS)
    new_item = record("prescription_items", id=OTHER)
    dispensed = record("dispensing_records", id=OTHER, prescription_item_id=OTHER)
    assert asking.push(created(("prescription_items", new_item), ("dispensing_records", dispensed))).outcome == FAILED
    assert cloud.row("prescription_items", OTHER) is None


def test_within_a_table_created_come_first_and_deleted_last(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: a row created and deleted in one push ends deleted."""
    table = {"deleted": [PATIENT], "updated": [record("patients")], "created": [record("patients", id=OTHER)]}
    steps: list[Any] = []
    cloud.watch_records(lambda moment, table, sent: steps.append(sent) if moment is Moment.AFTER else None)
    assert asking.push({"patients": table}).outcome == OK
    assert [step if isinstance(step, str) else step["id"] for step in steps] == [OTHER, PATIENT, PATIENT]
    assert stored(cloud, "patients")["is_deleted"] is True


def test_created_and_updated_are_the_same(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4."""
    assert asking.update("patients") == OK
    assert asking.create("patients", surname="Newer", updated_at=MADE_MS + 1) == OK
    assert stored(cloud, "patients")["surname"] == "Newer"


def test_what_comes_before_a_failing_record_stays_and_nothing_after_it_is_applied(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4, not transactional."""
    good, bad, late = record("patients"), record("patients", id=OTHER, sex="x" * 25), record("patients", id=UNKNOWN)
    changes = created(("patients", good), ("patients", bad), ("patients", late), ("visits", record("visits")))
    assert asking.push(changes).outcome == FAILED
    assert [row["id"] for row in cloud.rows("patients")] == [PATIENT]
    assert cloud.rows("visits") == []


def test_a_failing_item_ends_the_push_with_a_200_that_is_no_success(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §2: text/plain `[object Object]`."""
    asking.create_all()
    bad = record("prescription_items", id=OTHER, prescription_id=UNKNOWN)
    late = {"clinic_id": CLINIC_A, "name": "Lab"}
    answer = asking.push(created(("prescription_items", bad), ("clinic_departments", late)))
    assert (answer.outcome, answer.headers["content-type"]) == (FAILED_ITEM, "text/plain;charset=UTF-8")
    assert [row["name"] for row in cloud.rows("clinic_departments")] == ["Pharmacy"]


def test_a_failure_in_the_middle_of_a_push_can_be_ordered(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: a restart of the database in mid-push is a 500 and partial."""

    def stop_at_visits(moment: Moment, table: str, sent: Any) -> None:
        if table == "visits":
            raise Refused("terminating connection")

    cloud.watch_records(stop_at_visits)
    assert asking.push(created(("patients", record("patients")), ("visits", record("visits")))).outcome == FAILED
    assert (len(cloud.rows("patients")), cloud.rows("visits")) == (1, [])


# Last-write-wins


@pytest.mark.parametrize("table", [table for table in IDS if table != "patient_problems"])
def test_an_equal_or_older_record_is_skipped_and_called_a_success(
    cloud: Cloud, clock: AdjustableClock, asking: Asking, table: str
) -> None:
    """CLOUD §4."""
    asking.create_all()
    before = stored(cloud, table)
    clock.advance(1000)
    for updated_at in (MADE_MS, MADE_MS - 1):
        assert asking.update(table, **{TEXTS[table]: "late"}, updated_at=updated_at) == OK
        assert stored(cloud, table) == before


CLIENT, SERVER, KEPT = "the client's", "the server's", "as before"
WINNERS = {
    "patients": (KEPT, CLIENT, SERVER, KEPT),
    "appointments": (CLIENT, CLIENT, SERVER, KEPT),
    "prescriptions": (KEPT, CLIENT, SERVER, KEPT),
    **dict.fromkeys(
        ("visits", "events", "patient_additional_attributes", "dispensing_records"), (KEPT, SERVER, SERVER, KEPT)
    ),
    "patient_vitals": (SERVER, SERVER, SERVER, SERVER),
    "patient_problems": (SERVER, SERVER, SERVER, KEPT),
    "prescription_items": (KEPT, KEPT, KEPT, KEPT),
}


@pytest.mark.parametrize("table", WINNERS)
def test_whose_times_a_row_has_after_a_newer_record_depends_on_its_table(
    cloud: Cloud, clock: AdjustableClock, asking: Asking, table: str
) -> None:
    """CLOUD §4, the last-write-wins table: created_at, updated_at, last_modified, server_created_at."""
    asking.create_all()
    before = stored(cloud, table)
    clock.advance(1000)
    sent = {"created_at": MADE_MS + 2, "updated_at": MADE_MS + 3}
    assert asking.update(table, **{TEXTS[table]: "newer"}, **sent) == OK
    after = stored(cloud, table)
    assert after[TEXTS[table]] == "newer"
    found = []
    for name in ("created_at", "updated_at", "last_modified", "server_created_at"):
        meanings = {iso(clock.now_ms()): SERVER, before[name]: KEPT}
        found.append(CLIENT if name in sent and after[name] == iso(sent[name]) else meanings[after[name]])
    assert tuple(found) == WINNERS[table]


def test_a_problem_wins_however_old_it_is(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: every push of a problem wins, the client's times are discarded."""
    asking.create_all()
    assert asking.update("patient_problems", problem_label="older", updated_at=1000) == OK
    assert stored(cloud, "patient_problems")["problem_label"] == "older"


def test_an_updated_item_is_in_no_later_pull_and_keeps_losing_to_the_same_time(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §4: updated_at and last_modified of prescription_items do not move."""
    asking.create_all()
    clock.advance(1000)
    since_ms = asking.pull()["timestamp"]
    for notes in ("first", "second"):
        asking.update("prescription_items", notes=notes, updated_at=MADE_MS + 1)
        assert stored(cloud, "prescription_items")["notes"] == notes
    assert asking.changes("prescription_items", since_ms) == ([], [], [])


def test_a_row_touched_by_the_server_is_beaten_by_one_more_millisecond_than_pulls_show_and_not_by_the_same(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §4: stored microseconds, +1 ms is needed."""
    asking.create_all()
    clock.advance(1000)
    asking.update("visits", provider_name="server now", updated_at=MADE_MS + 1)
    shown = stored(cloud, "visits")["updated_at"]
    asking.update("visits", provider_name="equal", updated_at=shown)
    assert stored(cloud, "visits")["provider_name"] == "server now"
    asking.update("visits", provider_name="one more", updated_at=clock.now_ms() + 1)
    assert stored(cloud, "visits")["provider_name"] == "one more"


def test_an_edit_made_before_an_older_state_arrived_is_lost(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §4, consequence of "server now" [160]."""
    asking.create_all()
    edited_ms = clock.now_ms()
    clock.advance(30_000)
    asking.update("visits", provider_name="older state", updated_at=MADE_MS + 1)
    assert asking.update("visits", provider_name="newer edit", updated_at=edited_ms) == OK
    assert stored(cloud, "visits")["provider_name"] == "older state"


def test_a_time_in_the_future_blocks_all_later_edits(cloud: Cloud, clock: AdjustableClock, asking: Asking) -> None:
    """CLOUD §4."""
    future_ms = clock.now_ms() + 3_600_000
    asking.create("patients", updated_at=future_ms)
    assert asking.update("patients", surname="now", updated_at=clock.now_ms()) == OK
    assert stored(cloud, "patients")["updated_at"] == iso(future_ms)
    assert stored(cloud, "patients")["surname"] == "Haddad"


@pytest.mark.parametrize("sent", [{}, {"updated_at": None}, {"updated_at": "garbage"}, {"updated_at": 0}])
def test_a_missing_or_unreadable_updated_at_is_now(
    cloud: Cloud, clock: AdjustableClock, asking: Asking, sent: dict[str, Any]
) -> None:
    """CLOUD §4."""
    row = {name: value for name, value in record("patients").items() if name != "updated_at"}
    assert asking.push(created(("patients", {**row, **sent}))).outcome == OK
    assert stored(cloud, "patients")["updated_at"] == iso(clock.now_ms())


def test_missing_columns_of_a_patient_are_emptied(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [54]: always send full rows."""
    asking.create("patients")
    asking.push({"patients": {"updated": [{"id": PATIENT, "given_name": "Partial", "updated_at": MADE_MS + 1}]}})
    row = stored(cloud, "patients")
    assert (row["given_name"], row["surname"], row["primary_clinic_id"], row["metadata"]) == ("Partial", None, None, {})


def test_unknown_columns_and_the_servers_own_are_not_taken_from_a_record(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §4: _status, event_id of vitals, last_modified, server_created_at."""
    asking.create_all()
    extra = {"_status": "created", "event_id": EVENT, "last_modified": 1, "server_created_at": 1}
    asking.create("patient_vitals", id=OTHER, **extra)
    row = stored(cloud, "patient_vitals", OTHER)
    assert "_status" not in row
    assert (row["event_id"], row["last_modified"], row["server_created_at"]) == (None, *[iso(clock.now_ms())] * 2)


def test_a_prescription_keeps_no_items_and_no_metadata_and_ignores_when_it_was_filled(
    cloud: Cloud, asking: Asking
) -> None:
    """CLOUD §4."""
    asking.create_all()
    row = stored(cloud, "prescriptions")
    assert (row["items"], row["metadata"]) == ([], {})
    asking.update("prescriptions", filled_at=MADE_MS, prescribed_at=1, updated_at=MADE_MS + 1, status="picked-up")
    after = stored(cloud, "prescriptions")
    assert (after["filled_at"], after["prescribed_at"], after["status"]) == (None, row["prescribed_at"], "picked-up")


def test_a_dispensing_record_keeps_its_clinic_and_patient(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4."""
    asking.create_all()
    asking.create("patients", id=OTHER)
    asking.update("dispensing_records", patient_id=OTHER, days_supply=9, updated_at=MADE_MS + 1)
    row = stored(cloud, "dispensing_records")
    assert (row["patient_id"], row["days_supply"]) == (PATIENT, 9)


def test_an_item_drops_who_recorded_it_and_its_metadata(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4."""
    asking.create_all()
    asking.create("prescription_items", id=OTHER, recorded_by_user_id=PROVIDER, metadata={"k": 1})
    row = stored(cloud, "prescription_items", OTHER)
    assert (row["recorded_by_user_id"], row["metadata"]) == (None, {})


# Attributes, departments, what is ignored


def test_one_attribute_of_a_patient_is_one_row_under_its_first_id(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4, conflict key [57]: deleting by the later id does nothing."""
    asking.create_all()
    asking.create("patient_additional_attributes", id=OTHER, string_value="B-", updated_at=MADE_MS + 1)
    assert cloud.row("patient_additional_attributes", OTHER) is None
    assert stored(cloud, "patient_additional_attributes")["string_value"] == "B-"
    assert asking.delete("patient_additional_attributes", OTHER) == OK
    assert stored(cloud, "patient_additional_attributes")["is_deleted"] is False


@pytest.mark.parametrize(("column", "value"), [("number_value", 0), ("string_value", ""), ("boolean_value", False)])
def test_falsy_attribute_values_are_lost(cloud: Cloud, asking: Asking, column: str, value: Any) -> None:
    """CLOUD §4 [58]."""
    asking.create("patient_additional_attributes", **{column: value})
    assert stored(cloud, "patient_additional_attributes")[column] is None


def test_each_push_of_a_department_adds_one_and_deleting_them_does_nothing(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [108]."""
    sent = {"clinic_departments": {"created": [{"id": OTHER, "clinic_id": CLINIC_A, "name": "Lab"}]}}
    for _ in range(2):
        assert asking.push(sent).outcome == OK
    labs = [row for row in cloud.live("clinic_departments") if row["name"] == "Lab"]
    assert len({row["id"] for row in labs} - {OTHER}) == 2
    assert asking.delete("clinic_departments", DEPARTMENT) == OK
    assert stored(cloud, "clinic_departments", DEPARTMENT)["is_deleted"] is False


@pytest.mark.parametrize(
    "table", ["drug_catalogue", "device_pin_codes", "users", "clinics", "devices", "clinic_inventory"]
)
def test_tables_that_hubs_may_not_change_are_ignored_with_success(cloud: Cloud, asking: Asking, table: str) -> None:
    """CLOUD §4 [107, 109, 110]."""
    before = cloud.rows(table)
    changes = {table: {"created": [{"id": OTHER}], "updated": [], "deleted": [DRUG, HUB]}}
    assert asking.push(changes).outcome == OK
    assert cloud.rows(table) == before


@pytest.mark.parametrize("body", [{"changes": created(("patients", record("patients")))}, [], "x", 5, {"none": {}}])
def test_a_body_that_names_no_table_is_a_success_that_does_nothing(cloud: Cloud, asking: Asking, body: Any) -> None:
    """CLOUD §4 [107, 123, 124, 134]."""
    assert asking.push(body).outcome == OK
    assert cloud.rows("patients") == []


# Clinics


def test_a_record_of_a_foreign_clinic_is_skipped_in_silence_and_its_children_fail(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4, clinic check [111, 113, 114]."""
    for clinic_id in (CLINIC_B, UNKNOWN):
        assert asking.create("patients", primary_clinic_id=clinic_id) == OK
    assert cloud.rows("patients") == []
    assert asking.create("visits") == FAILED


def test_only_the_clinic_that_is_sent_is_checked(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: a hub's copy can pull a foreign patient into its clinic."""
    cloud.seed("patients", {"id": PATIENT, "primary_clinic_id": CLINIC_B, "updated_at": 1})
    assert asking.update("patients") == OK
    assert stored(cloud, "patients")["primary_clinic_id"] == CLINIC_A


def test_no_clinic_passes_and_is_then_seen_by_no_hub(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §3 and §4."""
    assert asking.create("patients", primary_clinic_id=None) == OK
    assert (len(cloud.live("patients")), asking.changes("patients")) == (1, ([], [], []))


def test_a_hub_without_clinics_sees_everything_and_may_push_nothing_that_has_a_clinic(cloud: Cloud) -> None:
    """CLOUD §3 [27, 115]."""
    cloud.seed_device("hh_none", [])
    asking = hub(cloud.url, "hh_none")
    assert asking.changes("clinics")[0] == [CLINIC_A, CLINIC_B]
    assert asking.create("patients") == OK
    assert cloud.rows("patients") == []


def test_a_suspended_hub_pulls_and_pushes(cloud: Cloud) -> None:
    """CLOUD §2 [22, 115b]."""
    cloud.seed_device("hh_susp", [CLINIC_A], status="suspended")
    asking = hub(cloud.url, "hh_susp")
    assert asking.create("patients") == OK
    assert asking.changes("patients") == ([PATIENT], [], [])


def test_a_person_pushes_ten_tables_to_any_clinic(cloud: Cloud) -> None:
    """CLOUD §4 [117]."""
    asking = person(cloud.url, EMAILS[PROVIDER], PASSWORD)
    assert asking.create("patients", primary_clinic_id=CLINIC_B) == OK
    assert asking.push({"clinic_departments": {"created": [{"clinic_id": CLINIC_A, "name": "Lab"}]}}).outcome == OK
    assert stored(cloud, "patients")["primary_clinic_id"] == CLINIC_B
    assert [row["name"] for row in cloud.rows("clinic_departments")] == ["Pharmacy"]
