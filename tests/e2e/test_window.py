"""The real window on a display without a screen, over a server with nothing behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, running_server
from tests.e2e.window_process import Program
from tests.fakes.server_starts import kill_servers_of
from tests.fakes.x_display import Display, x_display
from tests.polling import eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the display without a screen is an X server")

TITLE = "Window under test"
QUESTION = "Close question"


def command(folder: DataFolder) -> list[str]:
    return [sys.executable, "-m", "tests.fakes.window_program", "--data-dir", str(folder.root)]


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with x_display() as display:
        yield display


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def program(folder: DataFolder, display: Display) -> Iterator[Program]:
    yield from run(Program([*command(folder), "--"], display), folder)


@pytest.fixture
def failing_program(folder: DataFolder, display: Display) -> Iterator[Program]:
    yield from run(Program([*command(folder), "--", "--fail", "wrong_key"], display), folder)


def run(program: Program, folder: DataFolder) -> Iterator[Program]:
    yield program
    program.process.kill()
    program.process.communicate()
    kill_servers_of(folder)


def server_shown_by(program: Program, folder: DataFolder) -> RunningServer:
    def shown() -> RunningServer | None:
        server = running_server(folder)
        return server if server and program.text().startswith(f"Stand-in server {server.pid}") else None

    return eventually(shown, deadline_s=60)


def test_from_the_first_paint_to_the_close(program: Program, folder: DataFolder, display: Display) -> None:
    """One long story, since each start of the toolkit takes a second."""
    first = server_shown_by(program, folder)
    assert display.titles().count(TITLE) == 1
    assert display.count_colours(display.photograph(folder.root / "window.png")) > 20
    assert program.value_of("typeof window.pywebview") == "undefined"  # pages get no way into Python
    assert program.picture().startswith(b"\x89PNG")

    display.minimize(TITLE)
    eventually(lambda: not display.is_visible(TITLE))
    second_start = subprocess.run(
        command(folder), env=display.environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (second_start.stdout.strip(), second_start.returncode) == ("raised_first", 0)
    eventually(lambda: display.is_visible(TITLE))
    assert running_server(folder) == first

    os.kill(first.pid, signal.SIGKILL)
    eventually(lambda: running_server(folder) not in (None, first))
    second = server_shown_by(program, folder)

    display.ask_until(TITLE, QUESTION)
    display.answer(QUESTION, "Escape")
    assert TITLE in display.titles()
    assert running_server(folder) == second

    display.ask_until(TITLE, QUESTION)
    display.answer(QUESTION, "Return")
    output, _ = program.process.communicate(timeout=60)
    assert (output.strip(), program.process.returncode) == ("closed", 0)
    assert not is_server_locked(folder)
    assert not folder.runtime_file.exists()


def test_when_the_server_cannot_start_the_window_says_why_and_closes_without_a_question(
    failing_program: Program, folder: DataFolder, display: Display
) -> None:
    eventually(lambda: "because of wrong_key" in failing_program.text(), deadline_s=60)
    assert failing_program.text().startswith("Cannot start")
    display.ask_to_close(TITLE)
    output, _ = failing_program.process.communicate(timeout=60)
    assert output.strip() == "closed"
