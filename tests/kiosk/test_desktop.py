"""The program without a command where there can be no window; the window itself is in tests/e2e/test_window.py."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.desktop import window_texts
from kiosk.menu import menu_of
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, StartFailure, running_server
from kiosk.server_process import stop_server
from tests.e2e.server import PROJECT
from tests.kiosk.hubs import LOOPBACK, built_hub
from tests.polling import eventually
from tests.web.ui.kiosk_port_contract import FORM
from web.i18n import load_catalogue

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Windows and macOS always have a display")
DEADLINE_S = 60
NO_DISPLAY = [sys.executable, "-m", "kiosk"]
NO_TOOLKIT = [
    sys.executable,
    "-c",
    "import sys; sys.modules['PySide6'] = None\nfrom kiosk.cli import main\nsys.exit(main())",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose staff chose a port. Copy it, don't use it."""
    root = tmp_path_factory.mktemp("made") / "data"
    with built_hub(root) as hub:
        hub.control.complete_first_run(FORM)
        hub.control.change_port(free_port())
    return root


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Iterator[DataFolder]:
    shutil.copytree(made_folder, tmp_path / "data")
    folder = DataFolder(tmp_path / "data")
    yield folder
    stop_server(folder)


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """Where the stand-in for the browser puts what it was asked to open."""
    return tmp_path / "opened"


@contextmanager
def program(command: list[str], folder: DataFolder, opened: Path) -> Iterator[subprocess.Popen[str]]:
    """The program without a command. A stand-in is its browser."""
    browser = opened.with_name("browser")
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(0o700)
    environ = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environ |= {"HIKMA_KEYSTORE": "file", "BROWSER": str(browser), "PYTHONUNBUFFERED": "1"}
    if command is NO_TOOLKIT:
        environ["QT_QPA_PLATFORM"] = "offscreen"
    process = subprocess.Popen(
        [*command, "--data-dir", str(folder.root)],
        env=environ,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code and what it said."""
    out, err = process.communicate(timeout=DEADLINE_S)
    return process.returncode, out, err


def served(folder: DataFolder) -> RunningServer:
    return eventually(lambda: running_server(folder), deadline_s=DEADLINE_S)


# Without a display


@linux_only
def test_without_a_display_it_serves_and_says_where_to_look(folder: DataFolder, opened: Path) -> None:
    with program(NO_DISPLAY, folder, opened) as process:
        server = served(folder)
        assert server.pid == process.pid
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)
    assert (code, err) == (0, "")
    assert str(server.phones_url) in out
    assert server.open_url in out
    assert not opened.exists()


@linux_only
def test_started_a_second_time_it_says_where_the_first_is(folder: DataFolder, opened: Path) -> None:
    with program(NO_DISPLAY, folder, opened) as first:
        server = served(folder)
        with program(NO_DISPLAY, folder, opened) as second:
            code, out, err = ended(second)
        assert (code, err) == (0, "")
        assert server.open_url in out
        assert running_server(folder) == server
        assert first.poll() is None
    assert not opened.exists()


@linux_only
def test_a_taken_port_is_told_on_the_terminal(folder: DataFolder, opened: Path) -> None:
    with built_hub(folder.root, port=None) as hub:
        port = hub.listener.state.port
    with socket.create_server(("0.0.0.0", port)), program(NO_DISPLAY, folder, opened) as process:
        code, out, err = ended(process)
    assert (code, out) == (4, "")
    assert f"port {port}" in err
    assert len(err.splitlines()) == 1


# When somebody signs in at the computer


@linux_only
def test_at_login_it_opens_for_an_account_that_has_records(folder: DataFolder, opened: Path) -> None:
    with program([*NO_DISPLAY, "at-login"], folder, opened) as process:
        server = served(folder)
        process.send_signal(signal.SIGINT)
        code, out, err = ended(process)
    assert (code, err) == (0, "")
    assert server.open_url in out


def test_at_login_an_account_without_records_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert main(["at-login", "--data-dir", str(folder)]) == 0
    assert not folder.exists()


# Without the window's toolkit


@linux_only
def test_without_the_toolkit_the_page_opens_in_the_browser(folder: DataFolder, opened: Path) -> None:
    with program(NO_TOOLKIT, folder, opened) as process:
        server = served(folder)
        page = Path(eventually(lambda: opened.exists() and opened.read_text().strip()).removeprefix("file://"))
        assert server.token not in opened.read_text()  # every user of the computer can read a command line
        assert server.open_url in page.read_text()
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        process.send_signal(signal.SIGTERM)
        code, out, err = ended(process)
    assert (code, err) == (0, "")
    assert "PySide6" in out
    assert server.open_url in out


@linux_only
def test_in_the_browser_too_the_page_tells_of_a_taken_port(folder: DataFolder, opened: Path) -> None:
    with built_hub(folder.root, port=None) as hub:
        port = hub.listener.state.port
    with socket.create_server(("0.0.0.0", port)), program(NO_TOOLKIT, folder, opened) as process:
        server = served(folder)
        eventually(opened.exists)
        assert server.phones_url is None
        assert process.poll() is None


# The window's words


@pytest.mark.parametrize(("language", "is_right_to_left"), [("en", False), ("ar", True), ("es", False)])
def test_the_windows_words_are_in_the_language_of_the_pages(language: str, is_right_to_left: bool) -> None:
    texts = window_texts(load_catalogue(), language)
    assert (texts.language, texts.is_right_to_left) == (language, is_right_to_left)
    assert texts.starting == load_catalogue().translator(language).text("window.starting")
    assert texts.menu == menu_of(load_catalogue().translator(language))


def test_what_does_not_work_in_the_menu_has_a_sentence() -> None:
    texts = window_texts(load_catalogue(), "en")
    assert "another folder" in texts.failure("report_place_failed")
    assert "not answering" in texts.failure("not_running")
    assert "Something went wrong" in texts.failure("a_code_of_another_release")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("server_keeps_stopping", "started several times"),
        ("wrong_key", "does not open this database"),
        ("port_taken", "port 4001"),
        ("a_code_of_another_release", "Something went wrong"),
    ],
)
def test_every_failure_of_the_server_has_a_sentence(code: str, words: str) -> None:
    texts = window_texts(load_catalogue(), "en")
    assert words in texts.sentence(StartFailure(code=code, context={"port": 4001}))
