"""How the double deletes, and what becomes of records that come after a delete (CLOUD §4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud
from tests.fakes.cloud.asking import DISPENSING, DONE, ITEM, MADE_MS, PATIENT, SERVER_ERROR, UNKNOWN, VISIT, Asking
from tests.fakes.cloud.organisation import CLINIC_B
from tests.fakes.cloud.test_push import FAILED_ITEM, IDS, OTHER, stored

OK = (200, DONE)
SOFT = [table for table in IDS if table != "prescription_items"]
NOBODY_IS_TOLD: tuple[list[str], list[str], list[str]] = ([], [], [])


@pytest.mark.parametrize("table", SOFT)
def test_a_delete_leaves_a_tombstone_which_a_repeat_announces_again(
    clock: AdjustableClock, asking: Asking, table: str
) -> None:
    """CLOUD §4, deletes."""
    asking.create_all()
    for _ in range(2):
        clock.advance(1000)
        since_ms = asking.pull()["timestamp"]
        assert asking.delete(table, IDS[table]) == OK
        assert asking.changes(table, since_ms) == ([], [], [IDS[table]])


def test_a_delete_asks_neither_for_the_newer_state_nor_for_the_clinic(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [75]."""
    cloud.seed("patients", {"id": PATIENT, "primary_clinic_id": CLINIC_B, "updated_at": "2100-01-01T00:00:00.000Z"})
    assert asking.delete("patients", PATIENT) == OK
    assert stored(cloud, "patients")["is_deleted"] is True


@pytest.mark.parametrize("table", IDS)
def test_deleting_an_unknown_id_is_a_success(asking: Asking, table: str) -> None:
    """CLOUD §4 [62]."""
    assert asking.delete(table, UNKNOWN) == OK


@pytest.mark.parametrize("id", ["x", "", None, 5])
@pytest.mark.parametrize("table", IDS)
def test_deleting_what_is_no_uuid_fails_in_the_tables_own_way(asking: Asking, table: str, id: Any) -> None:
    """CLOUD §4 [63, 192]."""
    assert asking.delete(table, id) == (FAILED_ITEM if table == "prescription_items" else (500, SERVER_ERROR))


