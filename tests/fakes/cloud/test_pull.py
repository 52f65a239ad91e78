"""What a pull of the double shows (CLOUD §3), beyond what the recordings show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.clock import DAY_MS, AdjustableClock
from tests.fakes.cloud import Cloud, times
from tests.fakes.cloud.asking import EVENT, PATIENT, PROBLEM, SYNC, UNKNOWN, VISIT, VITAL, Asking, person
from tests.fakes.cloud.organisation import ADMIN, CLINIC_A, CLINIC_B, EMAILS, HUB, PASSWORD, PROVIDER, PROVIDER_B

OTHER = "0f000000-0000-4000-8000-00000000000f"
KEYS_OF_HUBS = (
    *("patients", "patient_additional_attributes", "clinics", "visits", "events", "event_forms", "registration_forms"),
    *("appointments", "prescriptions", "patient_vitals", "patient_problems", "clinic_departments", "drug_catalogue"),
    *("clinic_inventory", "dispensing_records", "prescription_items", "users", "undefined", "device_pin_codes"),
    *("user_clinic_permissions", "app_config"),
)


def iso(time_ms: int) -> str:
    return times.iso(time_ms * 1000)


def test_a_hub_sees_21_keys_and_the_devices_under_undefined(asking: Asking) -> None:
    """CLOUD §3."""
    pulled = asking.pull()
    assert list(pulled) == ["success", "changes", "timestamp"]
    assert tuple(pulled["changes"]) == KEYS_OF_HUBS
    assert {tuple(parts) for parts in pulled["changes"].values()} == {("created", "updated", "deleted")}
    assert [row["id"] for row in pulled["changes"]["undefined"]["created"]] == [HUB]


def test_a_person_sees_no_users_devices_and_pins_but_all_clinics(cloud: Cloud) -> None:
    """CLOUD §3."""
    shown = person(cloud.url, EMAILS[PROVIDER_B], PASSWORD).pull()["changes"]
    assert list(shown) == [key for key in KEYS_OF_HUBS if key not in ("users", "undefined", "device_pin_codes")]
    assert {row["id"] for row in shown["clinics"]["created"]} == {CLINIC_A, CLINIC_B}


def test_a_person_who_says_to_be_a_hub_sees_every_password(cloud: Cloud) -> None:
    """CLOUD §3: Basic and peerType=sync_hub is unscoped."""
    shown = person(cloud.url, EMAILS[PROVIDER_B], PASSWORD, is_hub=True).pull()["changes"]
    assert {row["id"] for row in shown["users"]["created"]} == {ADMIN, PROVIDER, PROVIDER_B}
    assert all(row["hashed_password"].startswith("$2b$") for row in shown["users"]["created"])


@pytest.mark.parametrize(
    ("query", "since_ms"),
    [("lastPulledAt=1e3", 1000), ("lastPulledAt=7&last_pulled_at=1000", 1000), ("lastPulledAt=-1", -1), ("", 0)],
)
def test_watermarks_are_read_as_javascript_reads_numbers(
    cloud: Cloud, asking: Asking, query: str, since_ms: int
) -> None:
    """CLOUD §1. A deleted row of the time 500 shows which watermark counted."""
    cloud.seed("events", {"id": EVENT, "is_deleted": True, "deleted_at": iso(500)})
    shown = asking.ask("GET", f"{SYNC}?peerType=sync_hub&{query}").body["changes"]["events"]["deleted"]
    assert shown == ([EVENT] if since_ms not in (0, 1000) else [])


@pytest.mark.parametrize("text", ["abc", "null", "1_000", "0x", "Infinity", "8640000000000001"])
def test_a_watermark_that_is_no_date_is_a_server_error(asking: Asking, text: str) -> None:
    """CLOUD §1."""
    assert asking.ask("GET", f"{SYNC}?peerType=sync_hub&lastPulledAt={text}").status == 500


def test_created_includes_the_watermark_and_updated_and_deleted_do_not(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §3, boundary tests."""
    old = {"server_created_at": iso(1000), "last_modified": iso(5000)}
    cloud.seed("events", {"id": EVENT, "server_created_at": iso(5000), "last_modified": iso(5000)})
    cloud.seed("events", {"id": OTHER, **old})
    cloud.seed("events", {"id": UNKNOWN, **old, "is_deleted": True, "deleted_at": iso(5000)})
    assert asking.changes("events", 4999) == ([EVENT], [OTHER], [UNKNOWN])
    assert asking.changes("events", 5000) == ([EVENT], [], [])
    assert asking.changes("events", 5001) == ([], [], [])


