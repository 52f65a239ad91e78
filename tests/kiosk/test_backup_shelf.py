"""A folder of backups, perhaps on a shared stick: names, copies, and nothing removed that is not ours to remove."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db.backup import verify_backup
from db.errors import AlreadyExists, BackupDamaged, BackupPlaceFailed, BackupStopped
from kiosk.backup_shelf import DAY_MS, LATEST_MS, Shelf, moment
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, opened_clinic


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


def server_id(shelf: Shelf) -> str:
    info = shelf.backups()[0].info
    assert info is not None
    return info.contents.server_id


def fill(shelf: Shelf, clinic: OpenClinic, days: int) -> None:
    for _ in range(days):
        clinic.add_patients(f"p{clinic.clock.now_ms()}")
        clinic.back_up(shelf.new_file("North", clinic.clock.now_ms()))
        clinic.clock.advance(DAY_MS)


def test_a_name_says_whose_backup_it_is_and_of_when(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "new")
    at = AdjustableClock().now_ms()
    first = shelf.new_file("North Clinic", at)
    assert first.parent == tmp_path / "new"
    assert first.name == f"North Clinic {moment(at):%Y-%m-%d %H-%M-%S}.hikma-backup"
    first.touch()
    assert shelf.new_file("North Clinic", at).name.endswith(" (2).hikma-backup")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("عيادة الشمال", "عيادة الشمال 2"),
        ("", "Hikma 2"),
        (" .. ", "Hikma 2"),
        ("../../etc/passwd", "etc passwd 2"),
        ('a:b*c?"<>|\\/\x00\n', "a b c 2"),
        ("x" * 300, "x" * 60 + " 2"),
    ],
)
def test_any_name_of_a_server_makes_a_name_of_a_file(tmp_path: Path, name: str, begins: str) -> None:
    path = Shelf(tmp_path).new_file(name, AdjustableClock().now_ms())
    assert path.parent == tmp_path
    assert path.name.startswith(begins)
    path.touch()


@pytest.mark.parametrize("at", [-(10**15), 0, LATEST_MS, 10**18])
def test_a_clock_may_say_anything(tmp_path: Path, at: int) -> None:
    Shelf(tmp_path).new_file("North", at).touch()


def test_what_is_there_is_listed_newest_first_and_what_cannot_be_read_last(shelf: Shelf, clinic: OpenClinic) -> None:
    fill(shelf, clinic, 3)
    (shelf.folder / "a.hikma-backup").write_bytes(b"broken")
    (shelf.folder / "holiday.jpg").touch()
    (shelf.folder / ".a.hikma-backup.1234.part").touch()
    found = shelf.backups()
    assert [backup.info is not None for backup in found] == [True, True, True, False]
    stamps = [backup.info.contents.last_stamp for backup in found if backup.info]
    assert stamps == sorted(stamps, reverse=True)
    assert shelf.newest(server_id(shelf)) == found[0]
    assert shelf.newest("another server") is None


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert Shelf(tmp_path / "missing").backups() == []
    assert Shelf(tmp_path / "missing").thin_out("any", 0) == []


def test_a_copy_is_whole_and_has_the_same_name(shelf: Shelf, clinic: OpenClinic, tmp_path: Path) -> None:
    original = tmp_path / "a.hikma-backup"
    clinic.back_up(original)
    parts: list[float] = []
    copy = shelf.take(original, progress=parts.append)
    assert copy == shelf.folder / original.name
    assert copy.read_bytes() == original.read_bytes()
    verify_backup(copy, clinic.key)
    assert parts[-1] == 1.0
    with pytest.raises(AlreadyExists):
        shelf.take(original)


def test_a_stick_that_is_not_there_is_told_and_not_made(clinic: OpenClinic, tmp_path: Path) -> None:
    original = tmp_path / "a.hikma-backup"
    clinic.back_up(original)
    with pytest.raises(BackupPlaceFailed):
        Shelf(tmp_path / "stick").take(original)
    assert not (tmp_path / "stick").exists()


def test_a_copy_that_is_given_up_or_damaged_leaves_nothing(shelf: Shelf, clinic: OpenClinic, tmp_path: Path) -> None:
    original = tmp_path / "a.hikma-backup"
    clinic.back_up(original)

    def stop(part: float) -> None:
        raise BackupStopped

    with pytest.raises(BackupStopped):
        shelf.take(original, progress=stop)
    original.write_bytes(original.read_bytes()[:-1])
    with pytest.raises(BackupDamaged):
        shelf.take(original)
    assert list(shelf.folder.iterdir()) == []


def test_old_ones_are_thinned_out_and_the_newest_stay(shelf: Shelf, clinic: OpenClinic) -> None:
    fill(shelf, clinic, 12)
    before = shelf.backups()
    removed = shelf.thin_out(server_id(shelf), clinic.clock.now_ms())
    after = shelf.backups()
    assert removed
    assert after[:7] == before[:7]
    assert {backup.path for backup in after} == {backup.path for backup in before} - set(removed)
    assert shelf.thin_out(server_id(shelf), clinic.clock.now_ms()) == []


def test_only_whole_backups_of_the_same_server_are_removed(shelf: Shelf, clinic: OpenClinic, tmp_path: Path) -> None:
    other = opened_clinic(tmp_path / "other", AdjustableClock(), "South")
    fill(shelf, other, 10)
    other.store.database.close()
    theirs = shelf.backups()
    mine = [shelf.folder / name for name in ("holiday.jpg", "broken.hikma-backup")]
    for path in mine:
        path.write_bytes(b"mine")
    clinic.clock.advance(100 * DAY_MS)
    fill(shelf, clinic, 10)
    assert shelf.thin_out(server_id(shelf), clinic.clock.now_ms())
    assert all(path.exists() for path in (*mine, *(backup.path for backup in theirs)))


def test_parts_of_old_copies_are_cleared_and_those_being_written_are_not(shelf: Shelf, clinic: OpenClinic) -> None:
    clinic.back_up(shelf.new_file("North", clinic.clock.now_ms()))
    old, new = (shelf.folder / f".a.hikma-backup.{name}.part" for name in ("old", "new"))
    other = shelf.folder / ".mine.part"
    for path in (old, new, other):
        path.touch()
    now_s = clinic.clock.now_ms() / 1000
    os.utime(old, (now_s - 2 * DAY_MS / 1000,) * 2)
    os.utime(new, (now_s, now_s))
    shelf.thin_out(server_id(shelf), clinic.clock.now_ms())
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)
