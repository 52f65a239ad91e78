"""The form of a backup: it says what it is, says nothing of patients, and any change in it is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from db.backup_file import (
    BackupInfo,
    Contents,
    append_description,
    check_pages,
    checksum,
    copy_pages,
    read_description,
)
from db.errors import BackupDamaged, NewerDatabase
from tests.db.backups import RECOVERY, WAYS_TO_BREAK

PAGES = bytes(range(256)) * 16 * 700  # more than is read at once
CONTENTS = Contents("server", "عيادة الشمال", "0004", 17, {"patients": 3})


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    path = tmp_path / "a.hikma-backup"
    path.write_bytes(PAGES)
    append_description(path, BackupInfo(CONTENTS, 5, len(PAGES), checksum(path, len(PAGES)), RECOVERY))
    return path


def proved(path: Path) -> BackupInfo:
    info = read_description(path)
    check_pages(path, info)
    return info


def test_a_backup_says_what_it_is(backup: Path) -> None:
    info = proved(backup)
    assert (info.contents, info.created_at, info.recovery) == (CONTENTS, 5, RECOVERY)
    assert info.database_bytes == len(PAGES)


def test_the_pages_come_first_and_come_out_again(backup: Path, tmp_path: Path) -> None:
    assert backup.read_bytes().startswith(PAGES)
    parts: list[float] = []
    copy_pages(backup, read_description(backup), tmp_path / "pages", progress=parts.append)
    assert (tmp_path / "pages").read_bytes() == PAGES
    assert parts == sorted(parts)
    assert len(parts) > 1
    assert parts[-1] == 1.0


@pytest.mark.parametrize("way", WAYS_TO_BREAK)
def test_a_broken_one_is_told_without_any_key(backup: Path, way: str, tmp_path: Path) -> None:
    backup.write_bytes(WAYS_TO_BREAK[way](backup.read_bytes()))
    with pytest.raises(BackupDamaged):
        proved(backup)
    with pytest.raises(BackupDamaged):
        copy_pages(backup, read_description(backup), tmp_path / "pages")


def test_every_byte_counts(tmp_path: Path) -> None:
    path = tmp_path / "small"
    path.write_bytes(b"pages")
    append_description(path, BackupInfo(CONTENTS, 5, 5, checksum(path, 5), None))
    content = path.read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x20
        path.write_bytes(changed)
        with pytest.raises(BackupDamaged):
            proved(path)
    path.write_bytes(content)
    proved(path)


def test_a_form_of_a_later_release_asks_for_the_newest_program(tmp_path: Path) -> None:
    path = tmp_path / "later"
    path.write_bytes(PAGES)
    info = BackupInfo(CONTENTS, 5, len(PAGES), checksum(path, len(PAGES)), None)
    append_description(path, msgspec.structs.replace(info, format=2))
    with pytest.raises(NewerDatabase):
        read_description(path)


def test_fewer_bytes_than_promised_have_no_checksum(backup: Path) -> None:
    with pytest.raises(BackupDamaged):
        checksum(backup, backup.stat().st_size + 1)


def test_later_records_make_a_later_backup_whatever_the_clock_says(backup: Path) -> None:
    info = read_description(backup)
    later = msgspec.structs.replace(info, contents=msgspec.structs.replace(CONTENTS, last_stamp=18), created_at=1)
    assert later.order > info.order
