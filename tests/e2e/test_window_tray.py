"""The real program in its real window on a desktop that has a place for icons: closing the window hides it there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server
from kiosk.tray_desk import TOLD_NAME
from tests.e2e.window_process import Program
from tests.fakes.server_starts import kill_servers_of
from tests.fakes.x_display import Display, x_display
from tests.polling import eventually
from web.i18n import load_catalogue

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the display without a screen is an X server")

WORDS = load_catalogue().translator("en")
TITLE, TOLD = WORDS.text("app.name"), WORDS.text("tray.hidden.title")
ICON_PLACE = "trayer"


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    assert shutil.which(ICON_PLACE), f"{ICON_PLACE} is missing: make test installs it"
    with x_display() as display:
        place = subprocess.Popen([ICON_PLACE, "--edge", "bottom"], env=display.environ, stderr=subprocess.DEVNULL)
        yield display
        place.kill()
        place.wait()


@pytest.fixture
def program(staffed_folder: Path, tmp_path: Path, display: Display) -> Iterator[Program]:
    folder = folder_of(tmp_path)
    shutil.copytree(staffed_folder, folder.root)
    folder.language_file.write_text("en")
    program = Program(command(folder), display)
    try:
        eventually(lambda: WORDS.text("phones.title") in program.text(), deadline_s=60)
        yield program
    finally:
        program.process.kill()
        program.process.communicate()
        kill_servers_of(folder)


def folder_of(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def command(folder: DataFolder) -> list[str]:
    return [sys.executable, "-m", "kiosk", "--data-dir", str(folder.root)]


def test_closing_hides_the_window_says_so_once_and_a_second_start_shows_it_again(
    program: Program, tmp_path: Path, display: Display
) -> None:
    folder = folder_of(tmp_path)
    server = running_server(folder)
    display.ask_until(TITLE, TOLD)
    display.answer(TOLD, "Return")
    eventually(lambda: not display.is_visible(TITLE))
    eventually(lambda: (folder.root / TOLD_NAME).exists())
    assert program.process.poll() is None
    assert running_server(folder) == server

    second = subprocess.run(command(folder), env=display.environ, capture_output=True, timeout=60, check=False)
    assert second.returncode == 0
    eventually(lambda: display.is_visible(TITLE))
    assert WORDS.text("phones.title") in eventually(program.text)

    display.ask_to_close(TITLE)
    eventually(lambda: not display.is_visible(TITLE))
    assert TOLD not in display.titles()
    assert is_server_locked(folder)
