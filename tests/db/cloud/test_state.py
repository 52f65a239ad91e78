"""How far the exchange is, and with which cloud; the key is shown to nobody."""

from __future__ import annotations

from db.cloud.state import (
    CloudAccess,
    CloudState,
    change_state,
    count_bytes,
    read_access,
    read_metering,
    read_state,
    write_access,
)
from db.database import Database
from db.settings import Setting, write_setting

ACCESS = CloudAccess("https://cloud.example.org", "hh_secret", "d", "hub-a", ("c",))


def test_a_connection_is_remembered_and_ended(database: Database) -> None:
    with database.write() as transaction:
        assert read_access(transaction) is None
        write_access(transaction, ACCESS)
        assert read_access(transaction) == ACCESS
        write_access(transaction, None)
        assert read_access(transaction) is None


def test_a_connection_does_not_show_its_key() -> None:
    assert "secret" not in repr(ACCESS)
    assert "secret" not in str(ACCESS)


def test_fields_of_the_state_change_one_by_one(database: Database) -> None:
    with database.write() as transaction:
        assert read_state(transaction) == CloudState()
        change_state(transaction, cursor_ms=5)
        assert change_state(transaction, is_paused=True) == CloudState(cursor_ms=5, is_paused=True)


def test_bytes_are_counted_by_day(database: Database) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.CLOUD_DAILY_BYTES, "100")
        count_bytes(transaction, "2026-11-25", 40)
        assert count_bytes(transaction, "2026-11-25", 2).used_bytes == 42
        today = read_metering(transaction, "2026-11-26")
    assert (today.limit_bytes, today.used_bytes) == (100, 0)