def test_tombstones_are_shown_from_1_on_but_never_from_0(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §3."""
    cloud.seed("events", {"id": EVENT, "is_deleted": True, "deleted_at": iso(5000)})
    assert asking.changes("events", 0) == ([], [], [])
    assert asking.changes("events", 1) == ([], [], [EVENT])


@pytest.mark.parametrize(
    "values",
    [{"is_deleted": None}, {"is_deleted": True, "deleted_at": None}, {"is_deleted": False, "deleted_at": iso(5000)}],
)
def test_a_row_that_is_neither_live_nor_dead_is_never_shown(
    cloud: Cloud, asking: Asking, values: dict[str, Any]
) -> None:
    """CLOUD §3 and §4: is_deleted NULL, cascaded children, zombies."""
    cloud.seed("events", {"id": EVENT, **values})
    assert [asking.changes("events", since_ms) for since_ms in (0, 1)] == [([], [], [])] * 2


def test_a_permission_that_is_taken_away_is_not_announced_and_a_changed_one_is(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3: user_clinic_permissions have no tombstones."""
    ids = {row["user_id"]: row["id"] for row in cloud.rows("user_clinic_permissions")}
    since_ms = asking.pull()["timestamp"]
    clock.advance(1)
    cloud.delete("user_clinic_permissions", ids[ADMIN])
    cloud.edit("user_clinic_permissions", ids[PROVIDER], can_delete_records=True)
    assert asking.changes("user_clinic_permissions", since_ms) == ([], [ids[PROVIDER]], [])


def test_the_timestamp_is_the_servers_clock(clock: AdjustableClock, asking: Asking) -> None:
    """CLOUD §3."""
    assert asking.pull()["timestamp"] == clock.now_ms()


def test_a_hub_gets_its_own_push_back_and_what_it_pushed_again_stale_not(
    clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3, echo; problems always come again."""
    since_ms = clock.now_ms()
    asking.create_all()
    clock.advance(10)
    assert asking.changes("visits", since_ms) == ([VISIT], [], [])
    since_ms = clock.now_ms()
    asking.create_all()
    shown = {table: asking.changes(table, since_ms) for table in KEYS_OF_HUBS}
    assert {table: ids for table, ids in shown.items() if ids != ([], [], [])} == {
        "patient_problems": ([], [PROBLEM], [])
    }


def test_a_write_that_commits_late_is_in_no_pull_whose_watermarks_are_chained(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3: rows are missed when W is chained as given; an overlap finds them."""
    cloud.change(commit_delay_ms=1500)
    asking.create("patients")
    clock.advance(200)
    first = asking.pull()
    assert first["changes"]["patients"]["created"] == []
    clock.advance(2000)
    assert asking.changes("patients", first["timestamp"]) == ([], [], [])
    assert asking.changes("patients", first["timestamp"] - 5000) == ([PATIENT], [], [])


def test_until_an_update_commits_pulls_show_the_row_as_it_was(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3."""
    asking.create("patients")
    cloud.change(commit_delay_ms=1500)
    cloud.edit("patients", PATIENT, surname="Once")
    clock.advance(1000)
    cloud.edit("patients", PATIENT, surname="Twice")
    names = []
    for _ in range(3):
        names += [row["surname"] for row in asking.pull()["changes"]["patients"]["created"]]
        clock.advance(1000)
    assert names == ["Haddad", "Once", "Twice"]


def test_a_row_deleted_for_good_is_seen_until_the_delete_commits(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3 and §4."""
    cloud.seed("app_config", {"id": OTHER, "namespace": "a", "key": "b"})
    cloud.change(commit_delay_ms=1500)
    cloud.delete("app_config", OTHER)
    assert OTHER in asking.changes("app_config")[0]
    clock.advance(1500)
    assert OTHER not in asking.changes("app_config")[0]


SCOPED = {
    "patients": "primary_clinic_id",
    "prescriptions": "pickup_clinic_id",
    **dict.fromkeys(
        (
            "visits",
            "appointments",
            "clinic_departments",
            "clinic_inventory",
            "dispensing_records",
            "prescription_items",
            "patient_registration_forms",
            "users",
        ),
        "clinic_id",
    ),
}
UNSCOPED = (
    "events",
    "patient_additional_attributes",
    "patient_vitals",
    "patient_problems",
    "drug_catalogue",
    "device_pin_codes",
)


@pytest.mark.parametrize("table", SCOPED)
def test_a_hub_sees_rows_of_its_clinics_only_and_none_without_a_clinic(
    cloud: Cloud, asking: Asking, table: str
) -> None:
    """CLOUD §3, clinic scope; it holds for tombstones too."""
    key = "registration_forms" if table == "patient_registration_forms" else table
    mine, foreign, nobodys = (cloud.seed(table, {SCOPED[table]: clinic})[0] for clinic in (CLINIC_A, CLINIC_B, None))
    assert {mine, foreign, nobodys}.intersection(asking.changes(key)[0]) == {mine}
    for id in (mine, foreign, nobodys):
        cloud.overwrite(table, id, is_deleted=True, deleted_at=iso(5000))
    assert asking.changes(key, 1)[2] == [mine]


@pytest.mark.parametrize("table", UNSCOPED)
def test_a_hub_sees_these_rows_whatever_clinic_their_patient_has(cloud: Cloud, asking: Asking, table: str) -> None:
    """CLOUD §3: no filter; children of other clinics' patients arrive without their patient."""
    foreign = cloud.seed(table, {"patient_id": OTHER} if "patient" in table or table == "events" else {})[0]
    assert foreign in asking.changes(table)[0]


def test_forms_and_devices_are_shown_where_their_clinics_overlap(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §3: forms without clinics are everybody's, devices without clinics nobody's."""
    clinics: tuple[list[str], ...] = ([CLINIC_A, CLINIC_B], [CLINIC_B], [])
    both, foreign, everybodys = (cloud.seed("event_forms", {"clinic_ids": each})[0] for each in clinics)
    assert {both, foreign, everybodys}.intersection(asking.changes("event_forms")[0]) == {both, everybodys}
    both, foreign, nobodys = (cloud.seed("devices", {"clinic_ids": each})[0] for each in clinics)
    assert {both, foreign, nobodys}.intersection(asking.changes("undefined")[0]) == {both}


def test_scope_is_that_of_now(cloud: Cloud, clock: AdjustableClock, asking: Asking) -> None:
    """CLOUD §3: a clinic that is added brings no old rows, a row that moves away brings no tombstone."""
    foreign = cloud.seed("patients", {"primary_clinic_id": CLINIC_B})[0]
    clock.advance(10)
    since_ms = asking.pull()["timestamp"]
    cloud.overwrite("devices", HUB, clinic_ids=[CLINIC_A, CLINIC_B])
    assert asking.changes("patients", since_ms) == ([], [], [])
    assert asking.changes("patients") == ([foreign], [], [])
    cloud.overwrite("devices", HUB, clinic_ids=[CLINIC_A])
    cloud.edit("patients", foreign, surname="Moved")
    assert asking.changes("patients", since_ms) == ([], [], [])


def test_dates_are_local_midnights_of_the_server(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §3: pushed back as pulled, a birthday moves by a day each time."""
    asking.create("patients")
    cloud.change(timezone_offset_minutes=120)
    for pulled, minute in (("1990-04-30T22:00:00.000Z", 8), ("1990-04-29T22:00:00.000Z", 9)):
        assert asking.pull()["changes"]["patients"]["created"][0]["date_of_birth"] == pulled
        asking.update("patients", date_of_birth=pulled, updated_at=f"2026-11-22T14:0{minute}:00.000Z")
    cloud.change(timezone_offset_minutes=0)
    assert asking.pull()["changes"]["patients"]["created"][0]["date_of_birth"] == "1990-04-29T00:00:00.000Z"


def test_numerics_are_texts_with_their_scale_and_times_lose_their_microseconds(
    clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3, row encoding."""
    asking.create_all()
    vital = asking.pull()["changes"]["patient_vitals"]["created"][0]
    assert (vital["id"], vital["bmi"], vital["height_cm"], vital["heart_rate"]) == (VITAL, "22.40", "170.50", 72)
    drug = asking.pull()["changes"]["drug_catalogue"]["created"][0]
    assert (drug["dosage_quantity"], drug["sale_price"]) == ("500.0000", "0.00")
    assert vital["last_modified"] == iso(clock.now_ms())


def test_rows_come_in_no_order_that_means_anything(asking: Asking) -> None:
    """CLOUD §3."""
    ids = [f"0b000000-0000-4000-8000-0000000000{number}" for number in (11, 20, 12, 30)]
    for id in ids:
        asking.create("patients", id=id)
    shown = [row["id"] for row in asking.pull()["changes"]["patients"]["created"]]
    assert sorted(shown) == sorted(ids)
    assert shown not in (ids, sorted(ids))


def test_a_history_limit_hides_old_records_but_not_the_clinics_own_data(
    cloud: Cloud, clock: AdjustableClock, asking: Asking
) -> None:
    """CLOUD §3, MAX_HISTORY_DAYS_SYNC."""
    asking.create("patients")
    clock.advance(3 * DAY_MS)
    cloud.change(max_history_days=2)
    assert asking.changes("patients") == ([], [], [])
    assert asking.changes("clinics") == ([CLINIC_A], [], [])
    cloud.change(max_history_days=4)
    assert asking.changes("patients") == ([PATIENT], [], [])


def test_a_cloud_that_comes_back_empty_still_knows_its_keys(cloud: Cloud, asking: Asking) -> None:
    cloud.change(comes_back_empty=True)
    assert all(parts == {"created": [], "updated": [], "deleted": []} for parts in asking.pull()["changes"].values())


def test_a_pull_larger_than_memory_is_written_while_it_is_made(cloud: Cloud, asking: Asking) -> None:
    made = []

    def rows() -> Any:
        for number in range(3):
            made.append(number)
            yield {"id": str(number)}

    cloud.stream("events", rows)
    assert made == []
    assert asking.changes("events") == (["0", "1", "2"], [], [])
    assert asking.changes("events", 2) == ([], [], [])
    cloud.seed("events", {"id": EVENT})
    assert asking.changes("events", 1) == (sorted(["0", "1", "2", EVENT]), [], [])
