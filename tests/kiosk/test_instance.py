from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.errors import AlreadyRunning
from kiosk.instance import ServerLock, claim_window, is_server_locked, raise_first_window
from kiosk.paths import DataFolder
from tests.polling import eventually

HOLD_LOCK = """
import pathlib, sys
from kiosk.instance import ServerLock, claim_window
from kiosk.paths import DataFolder
folder = DataFolder(pathlib.Path(sys.argv[1]))
if sys.argv[2] == "server":
    held = ServerLock(folder)
    held.acquire()
else:
    held = claim_window(folder, lambda: None)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


class Holder:
    """Another process that holds a lock of the folder."""

    def __init__(self, folder: DataFolder, what: str) -> None:
        command = [sys.executable, "-c", HOLD_LOCK, str(folder.root), what]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == b"held"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def other_server(folder: DataFolder) -> Iterator[Holder]:
    holder = Holder(folder, "server")
    yield holder
    holder.kill()


@pytest.fixture
def other_window(folder: DataFolder) -> Iterator[Holder]:
    holder = Holder(folder, "window")
    yield holder
    holder.kill()


def test_a_folder_has_one_server(folder: DataFolder, other_server: Holder) -> None:
    with pytest.raises(AlreadyRunning):
        ServerLock(folder).acquire()
    assert is_server_locked(folder)


def test_the_lock_of_a_killed_server_is_free_at_once(folder: DataFolder, other_server: Holder) -> None:
    other_server.kill()
    assert not is_server_locked(folder)
    with ServerLock(folder):
        assert is_server_locked(folder)
    assert not is_server_locked(folder)


def test_a_folder_that_never_had_a_server_is_not_locked(folder: DataFolder) -> None:
    assert not is_server_locked(folder)
    assert list(folder.root.iterdir()) == []


def test_the_lock_may_be_let_go_in_another_thread_than_it_was_taken(folder: DataFolder) -> None:
    lock = ServerLock(folder)
    taker = threading.Thread(target=lock.acquire)
    taker.start()
    taker.join()
    lock.release()
    assert not is_server_locked(folder)


def test_looking_at_the_lock_never_keeps_a_server_from_starting(folder: DataFolder) -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            is_server_locked(folder)

    with ServerLock(folder):
        pass
    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(20):
            with ServerLock(folder):
                pass
    finally:
        stop.set()
        looker.join()


def test_a_second_start_raises_the_first_window(folder: DataFolder) -> None:
    raised = threading.Event()
    with claim_window(folder, raised.set) or pytest.fail("no window is open yet"):
        assert claim_window(folder, lambda: None) is None
        assert raise_first_window(folder)
        assert raised.wait(5)


def test_a_second_start_in_another_process_finds_the_first(folder: DataFolder, other_window: Holder) -> None:
    assert claim_window(folder, lambda: None) is None
    assert raise_first_window(folder)


def test_after_the_window_was_killed_the_next_start_opens_one(folder: DataFolder, other_window: Holder) -> None:
    other_window.kill()
    with claim_window(folder, lambda: None) or pytest.fail("the dead window still counts"):
        assert raise_first_window(folder)


def test_a_closed_window_leaves_nothing_that_answers(folder: DataFolder) -> None:
    claim = claim_window(folder, lambda: None)
    assert claim is not None
    claim.close()
    assert not folder.window_file.exists()
    assert not raise_first_window(folder, patience_s=0.1)
    with claim_window(folder, lambda: None) or pytest.fail("the closed window still counts"):
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"port": "x", "token": ""}', b'{"port": 1, "token": "x"}'])
def test_a_window_file_that_leads_nowhere_is_no_answer(folder: DataFolder, content: bytes) -> None:
    folder.window_file.write_bytes(content)
    assert not raise_first_window(folder, patience_s=0.1)


def test_another_program_without_the_token_raises_nothing(folder: DataFolder) -> None:
    raised = threading.Event()
    with claim_window(folder, raised.set) or pytest.fail("no window is open yet"):
        stored = json.loads(folder.window_file.read_bytes())
        folder.window_file.write_text(json.dumps({**stored, "token": "0" * 64}))
        assert not raise_first_window(folder, patience_s=0.2)
        assert not raised.is_set()


def test_somebody_who_connects_and_says_nothing_keeps_nobody_out(folder: DataFolder) -> None:
    raised = threading.Event()
    with claim_window(folder, raised.set) or pytest.fail("no window is open yet"):
        port = json.loads(folder.window_file.read_bytes())["port"]
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port)) as garbage:
            garbage.sendall(b"\xff" * 100)
            assert raise_first_window(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of this kind are POSIX")
def test_a_window_that_hangs_is_reported_and_not_waited_for(folder: DataFolder, other_window: Holder) -> None:
    pid = other_window._process.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        eventually(lambda: not raise_first_window(folder, patience_s=0.2))
    finally:
        os.kill(pid, signal.SIGCONT)
