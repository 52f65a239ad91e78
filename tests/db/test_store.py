"""A data folder opens with its key, notices what happened while it was closed, and a refusal never harms it."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.database import Database
from db.errors import DatabaseDamaged, HubError, NewerDatabase, WrongKey
from db.files import CEILING_NAME, DATABASE_NAME, UNCLEAN_NAME
from db.marks import resolve_since
from db.schema import SERVER_CLOCK, TIMELINE_GAPS
from db.settings import Setting, read_setting
from db.stamps import StampCeiling, is_of_this_timeline
from db.store import Store, can_open, check, open_database, open_store
from tests.db.rows import KEY, OTHER_KEY, put_rows, row_of
from tests.fakes.clock import DAY_MS, HOUR_MS, AdjustableClock

PATIENT = {"id": "p1", "given_name": "Ada"}
PAGE = 4096


def _identity(store: Store) -> tuple[str | None, str | None]:
    with store.database.read() as snapshot:
        return read_setting(snapshot, Setting.SERVER_ID), read_setting(snapshot, Setting.TOKEN_KEY)


def _gaps(database: Database) -> list[tuple[int, int]]:
    with database.read() as snapshot:
        return [tuple(row) for row in snapshot.rows(sa.select(TIMELINE_GAPS))]


def _last_stamp(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))


def _take_stamp(database: Database) -> int:
    with database.write() as transaction:
        return transaction.stamp


def _crash(store: Store, to: Path) -> Path:
    """What is on the disk at this moment, as after a loss of power."""
    shutil.copytree(store.folder, to)
    return to


def _fill(database: Database) -> None:
    notes = "x" * 500
    put_rows(database, "patients", ({"id": f"p{number}", "notes": notes} for number in range(600)))


def _flip(path: Path, offset: int) -> bytes:
    content = bytearray(path.read_bytes())
    for place in range(offset, offset + 64):
        content[place] ^= 0xFF
    path.write_bytes(content)
    return bytes(content)


def test_a_folder_made_by_a_command_has_its_identity_before_it_ever_serves(
    folder: Path, clock: AdjustableClock
) -> None:
    database = open_database(folder, KEY, clock)
    with database.read() as snapshot:
        made = read_setting(snapshot, Setting.SERVER_ID), read_setting(snapshot, Setting.TOKEN_KEY)
    database.close()
    assert None not in made
    store = open_store(folder, KEY, clock)
    assert _identity(store) == made
    store.close()


def test_a_new_folder_gets_an_identity_that_lasts(folder: Path, clock: AdjustableClock) -> None:
    store = open_store(folder, KEY, clock)
    made = _identity(store)
    store.close()
    assert made[0] is not None
    assert str(uuid.UUID(made[0])) == made[0]
    assert made[1] is not None
    assert len(bytes.fromhex(made[1])) == 32
    again = open_store(folder, KEY, clock)
    assert _identity(again) == made
    again.close()


def test_two_folders_are_two_servers(tmp_path: Path, clock: AdjustableClock) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store = open_store(tmp_path / name, KEY, clock)
        made.append(_identity(store))
        store.close()
    assert made[0][0] != made[1][0]
    assert made[0][1] != made[1][1]


def test_records_are_there_after_a_restart(store: Store, folder: Path, clock: AdjustableClock) -> None:
    put_rows(store.database, "patients", [PATIENT])
    store.close()
    again = open_store(folder, KEY, clock)
    assert row_of(again.database, "patients", "p1") == PATIENT
    assert not again.was_unclean
    again.close()


def test_a_clean_stop_leaves_the_file_alone_in_the_folder(store: Store, folder: Path) -> None:
    put_rows(store.database, "patients", [PATIENT])
    store.close()
    assert {path.name for path in folder.iterdir()} == {DATABASE_NAME, CEILING_NAME}


def test_a_wrong_key_is_refused_and_changes_nothing(store: Store, folder: Path, clock: AdjustableClock) -> None:
    put_rows(store.database, "patients", [PATIENT])
    store.close()
    before = (folder / DATABASE_NAME).read_bytes()
    with pytest.raises(WrongKey) as refused:
        open_store(folder, OTHER_KEY, clock)
    assert KEY.hex() not in str(refused.value)
    assert OTHER_KEY.hex() not in str(refused.value)
    assert (folder / DATABASE_NAME).read_bytes() == before
    assert not (folder / UNCLEAN_NAME).exists()
    again = open_store(folder, KEY, clock)
    assert row_of(again.database, "patients", "p1") == PATIENT
    again.close()


def test_whether_a_key_fits_can_be_asked(store: Store, folder: Path, clock: AdjustableClock) -> None:
    store.close()
    assert can_open(folder, KEY, clock)
    assert not can_open(folder, OTHER_KEY, clock)


def test_a_file_that_is_no_database_is_refused_and_left_alone(folder: Path, clock: AdjustableClock) -> None:
    content = b"holiday pictures" * 1000
    (folder / DATABASE_NAME).write_bytes(content)
    with pytest.raises(WrongKey):
        open_store(folder, KEY, clock)
    assert (folder / DATABASE_NAME).read_bytes() == content
    assert not can_open(folder, KEY, clock)


def test_the_marker_is_there_while_the_store_is_open(store: Store, folder: Path, clock: AdjustableClock) -> None:
    assert (folder / UNCLEAN_NAME).exists()
    assert not store.was_unclean
    store.close()
    assert not (folder / UNCLEAN_NAME).exists()


def test_a_stop_that_was_not_in_order_is_noticed_once(store: Store, tmp_path: Path, clock: AdjustableClock) -> None:
    put_rows(store.database, "patients", [PATIENT])
    left = _crash(store, tmp_path / "left")
    again = open_store(left, KEY, clock)
    assert again.was_unclean
    assert row_of(again.database, "patients", "p1") == PATIENT  # it was still in the write-ahead log
    again.close()
    third = open_store(left, KEY, clock)
    assert not third.was_unclean
    third.close()


def test_a_refused_start_keeps_the_marker(store: Store, tmp_path: Path, clock: AdjustableClock) -> None:
    left = _crash(store, tmp_path / "left")
    with pytest.raises(WrongKey):
        open_store(left, OTHER_KEY, clock)
    assert (left / UNCLEAN_NAME).exists()


def test_a_command_beside_the_server_neither_makes_nor_takes_the_marker(
    store: Store, folder: Path, clock: AdjustableClock
) -> None:
    beside = open_database(folder, KEY, clock)
    put_rows(beside, "patients", [PATIENT])
    beside.close()
    assert (folder / UNCLEAN_NAME).exists()
    assert row_of(store.database, "patients", "p1") == PATIENT
    assert _gaps(store.database) == []
    store.close()
    open_database(folder, KEY, clock).close()
    assert not (folder / UNCLEAN_NAME).exists()


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_a_damaged_file_is_found_after_an_unclean_stop_and_left_alone(
    store: Store, tmp_path: Path, folder: Path, clock: AdjustableClock, part: float
) -> None:
    _fill(store.database)
    store.close()
    (folder / UNCLEAN_NAME).touch()
    path = folder / DATABASE_NAME
    pages = path.stat().st_size // PAGE
    damaged = _flip(path, int(pages * part) * PAGE + 700)
    with pytest.raises(DatabaseDamaged):
        open_store(folder, KEY, clock)
    assert path.read_bytes() == damaged
    assert (folder / UNCLEAN_NAME).exists()


def test_a_file_cut_short_is_found_after_an_unclean_stop(store: Store, folder: Path, clock: AdjustableClock) -> None:
    _fill(store.database)
    store.close()
    (folder / UNCLEAN_NAME).touch()
    path = folder / DATABASE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // PAGE // 2 * PAGE])
    with pytest.raises(DatabaseDamaged):
        open_store(folder, KEY, clock)


def test_an_emptied_file_is_not_taken_for_a_new_one(store: Store, folder: Path, clock: AdjustableClock) -> None:
    _take_stamp(store.database)
    store.close()
    (folder / DATABASE_NAME).write_bytes(b"")
    with pytest.raises(DatabaseDamaged):
        open_store(folder, KEY, clock)


def test_a_file_whose_making_was_interrupted_is_made_again(folder: Path, clock: AdjustableClock) -> None:
    (folder / DATABASE_NAME).write_bytes(b"")
    assert can_open(folder, KEY, clock)
    store = open_store(folder, KEY, clock)
    assert _identity(store)[0]
    store.close()


def test_a_sound_file_passes_the_check(database: Database) -> None:
    _fill(database)
    check(database)


def test_a_refused_start_lets_go_of_the_file(store: Store, folder: Path, clock: AdjustableClock) -> None:
    store.close()
    with pytest.raises(HubError):
        open_store(folder, OTHER_KEY, clock)
    (folder / DATABASE_NAME).rename(folder / "moved")  # Windows refuses this while anybody has it open
    assert not list(folder.glob(f"{DATABASE_NAME}-*"))


def test_an_older_copy_put_back_by_hand_never_gives_a_stamp_twice(
    store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    put_rows(store.database, "patients", [PATIENT])
    store.close()
    kept = tmp_path / "kept.db"
    shutil.copy2(folder / DATABASE_NAME, kept)
    at_copy = open_store(folder, KEY, clock)
    shared = _last_stamp(at_copy.database)
    clock.advance(DAY_MS)
    lost = _take_stamp(at_copy.database)
    at_copy.close()
    shutil.copy2(kept, folder / DATABASE_NAME)
    clock.jump(-2 * DAY_MS)  # not even when the clock is wrong as well

    restored = open_store(folder, KEY, clock)
    assert _gaps(restored.database) == [(shared, lost)]
    assert _take_stamp(restored.database) > lost
    with restored.database.read() as snapshot:
        assert is_of_this_timeline(snapshot, shared)
        assert not is_of_this_timeline(snapshot, lost)
        assert resolve_since(snapshot, lost, "nurse").is_foreign
        assert resolve_since(snapshot, lost - HOUR_MS, "nurse").is_foreign
    restored.close()


def test_a_gap_is_recorded_once(store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock) -> None:
    store.close()
    kept = tmp_path / "kept.db"
    shutil.copy2(folder / DATABASE_NAME, kept)
    later = open_store(folder, KEY, clock)
    clock.advance(DAY_MS)
    _take_stamp(later.database)
    later.close()
    shutil.copy2(kept, folder / DATABASE_NAME)
    for _ in range(3):
        restored = open_store(folder, KEY, clock)
        assert len(_gaps(restored.database)) == 1
        restored.close()


def test_an_older_copy_is_noticed_by_a_command_too(
    store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    store.close()
    kept = tmp_path / "kept.db"
    shutil.copy2(folder / DATABASE_NAME, kept)
    later = open_store(folder, KEY, clock)
    clock.advance(DAY_MS)
    lost = _take_stamp(later.database)
    later.close()
    shutil.copy2(kept, folder / DATABASE_NAME)
    clock.jump(-DAY_MS)
    beside = open_database(folder, KEY, clock)
    assert _take_stamp(beside) > lost
    beside.close()


def test_after_a_crash_stamps_go_on_above_everything_reserved(
    store: Store, tmp_path: Path, clock: AdjustableClock
) -> None:
    last = _take_stamp(store.database)
    left = _crash(store, tmp_path / "left")
    reserved = StampCeiling(left / CEILING_NAME).read()
    assert reserved >= last
    again = open_store(left, KEY, clock)
    assert _take_stamp(again.database) > reserved
    again.close()


def test_clean_restarts_leave_no_gap(store: Store, folder: Path, clock: AdjustableClock) -> None:
    _take_stamp(store.database)
    store.close()
    for _ in range(2):
        again = open_store(folder, KEY, clock)
        _take_stamp(again.database)
        assert _gaps(again.database) == []
        again.close()


def test_a_file_of_a_later_release_is_refused(store: Store, folder: Path, clock: AdjustableClock) -> None:
    with store.database.write() as transaction:
        transaction.run(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(NewerDatabase):
        open_store(folder, KEY, clock)
    assert not (folder / UNCLEAN_NAME).exists()
