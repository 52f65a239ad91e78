"""A disk that takes nothing is told until it takes something again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from db.database import Database
from db.errors import StorageFailed
from db.settings import Setting, read_setting, write_setting
from kiosk.storage_watch import SCRATCH_NAME, TRY_AGAIN_S, StorageWatch, has_room
from tests.db.rows import put_rows


def fail_to_write(database: Database) -> None:
    """A page limit is how SQLite is made to find a full disk."""
    with database.write() as transaction:
        pages = transaction.connection.exec_driver_sql("PRAGMA page_count").scalar()
        transaction.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    try:
        put_rows(database, "patients", [{"id": f"p{n}", "given_name": "x" * 10_000} for n in range(50)])
    except StorageFailed:
        return
    raise AssertionError("there was room")


def test_nothing_is_wrong_until_a_write_fails_and_again_after_one_went_well(database: Database) -> None:
    begun: list[Callable[[], None]] = []
    now = [0.0]
    watch = StorageWatch(database, begun.append, lambda: now[0])
    assert (watch.trouble(), begun) == (None, [])
    fail_to_write(database)
    assert watch.trouble() == "disk_full"
    assert watch.trouble() == "disk_full"
    assert len(begun) == 1
    now[0] += TRY_AGAIN_S
    watch.trouble()
    assert len(begun) == 2


def test_the_try_changes_nothing_and_finds_that_there_is_room(database: Database) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_ID, "hub-1")
    watch = StorageWatch(database, lambda work: work())
    fail_to_write(database)
    assert watch.trouble() == "disk_full"
    assert watch.trouble() is None
    with database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_ID) == "hub-1"
    assert not (database.path.parent / SCRATCH_NAME).exists()


def test_a_small_write_that_goes_well_says_nothing_about_room(database: Database) -> None:
    begun: list[Callable[[], None]] = []
    watch = StorageWatch(database, begun.append)
    fail_to_write(database)
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_ID, "hub-1")
    assert watch.trouble() == "disk_full"


def test_a_place_that_takes_nothing_has_no_room(tmp_path: Path) -> None:
    assert has_room(tmp_path)
    assert not has_room(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []
