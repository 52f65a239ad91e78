"""The commands about phones and about what they receive, in a folder of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import SystemClock
from db.database import Database
from db.devices import DeviceStatus
from db.pairing import device_id_of, device_status, knock
from db.permissions import Flag
from db.store import open_database
from kiosk.cli import OK
from tests.kiosk.command_line import Run, is_refused

PHONE = device_id_of("c1")
MINUTE_MS = 60_000


@pytest.fixture
def database(staffed: Run, folder: Path) -> Iterator[Database]:
    """The folder's database, opened beside the commands."""
    database = open_database(folder, bytes.fromhex((folder / "key").read_text()), SystemClock())
    yield database
    database.close()


@pytest.fixture
def waiting(database: Database) -> Database:
    """... on which a phone waits for an answer."""
    assert knocks(database) is DeviceStatus.WAITING
    return database


def knocks(database: Database, client: str = "c1") -> DeviceStatus:
    with database.write() as transaction:
        return knock(transaction, client, name="Tablet", address="192.0.2.7")


def status_of(database: Database) -> DeviceStatus | None:
    with database.read() as snapshot:
        return device_status(snapshot, PHONE)


def test_without_phones_the_list_is_empty(staffed: Run) -> None:
    assert staffed("devices", "list", "--json").json == []


def test_a_phone_that_waits_is_listed_with_what_is_known_of_it(staffed: Run, waiting: Database) -> None:
    (phone,) = staffed("devices", "list", "--json").json
    assert (phone["id"], phone["name"], phone["status"], phone["address"]) == (PHONE, "Tablet", "waiting", "192.0.2.7")
    assert (phone["user"], phone["paired_at"], phone["last_sync_at"]) == (None, None, None)
    assert phone["seen_at"] > 0


@pytest.mark.parametrize(("action", "status"), [("approve", "paired"), ("block", "blocked"), ("revoke", "revoked")])
def test_a_decision_about_a_phone_holds_at_once(staffed: Run, waiting: Database, action: str, status: str) -> None:
    said = staffed("devices", action, PHONE, "--json")
    assert (said.code, said.json["status"]) == (OK, status)
    assert status_of(waiting) == status
    assert ("last_sent" in said.json) is (action == "revoke")


def test_a_phone_is_named_and_its_name_is_taken_away(staffed: Run, waiting: Database) -> None:
    assert staffed("devices", "rename", PHONE, "جهاز 2", "--json").json["name"] == "جهاز 2"
    assert staffed("devices", "rename", PHONE, "--json").json["name"] is None
    assert is_refused(staffed("devices", "rename", PHONE, "x" * 200), "invalid_input")


@pytest.mark.parametrize("action", ["approve", "block", "revoke", "rename"])
def test_a_phone_that_never_came_is_not_found(staffed: Run, action: str) -> None:
    assert is_refused(staffed("devices", action, "hub-nobody"), "not_found")


def test_the_door_is_opened_for_a_while_and_closed(staffed: Run, database: Database) -> None:
    until = staffed("devices", "pairing", "open", "--minutes", "2", "--json").json["open_until"]
    assert 0 < until - SystemClock().now_ms() <= 2 * MINUTE_MS
    assert staffed("devices", "pairing", "show", "--json").json["open_until"] == until
    assert knocks(database, "c2") is DeviceStatus.PAIRED
    assert staffed("devices", "pairing", "close", "--json").json == {"open_until": None}
    assert knocks(database, "c3") is DeviceStatus.WAITING


@pytest.mark.parametrize("minutes", ["0", "61", "-1", "1.5", "soon"])
def test_the_door_is_opened_for_an_hour_at_most(staffed: Run, minutes: str) -> None:
    with pytest.raises(SystemExit):
        staffed("devices", "pairing", "open", "--minutes", minutes)


def test_the_codes_say_where_the_server_is_and_who_it_is(staffed: Run) -> None:
    shown = staffed("devices", "pairing", "show", "--json").json
    code = json.loads(shown["newer"])
    assert code.keys() == {"type", "url", "id", "pk"}
    assert (code["type"], code["url"]) == ("sync_hub", shown["older"])
    assert staffed("devices", "pairing", "show", "--json").json == shown  # the key is made once


def test_permissions_are_shown_granted_and_taken(staffed: Run) -> None:
    email = "nurse@example.org"
    everything = staffed("user", "permissions", email, "--json").json
    assert all(everything[flag.value] for flag in Flag)
    changed = staffed("user", "permissions", email, "--revoke", "can_view_history", "can_edit_records", "--json").json
    assert {flag.value for flag in Flag if not changed[flag.value]} == {"can_view_history", "can_edit_records"}
    again = staffed("user", "permissions", email, "--grant", "can_view_history", "--json").json
    assert [flag.value for flag in Flag if not again[flag.value]] == ["can_edit_records"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["nurse@example.org", "--grant", "can_fly"], "invalid_input"),
        (["nurse@example.org", "--grant", "is_clinic_admin", "--revoke", "is_clinic_admin"], "invalid_input"),
        (["nobody@example.org"], "not_found"),
        (["nurse@example.org", "--clinic", "Nowhere"], "not_found"),
    ],
)
def test_permissions_that_cannot_be_are_refused(staffed: Run, words: list[str], error: str) -> None:
    assert is_refused(staffed("user", "permissions", *words), error)


@pytest.mark.parametrize(
    ("setting", "key", "first", "other"),
    [("phones-receive", "phones_receive", "all", "viewable"), ("announce", "announce", "on", "off")],
)
def test_a_setting_is_shown_and_chosen(staffed: Run, setting: str, key: str, first: str, other: str) -> None:
    assert staffed("settings", setting, "--json").json == {key: first}
    assert staffed("settings", setting, other, "--json").json == {key: other}
    assert staffed("settings", setting, "--json").json == {key: other}
    assert is_refused(staffed("settings", setting, "perhaps"), "invalid_input")
    assert staffed("settings", setting, first, "--json").json == {key: first}
