from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, running_server
from kiosk.server_process import ask_to_quit, serve_command, start_in_background, stop_server
from tests.fakes.server_starts import kill_servers_of, standin_command
from tests.polling import eventually


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    folder = DataFolder(tmp_path)
    yield folder
    kill_servers_of(folder)


def start(folder: DataFolder, *options: str) -> RunningServer:
    process = start_in_background(standin_command(folder, *options))
    server = eventually(lambda: running_server(folder))
    assert process.poll() is None
    return server


def is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_the_command_names_the_folder_and_says_that_a_window_is_there(tmp_path: Path) -> None:
    command = serve_command(DataFolder(tmp_path))
    assert command[-4:] == ["serve", "--attended", "--data-dir", str(tmp_path)]
    assert command[0] == sys.executable


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX")
def test_the_server_is_in_a_session_of_its_own_and_silent(folder: DataFolder) -> None:
    server = start(folder)
    assert os.getsid(server.pid) != os.getsid(0)
    assert all(Path(f"/proc/{server.pid}/fd/{number}").resolve() == Path("/dev/null") for number in range(3))


def test_a_server_that_is_asked_ends_cleanly(folder: DataFolder) -> None:
    start(folder)
    assert stop_server(folder)
    assert not is_server_locked(folder)
    assert not folder.runtime_file.exists()


def test_without_the_right_token_nobody_ends_it(folder: DataFolder) -> None:
    server = start(folder)
    assert not ask_to_quit(msgspec.structs.replace(server, token="wrong"))
    assert running_server(folder) == server
    assert ask_to_quit(server)


def test_a_server_that_does_not_listen_is_ended_all_the_same(folder: DataFolder) -> None:
    server = start(folder, "--ignore-quit")
    assert stop_server(folder, patience_s=0.3)
    eventually(lambda: not is_alive(server.pid))


def test_stopping_nothing_is_done_at_once(folder: DataFolder) -> None:
    assert stop_server(folder)


def test_a_port_where_nobody_answers_is_no_agreement() -> None:
    nobody = RunningServer(pid=1, ui_url="http://127.0.0.1:9", token="x", phones_url=None, version="0", started_at_ms=0)
    assert not ask_to_quit(nobody)