def test_an_item_is_gone_for_good_and_an_old_copy_brings_it_back(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §4 [162]."""
    asking.create_all()
    asking.create("prescription_items", id=OTHER)
    clock.advance(1000)
    since_ms = asking.pull()["timestamp"]
    assert asking.delete("prescription_items", OTHER) == OK
    assert cloud.row("prescription_items", OTHER) is None
    assert asking.changes("prescription_items", since_ms) == NOBODY_IS_TOLD
    asking.create("prescription_items", id=OTHER)
    assert asking.changes("prescription_items", since_ms) == ([OTHER], [], [])


def test_an_item_from_which_something_was_dispensed_cannot_be_deleted(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §2 [72]."""
    asking.create_all()
    assert asking.delete("prescription_items", ITEM) == FAILED_ITEM
    assert cloud.row("prescription_items", ITEM) is not None


def test_children_of_a_deleted_patient_vanish_without_tombstones_but_dispensing_records_stay(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §4 [71]."""
    asking.create_all()
    clock.advance(1000)
    since_ms = asking.pull()["timestamp"]
    assert asking.delete("patients", PATIENT) == OK
    assert asking.changes("patients", since_ms) == ([], [], [PATIENT])
    for table in IDS:
        if table not in ("patients", "dispensing_records"):
            row = stored(cloud, table)
            assert (table, row["is_deleted"], row["deleted_at"]) == (table, True, None)
            assert asking.changes(table, 1) == NOBODY_IS_TOLD
    assert asking.changes("dispensing_records") == ([DISPENSING], [], [])


def test_a_deleted_visit_takes_prescriptions_events_and_appointments_but_neither_vitals_nor_problems(
    cloud: Cloud, asking: Asking
) -> None:
    """CLOUD §4 [69]."""
    asking.create_all()
    assert asking.delete("visits", VISIT) == OK
    gone = {table for table in IDS if stored(cloud, table)["is_deleted"]}
    assert gone == {"visits", "prescriptions", "events", "appointments"}


def test_a_child_deleted_by_its_own_id_gets_its_tombstone(asking: Asking) -> None:
    """CLOUD §4: push explicit child deletes."""
    asking.create_all()
    asking.push({"patients": {"deleted": [PATIENT]}, "visits": {"deleted": [VISIT]}})
    assert asking.changes("visits", 1) == ([], [], [VISIT])


INVISIBLE = ("patients", "visits", "patient_additional_attributes", "patient_problems")


@pytest.mark.parametrize("table", INVISIBLE)
def test_is_deleted_in_a_record_hides_the_row_from_all_without_a_tombstone(asking: Asking, table: str) -> None:
    """CLOUD §4 [66, 67]."""
    asking.create_all()
    assert asking.update(table, is_deleted=True, updated_at=MADE_MS + 1) == OK
    assert asking.changes(table, 1) == NOBODY_IS_TOLD


@pytest.mark.parametrize(
    "table", ["events", "appointments", "prescriptions", "dispensing_records", "prescription_items"]
)
def test_is_deleted_in_a_record_is_ignored_elsewhere(asking: Asking, table: str) -> None:
    """CLOUD §4 [66, 67]."""
    asking.create_all()
    assert asking.update(table, is_deleted=True, updated_at=MADE_MS + 1) == OK
    assert asking.changes(table) == ([IDS[table]], [], [])


def test_is_deleted_with_deleted_at_makes_tombstones_of_vitals_and_problems(asking: Asking) -> None:
    """CLOUD §4: deleted_at is copied from the client there."""
    asking.create_all()
    for table in ("patient_vitals", "patient_problems"):
        asking.update(table, is_deleted=True, deleted_at=MADE_MS, updated_at=MADE_MS + 1)
        assert asking.changes(table, 1) == ([], [], [IDS[table]])


def test_a_patient_whose_is_deleted_is_null_is_invisible_for_ever(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [190]."""
    assert asking.create("patients", is_deleted=None) == OK
    assert stored(cloud, "patients")["is_deleted"] is None
    assert asking.changes("patients", 1) == NOBODY_IS_TOLD


AFTER_A_NEWER_RECORD = {
    **dict.fromkeys(("patients", "visits", "events", "patient_additional_attributes"), "a zombie"),
    **dict.fromkeys(("appointments", "patient_vitals", "patient_problems"), "alive"),
    **dict.fromkeys(("prescriptions", "dispensing_records"), "deleted"),
}


@pytest.mark.parametrize("table", AFTER_A_NEWER_RECORD)
def test_what_a_newer_record_makes_of_a_deleted_row_depends_on_its_table(
    cloud: Cloud, clock: AdjustableClock, asking: Asking, table: str
) -> None:
    """CLOUD §4 [64, 65, 193]."""
    asking.create_all()
    asking.delete(table, IDS[table])
    clock.advance(1000)
    assert asking.update(table, updated_at=clock.now_ms()) == OK
    row = stored(cloud, table)
    states = {(False, False): "alive", (False, True): "a zombie", (True, True): "deleted"}
    assert states[row["is_deleted"], row["deleted_at"] is not None] == AFTER_A_NEWER_RECORD[table]
    shown = {"alive": ([IDS[table]], [], []), "a zombie": NOBODY_IS_TOLD, "deleted": ([], [], [IDS[table]])}
    assert asking.changes(table, 1) == shown[AFTER_A_NEWER_RECORD[table]]


def test_an_old_copy_revives_a_problem_and_nothing_else(cloud: Cloud, clock: AdjustableClock, asking: Asking) -> None:
    """CLOUD §4 [162]; vitals are out of this: what their delete does to updated_at was not measured."""
    asking.create_all()
    for table in SOFT:
        asking.delete(table, IDS[table])
    clock.advance(1000)
    for table in SOFT:
        assert asking.update(table) == OK
    assert [table for table in SOFT if not stored(cloud, table)["is_deleted"]] == ["patient_problems"]
