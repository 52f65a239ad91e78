"""Files and names reach the disk, and a move replaces in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.durability import move, sync_file, sync_folder


def test_a_file_and_a_folder_can_be_put_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    sync_file(tmp_path / "a")
    sync_folder(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"content"


def test_what_is_not_there_cannot(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        sync_file(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_a_move_replaces_what_has_the_name(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    move(tmp_path / "new", tmp_path / "old")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old", b"new")]


def test_a_folder_moves_with_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a").touch()
    move(tmp_path / "one", tmp_path / "two")
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["a"]


def test_a_move_of_nothing_is_an_error_and_leaves_the_target(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        move(tmp_path / "missing", tmp_path / "old")
    assert (tmp_path / "old").read_bytes() == b"old"
