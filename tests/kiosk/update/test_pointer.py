from __future__ import annotations

from pathlib import Path

import pytest

from db.files import INCOMING_NAME
from kiosk.update.pointer import (
    POINTER_NAME,
    PROGRAM_FOLDER,
    Pointer,
    Program,
    count_start,
    newer_program,
    read_pointer,
)
from tests.updates import NEXT

POINTER = Pointer(Program("1.1.0", "program/1.1.0/start"), Program("1.0.0", ""), 7, is_proved=False)


def test_a_pointer_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_pointer(tmp_path) is None
    (tmp_path / POINTER_NAME).write_bytes(POINTER.encode())
    assert read_pointer(tmp_path) == POINTER


def test_one_in_an_exchange_that_was_decided_is_in_force(tmp_path: Path) -> None:
    (tmp_path / POINTER_NAME).write_bytes(POINTER.encode())
    decided = Pointer(Program("1.2.0", "a"), Program("1.1.0", "b"), 8, is_proved=False)
    (tmp_path / INCOMING_NAME).mkdir()
    (tmp_path / INCOMING_NAME / POINTER_NAME).write_bytes(decided.encode())
    assert read_pointer(tmp_path) == decided


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"program": 1, "previous": 2}', b"\xff"])
def test_what_cannot_be_read_points_to_the_installed_program(tmp_path: Path, content: bytes) -> None:
    (tmp_path / POINTER_NAME).write_bytes(content)
    assert read_pointer(tmp_path) is None


def test_a_newer_program_is_told_only_when_it_has_served_and_is_there(tmp_path: Path) -> None:
    start = tmp_path / "start"
    for version, is_proved, is_there, expected in (
        (NEXT, True, True, True),
        (NEXT, False, True, False),
        (NEXT, True, False, False),
        ("0.0.1", True, True, False),
        ("new", True, True, False),
    ):
        pointer = Pointer(Program(version, "start"), Program("0.0.1", ""), 7, is_proved)
        (tmp_path / POINTER_NAME).write_bytes(pointer.encode())
        start.touch() if is_there else start.unlink(missing_ok=True)
        assert (newer_program(tmp_path) == pointer) is expected


def test_starts_are_counted_where_that_can_be_noted(tmp_path: Path) -> None:
    assert count_start(tmp_path) == 0
    (tmp_path / PROGRAM_FOLDER).mkdir()
    assert [count_start(tmp_path) for _ in range(3)] == [0, 1, 2]
