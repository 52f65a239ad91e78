"""An older copy of the database file, put back by hand: no phone is left with what is lost (DESIGN §4)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.database import Database
from db.files import DATABASE_NAME
from db.pull_plan import Migration
from db.store import Store, open_store
from db.sync_log import SyncNote
from tests.db.caller import Caller, last_stamp, patient
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import KEY, delete_row, put_rows
from tests.fakes.clock import DAY_MS, HOUR_MS, AdjustableClock

PutBack = Callable[[], Database]


@pytest.fixture
def clinic(store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock) -> Iterator[tuple[Database, PutBack]]:
    """A database some days old whose file was copied once, and what puts the copy in its place again."""
    clock.advance(3 * DAY_MS)
    Caller(store.database).push_created("patients", patient("known"))
    store.close()
    copy = shutil.copy2(folder / DATABASE_NAME, tmp_path / "copy.db")
    clock.advance(HOUR_MS)
    opened = [open_store(folder, KEY, clock)]

    def put_back() -> Database:
        opened.pop().close()
        shutil.copy2(copy, folder / DATABASE_NAME)
        clock.advance(HOUR_MS)
        opened.append(open_store(folder, KEY, clock))
        return opened[0].database

    yield opened[0].database, put_back
    opened.pop().close()


def test_a_library_phone_that_pulled_what_was_lost_gets_everything_once(clinic: tuple[Database, PutBack]) -> None:
    database, put_back = clinic
    phone = Caller(database)
    phone.pull()
    Caller(database, "doctor").push_updated("patients", patient("known", phone="lost", updated_at=2_000))
    assert phone.pull().row("patients", "known")["phone"] == "lost"
    phone.database = put_back()
    again = phone.pull()
    assert again.notes == (SyncNote.UNKNOWN_MARK,)
    assert again.row("patients", "known")["phone"] == "0"
    quiet = phone.pull()
    assert (quiet.notes, quiet.changes) == ((), {})


def test_a_first_generation_phone_that_pulled_what_was_lost_gets_everything_once(
    clinic: tuple[Database, PutBack],
) -> None:
    database, put_back = clinic
    phone = Caller(database, schema=None)
    for _ in range(3):
        phone.sync_as_first_generation()
    Caller(database, "doctor").push_updated("patients", patient("known", phone="lost", updated_at=2_000))
    assert phone.sync_as_first_generation().row("patients", "known")["phone"] == "lost"
    phone.database = put_back()
    assert phone.sync_as_first_generation().row("patients", "known")["phone"] == "0"
    assert phone.sync_as_first_generation().changes == {}


def test_a_phone_that_pulled_before_the_copy_was_made_goes_on_where_it_was(
    store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    clock.advance(3 * DAY_MS)
    phones = [Caller(store.database), Caller(store.database, schema=None)]
    for phone in phones:
        phone.pull()
    store.close()
    copy = shutil.copy2(folder / DATABASE_NAME, tmp_path / "copy.db")
    later = open_store(folder, KEY, clock)
    Caller(later.database, "doctor").push_created("patients", patient("lost"))
    later.close()
    shutil.copy2(copy, folder / DATABASE_NAME)
    again = open_store(folder, KEY, clock)
    Caller(again.database, "doctor").push_created("patients", patient("new"))
    for phone in phones:
        phone.database = again.database
        pulled = phone.pull()
        assert pulled.notes == ()
        assert pulled.ids("patients", "created") == ["new"]
    again.close()


def test_what_a_phone_still_has_to_push_is_taken_by_the_older_database(clinic: tuple[Database, PutBack]) -> None:
    database, put_back = clinic
    phone = Caller(database)
    phone.pull()
    phone.push_created("patients", patient("lost"))
    restored = phone.database = put_back()
    other = Caller(restored, "doctor")
    other.pull()
    phone.pull()
    phone.push_created("patients", patient("p2"))
    phone.push_updated("patients", patient("known", phone="1", _changed="phone", updated_at=3_000))
    pulled = other.pull()
    assert pulled.ids("patients", "created") == ["p2"]
    assert pulled.row("patients", "known")["phone"] == "1"


def test_no_mark_of_the_lost_part_is_given_again(clinic: tuple[Database, PutBack]) -> None:
    database, put_back = clinic
    lost = {Caller(database).pull().mark for _ in range(5)}
    highest = last_stamp(database)
    restored = put_back()
    assert {Caller(restored).pull().mark for _ in range(5)}.isdisjoint(lost)
    assert last_stamp(restored) > highest


@pytest.mark.parametrize("schema", [9, None], ids=["library", "first generation"])
def test_what_is_deleted_while_a_phone_is_away_is_deleted_on_it_too(
    clinic: tuple[Database, PutBack], schema: int | None
) -> None:
    database, put_back = clinic
    phone = Caller(database, schema=schema)
    phone.pull()
    restored = phone.database = put_back()
    delete_row(restored, "patients", "known")
    assert phone.pull().ids("patients", "deleted") == ["known"]


def test_deletions_that_a_first_generation_phone_may_not_have_read_come_again_as_objects(
    clinic: tuple[Database, PutBack],
) -> None:
    database, put_back = clinic
    phone = Caller(database, schema=None)
    for _ in range(3):
        phone.sync_as_first_generation()
    restored = phone.database = put_back()
    delete_row(restored, "patients", "known")
    sent = [phone.sync_as_first_generation().changes["patients"]["deleted"] for _ in range(2)]
    assert sent == [["known"], [{"id": "known"}]]


def test_an_upgraded_app_is_sent_each_row_once(clinic: tuple[Database, PutBack]) -> None:
    database, put_back = clinic
    phone = Caller(database)
    phone.pull()
    phone.database = put_back()
    put_rows(phone.database, "events", [{"id": "e1", "recorded_by_user_id": "u1"}])
    migration = Migration(frozenset({"drug_catalogue"}), {"events": ("recorded_by_user_id",)})
    pulled = phone.pull(migration=migration)
    assert pulled.ids("events", "created") + pulled.ids("events", "updated") == ["e1"]


def test_a_phone_of_the_channel_that_pulled_what_was_lost_is_as_the_server_again(
    clinic: tuple[Database, PutBack],
) -> None:
    database, put_back = clinic
    phone = HoldingPhone(database, "nurse", "tablet")
    phone.pull()
    Caller(database, "doctor").push_updated("patients", patient("known", phone="lost", updated_at=2_000))
    phone.pull()
    assert phone.rows["patients", "known"]["phone"] == "lost"
    phone.database = put_back()
    assert phone.pull().notes == (SyncNote.UNKNOWN_MARK,)
    assert phone.rows["patients", "known"]["phone"] == "0"
    quiet = phone.pull()
    assert (quiet.notes, quiet.changes) == ((), {})


def test_a_phone_of_the_channel_that_the_older_file_does_not_know_gets_everything(
    clinic: tuple[Database, PutBack],
) -> None:
    database, put_back = clinic
    phone = HoldingPhone(database, "nurse", "tablet")
    for _ in range(2):
        phone.pull()
    phone.rows.clear()  # what matters is that all comes
    phone.database = put_back()
    delete_row(phone.database, "patients", "known")
    Caller(phone.database, "doctor").push_created("patients", patient("new"))
    pulled = phone.pull()
    assert (pulled.ids("patients", "created"), pulled.ids("patients", "deleted")) == (["new"], ["known"])


def test_a_phone_whose_mark_is_above_the_ceiling_is_told_from_those_of_this_file(
    clinic: tuple[Database, PutBack], clock: AdjustableClock
) -> None:
    """The ceiling was of another computer, whose clock was behind the one that gave the mark (ADR 9)."""
    database, put_back = clinic
    Caller(database).pull()
    restored = put_back()
    lost = last_stamp(restored) + HOUR_MS
    clock.advance(DAY_MS)
    Caller(restored, "doctor").push_created("patients", patient("later"))
    assert last_stamp(restored) > lost
    phone = Caller(restored)
    pulled = phone.pull(mark=lost)
    assert pulled.notes == (SyncNote.UNKNOWN_MARK,)
    assert pulled.ids("patients", "created") == ["known", "later"]
