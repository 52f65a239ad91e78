"""Which program a start ends up in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.launcher import chosen_program, folder_of
from kiosk.paths import data_folder
from kiosk.update.environment import HANDED_OVER
from kiosk.update.pointer import MOST_STARTS, POINTER_NAME, PROGRAM_FOLDER, Pointer, Program
from tests.e2e.server import PROJECT
from tests.updates import NEXT, environment, write_start

HERE = Program(__version__, "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a newer program in it."""
    root = tmp_path / "data"
    (root / PROGRAM_FOLDER).mkdir(parents=True)
    write_start(root / PROGRAM_FOLDER / "start", f"import sys; print({NEXT!r}, *sys.argv[1:]); sys.exit(7)")
    point(root)
    return root


def point(root: Path, version: str = NEXT, start: str = f"{PROGRAM_FOLDER}/start", *, is_proved: bool = True) -> None:
    (root / POINTER_NAME).write_bytes(Pointer(Program(version, start), HERE, 1, is_proved).encode())


def chosen(root: Path, *words: str) -> str | None:
    found = chosen_program(["--data-dir", str(root), *words])
    return found.version if found else None


def test_the_newer_program_runs_with_the_same_words(folder: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "--data-dir", str(folder), "status", "--json"]
    done = subprocess.run(command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (7, f"{NEXT} --data-dir {folder} status --json")


def test_without_one_this_program_runs(tmp_path: Path) -> None:
    assert chosen(tmp_path, "status") is None


def test_what_is_meant_for_this_very_copy_stays(folder: Path) -> None:
    assert chosen(folder) == chosen(folder, "serve") == chosen(folder, "update", "check", "x") == NEXT
    assert chosen(folder, "--selftest") is chosen(folder, "update-run") is chosen(folder, "update-trial") is None


@pytest.mark.parametrize("version", [__version__, "0.0.1", "new", ""])
def test_one_that_is_not_newer_does_not(folder: Path, version: str) -> None:
    point(folder, version)
    assert chosen(folder, "serve") is None


@pytest.mark.parametrize("start", ["", f"{PROGRAM_FOLDER}/gone", PROGRAM_FOLDER])
def test_one_that_is_not_there_does_not(folder: Path, start: str) -> None:
    point(folder, start=start)
    assert chosen(folder, "serve") is None


def test_a_pointer_that_cannot_be_read_leads_nowhere(folder: Path) -> None:
    (folder / POINTER_NAME).write_bytes(b"{")
    assert chosen(folder, "serve") is None


def test_a_program_that_calls_itself_otherwise_is_not_handed_over_to_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HANDED_OVER, NEXT)
    assert chosen(folder, "serve") is None
    monkeypatch.setenv(HANDED_OVER, "98.0.0")
    assert chosen(folder, "serve") == NEXT


def test_one_that_never_got_as_far_as_serving_is_tried_a_few_times(folder: Path) -> None:
    point(folder, is_proved=False)
    for words in (["serve"], [], ["at-login"])[:MOST_STARTS]:
        assert chosen(folder, *words) == NEXT
        assert chosen(folder, "status") == NEXT  # says nothing about serving
    assert chosen(folder, "serve") is None


def test_a_program_with_a_console_hands_over_to_one_with_a_console(folder: Path) -> None:
    same = folder / PROGRAM_FOLDER / Path(sys.executable).name
    write_start(same, "")
    found = chosen_program(["--data-dir", str(folder), "status"])
    assert found is not None
    assert found.start == same


def test_the_folder_is_the_one_of_the_words(tmp_path: Path) -> None:
    assert folder_of(["status", "--data-dir", str(tmp_path)]) == tmp_path
    assert folder_of([f"--data-dir={tmp_path}", "status"]) == tmp_path
    assert folder_of(["--data-dir"]) == folder_of([]) == data_folder().root
