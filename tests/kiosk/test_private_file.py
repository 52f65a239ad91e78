from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from kiosk.private_file import icacls_command, make_private_folder, write_private

posix_rights = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access lists")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix_rights
def test_a_private_file_is_readable_by_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        write_private(tmp_path / "secret", b"x")
    finally:
        os.umask(former)
    assert rights(tmp_path / "secret") == 0o600


@posix_rights
def test_a_new_version_of_a_file_that_was_open_to_all_is_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert rights(path) == 0o600
    assert path.read_bytes() == b"new"


def test_nothing_but_the_file_is_left_in_the_folder(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_when_the_new_version_cannot_take_its_place_the_temporary_file_goes_away(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    with pytest.raises(OSError):
        write_private(tmp_path / "secret", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@posix_rights
def test_a_new_folder_belongs_to_its_owner_alone_and_its_parents_are_made(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    assert rights(tmp_path / "a" / "b") == 0o700


@posix_rights
def test_a_folder_that_exists_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    make_private_folder(shared)
    assert rights(shared) == 0o755


def test_on_windows_inherited_rights_are_removed_and_a_folder_hands_its_own_on(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch()
    assert "/inheritance:r" in icacls_command(file, "CLINIC\\noor")
    assert "CLINIC\\noor:F" in icacls_command(file, "CLINIC\\noor")
    assert "CLINIC\\noor:(OI)(CI)F" in icacls_command(tmp_path, "CLINIC\\noor")
