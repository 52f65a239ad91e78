from __future__ import annotations

import sys
from pathlib import Path

import pytest

from db.update_errors import UpdateFailed
from kiosk.update.other_program import said_by, self_tested, speaking, tried_out
from tests.updates import BROKEN, OBEDIENT, write_start


@pytest.fixture
def start(tmp_path: Path) -> Path:
    write_start(tmp_path / "start", OBEDIENT.replace("VERSION", "1.1.0"))
    return tmp_path / "start"


def test_a_program_that_is_well_and_the_right_one_passes(start: Path, tmp_path: Path) -> None:
    self_tested(start, "1.1.0")
    assert tried_out(start, tmp_path, "1.1.0")["ok"] is True


def test_one_that_calls_itself_otherwise_does_not(start: Path, tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed):
        self_tested(start, "1.2.0")
    with pytest.raises(UpdateFailed):
        tried_out(start, tmp_path, "1.2.0")


@pytest.mark.parametrize("text", [BROKEN, "print('[]')", "print('no')", "print('{}'); raise SystemExit(1)"])
def test_one_that_fails_or_says_nothing_of_use_does_not(tmp_path: Path, text: str) -> None:
    write_start(tmp_path / "start", text)
    with pytest.raises(UpdateFailed):
        said_by([str(tmp_path / "start")], 30)


def test_neither_does_one_that_hangs_or_cannot_be_started(tmp_path: Path) -> None:
    write_start(tmp_path / "start", "import threading; threading.Event().wait()")
    with pytest.raises(UpdateFailed):
        said_by([str(tmp_path / "start")], 0.2)
    with pytest.raises(UpdateFailed):
        said_by([str(tmp_path / "missing")], 30)


def test_where_there_is_one_for_commands_that_one_is_asked(start: Path) -> None:
    assert speaking(start) == start
    beside = start.with_name("start-cli")
    write_start(beside, OBEDIENT.replace("VERSION", "1.2.0"))
    assert speaking(start) == beside
    self_tested(start, "1.2.0")


def test_what_it_says_is_handed_on() -> None:
    assert said_by([sys.executable, "-c", "print('{\"a\": 1}')"], 30) == {"a": 1}
