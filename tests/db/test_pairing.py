"""Phones that knock wait for an answer, unless staff has opened the door."""

from __future__ import annotations

import pytest

from db.database import Database
from db.devices import DeviceStatus, find_device
from db.errors import InvalidInput, NotFound
from db.pairing import (
    LONGEST_NAME,
    LONGEST_OPEN_MS,
    MOST_WAITING,
    approve,
    block,
    close_pairing,
    device_id_of,
    device_status,
    knock,
    open_pairing,
    pairing_open_until,
    rename,
    revoke,
)
from db.sync_log import SyncKind, recent_syncs
from tests.fakes.clock import AdjustableClock

ADDRESS = "192.0.2.7"
MINUTE_MS = 60_000


def _knock(database: Database, client: str = "c1", name: str | None = None) -> DeviceStatus:
    with database.write() as transaction:
        return knock(transaction, client, name=name, address=ADDRESS)


def _open(database: Database, duration_ms: int = MINUTE_MS) -> None:
    with database.write() as transaction:
        open_pairing(transaction, duration_ms)


def _status(database: Database, client: str = "c1") -> DeviceStatus | None:
    with database.read() as snapshot:
        return device_status(snapshot, device_id_of(client))


def test_a_new_phone_waits_until_staff_lets_it_in(database: Database, clock: AdjustableClock) -> None:
    assert _knock(database) is DeviceStatus.WAITING
    assert _knock(database) is DeviceStatus.WAITING
    approve(database, device_id_of("c1"), "window")
    assert _knock(database) is DeviceStatus.PAIRED
    with database.read() as snapshot:
        device = find_device(snapshot, device_id_of("c1"))
        last = recent_syncs(snapshot, 1)[0].entry
    assert device is not None
    assert (device.address, device.paired_at, device.last_sync_at) == (ADDRESS, clock.now_ms(), 0)
    assert (last.kind, last.channel, last.device_id, last.action) == (SyncKind.DEVICE, "window", device.id, "paired")


def test_while_the_door_is_open_new_and_waiting_phones_come_in(database: Database, clock: AdjustableClock) -> None:
    _knock(database, "early")
    _open(database)
    assert [_knock(database, client) for client in ("early", "new")] == [DeviceStatus.PAIRED] * 2
    clock.advance(MINUTE_MS)
    assert _knock(database, "late") is DeviceStatus.WAITING
    assert _knock(database, "new") is DeviceStatus.PAIRED


def test_the_door_can_be_closed_before_its_time(database: Database) -> None:
    _open(database)
    with database.write() as transaction:
        close_pairing(transaction)
    assert _knock(database) is DeviceStatus.WAITING


def test_a_clock_set_back_does_not_keep_the_door_open(database: Database, clock: AdjustableClock) -> None:
    _open(database)
    clock.jump(-24 * 60 * MINUTE_MS)
    with database.read() as snapshot:
        assert pairing_open_until(snapshot, clock.now_ms()) is None


@pytest.mark.parametrize("duration_ms", [0, -1, LONGEST_OPEN_MS + 1])
def test_the_door_is_not_left_open(database: Database, duration_ms: int) -> None:
    with pytest.raises(InvalidInput):
        _open(database, duration_ms)


@pytest.mark.parametrize(("decide", "status"), [(block, DeviceStatus.BLOCKED), (revoke, DeviceStatus.REVOKED)])
def test_who_was_sent_away_stays_away_even_while_the_door_is_open(
    database: Database, decide: type[object], status: DeviceStatus
) -> None:
    _knock(database)
    decide(database, device_id_of("c1"), "command")  # type: ignore[call-arg]
    _open(database)
    assert _knock(database) is status
    approve(database, device_id_of("c1"), "command")
    assert _knock(database) is DeviceStatus.PAIRED


def test_a_crowd_that_knocks_is_not_all_written_down(database: Database) -> None:
    for number in range(MOST_WAITING + 5):
        assert _knock(database, f"c{number}") is DeviceStatus.WAITING
    assert _status(database, f"c{MOST_WAITING - 1}") is DeviceStatus.WAITING
    assert _status(database, f"c{MOST_WAITING}") is None
    _open(database)
    assert _knock(database, "honest") is DeviceStatus.PAIRED


def test_a_phone_has_the_name_it_says_or_that_staff_gives_it(database: Database) -> None:
    _knock(database, name=" Ward\n 3\u202e " + "x" * 200)
    with database.read() as snapshot:
        device = find_device(snapshot, device_id_of("c1"))
    assert device is not None
    assert device.name is not None
    assert device.name.startswith("Ward 3 x")
    assert len(device.name) == LONGEST_NAME
    rename(database, device.id, "  Reception  desk ")
    with database.read() as snapshot:
        renamed = find_device(snapshot, device.id)
    assert renamed is not None
    assert renamed.name == "Reception desk"


def test_names_that_cannot_be_shown_are_refused(database: Database) -> None:
    _knock(database)
    for name in ("x" * (LONGEST_NAME + 1), "a\u0000b", "a\u202eb"):
        with pytest.raises(InvalidInput):
            rename(database, device_id_of("c1"), name)


@pytest.mark.parametrize("decide", [approve, block, revoke])
def test_nothing_can_be_decided_about_a_phone_that_never_came(database: Database, decide: type[object]) -> None:
    with pytest.raises(NotFound):
        decide(database, "hub-nobody", "command")  # type: ignore[call-arg]
