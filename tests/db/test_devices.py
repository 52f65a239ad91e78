"""The phones that this computer knows, and which of them are worth showing."""

from __future__ import annotations

from db.database import Database
from db.devices import AppGeneration, Device, DeviceStatus, count_traffic, find_device, recent_devices, remember_device
from tests.db.rows import put_rows
from tests.fakes.clock import START_MS, AdjustableClock

ADDRESS = "192.0.2.7"
MINUTE_MS = 60_000


def _see(
    database: Database,
    device_id: str,
    *,
    user: str = "u1",
    address: str = ADDRESS,
    generation: AppGeneration = AppGeneration.UNKNOWN,
) -> None:
    with database.write() as transaction:
        remember_device(transaction, device_id, user_id=user, address=address, generation=generation)


def _count(database: Database, device_id: str, **traffic: int) -> None:
    with database.write() as transaction:
        count_traffic(transaction, device_id, **traffic)


def _find(database: Database, device_id: str) -> Device:
    with database.read() as snapshot:
        found = find_device(snapshot, device_id)
    assert found is not None
    return found


def _shown(database: Database, count: int = 10) -> list[str]:
    with database.read() as snapshot:
        return [device.id for device in recent_devices(snapshot, count)]


def test_a_device_that_was_never_seen_is_not_found(database: Database) -> None:
    with database.read() as snapshot:
        assert find_device(snapshot, "stranger") is None


def test_a_new_device_has_sent_and_received_nothing(database: Database) -> None:
    _see(database, "d1")
    assert _find(database, "d1") == Device(
        id="d1",
        name=None,
        user_id="u1",
        address=ADDRESS,
        app_generation=AppGeneration.UNKNOWN,
        status=DeviceStatus.SYNCED,
        first_sync_at=START_MS,
        last_sync_at=START_MS,
        records_received=0,
        records_sent=0,
        seen_at=None,
        paired_at=None,
    )


def test_a_device_that_comes_back_keeps_its_first_day(database: Database, clock: AdjustableClock) -> None:
    _see(database, "d1")
    clock.advance(MINUTE_MS)
    _see(database, "d1", user="u2", address="192.0.2.8")
    found = _find(database, "d1")
    assert (found.first_sync_at, found.last_sync_at) == (START_MS, START_MS + MINUTE_MS)
    assert (found.user_id, found.address) == ("u2", "192.0.2.8")


def test_what_a_device_has_shown_itself_to_be_stays(database: Database) -> None:
    _see(database, "d1")
    _see(database, "d1", generation=AppGeneration.FIRST)
    _see(database, "d1")
    assert _find(database, "d1").app_generation is AppGeneration.FIRST


def test_an_app_that_was_renewed_is_seen_as_what_it_is_now(database: Database) -> None:
    _see(database, "d1", generation=AppGeneration.FIRST)
    _see(database, "d1", generation=AppGeneration.LATER)
    assert _find(database, "d1").app_generation is AppGeneration.LATER


def test_traffic_adds_up(database: Database) -> None:
    _see(database, "d1")
    _count(database, "d1", received=3)
    _count(database, "d1", received=2, sent=7)
    found = _find(database, "d1")
    assert (found.records_received, found.records_sent) == (5, 7)


def test_traffic_of_an_unknown_device_is_nobodys(database: Database) -> None:
    _see(database, "d1")
    _count(database, "d2", received=3)
    assert _shown(database) == ["d1"]
    assert _find(database, "d1").records_received == 0


def test_devices_are_shown_by_when_they_synced_last(database: Database, clock: AdjustableClock) -> None:
    for device, user in (("a", "u1"), ("b", "u2"), ("c", "u3"), ("a", "u1")):
        _see(database, device, user=user)
        clock.advance(MINUTE_MS)
    assert _shown(database) == ["a", "c", "b"]
    assert _shown(database, 2) == ["a", "c"]


def test_devices_are_shown_with_their_users_names(database: Database) -> None:
    put_rows(database, "users", [{"id": "u1", "name": "Nur"}])
    _see(database, "a")
    _see(database, "b", user="gone")
    with database.read() as snapshot:
        assert {device.id: device.user_name for device in recent_devices(snapshot, 5)} == {"a": "Nur", "b": None}


def test_a_first_pull_whose_answer_was_lost_is_hidden_once_the_phone_tries_again(
    database: Database, clock: AdjustableClock
) -> None:
    _see(database, "lost")
    assert _shown(database) == ["lost"]
    clock.advance(MINUTE_MS)
    _see(database, "second try")
    assert _shown(database) == ["second try"]


def test_a_phone_that_sent_records_is_shown_although_another_came_after_it(
    database: Database, clock: AdjustableClock
) -> None:
    _see(database, "pushed")
    _count(database, "pushed", received=1)
    clock.advance(MINUTE_MS)
    _see(database, "next")
    assert _shown(database) == ["next", "pushed"]


def test_a_phone_that_came_back_is_shown_although_another_came_after_it(
    database: Database, clock: AdjustableClock
) -> None:
    _see(database, "regular")
    clock.advance(MINUTE_MS)
    _see(database, "next")
    clock.advance(MINUTE_MS)
    _see(database, "regular")
    assert _shown(database) == ["regular", "next"]


def test_only_the_same_user_at_the_same_address_replaces_a_lost_first_pull(
    database: Database, clock: AdjustableClock
) -> None:
    _see(database, "lost")
    clock.advance(MINUTE_MS)
    _see(database, "other user", user="u2")
    _see(database, "other address", address="192.0.2.9")
    assert "lost" in _shown(database)
