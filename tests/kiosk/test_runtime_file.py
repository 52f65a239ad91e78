from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from kiosk.instance import ServerLock
from kiosk.paths import DataFolder
from kiosk.runtime_file import (
    RunningServer,
    StartFailure,
    announce,
    report_start_failure,
    running_server,
    take_start_failure,
    withdraw,
)

SERVER = RunningServer(
    pid=os.getpid(),
    ui_url="http://127.0.0.1:5000",
    token="secret-token",
    phones_url="http://192.168.1.7:4001",
    version="1.2.3",
    started_at_ms=1_700_000_000_000,
)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def test_a_running_server_is_found_with_all_its_facts(folder: DataFolder) -> None:
    with ServerLock(folder):
        announce(folder, SERVER)
        assert running_server(folder) == SERVER


def test_the_token_is_only_in_the_part_of_the_address_that_is_never_sent() -> None:
    assert SERVER.open_url == "http://127.0.0.1:5000/open#secret-token"


def test_the_token_is_not_in_the_representation() -> None:
    assert "secret-token" not in repr(SERVER)
    assert "secret-token" not in str(SERVER)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access lists")
def test_only_the_owner_can_read_it(folder: DataFolder) -> None:
    announce(folder, SERVER)
    assert stat.S_IMODE(folder.runtime_file.stat().st_mode) == 0o600


def test_what_a_killed_server_left_behind_does_not_count(folder: DataFolder) -> None:
    announce(folder, SERVER)  # its process number is alive, but nobody holds the lock
    assert running_server(folder) is None


def test_a_new_server_that_is_not_ready_is_not_taken_for_the_old_one(folder: DataFolder) -> None:
    gone = next(pid for pid in range(2**22 - 1, 2, -1) if not psutil.pid_exists(pid))
    announce(folder, msgspec.structs.replace(SERVER, pid=gone))
    with ServerLock(folder):
        assert running_server(folder) is None


def test_a_clean_stop_takes_the_file_away(folder: DataFolder) -> None:
    announce(folder, SERVER)
    withdraw(folder)
    withdraw(folder)
    assert not folder.runtime_file.exists()


def test_the_file_of_another_process_stays(folder: DataFolder) -> None:
    announce(folder, msgspec.structs.replace(SERVER, pid=os.getppid()))
    withdraw(folder)
    assert folder.runtime_file.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"null", b'{"pid": "x"}', b"\xff\xfe"])
def test_a_damaged_file_means_no_server(folder: DataFolder, content: bytes) -> None:
    folder.runtime_file.write_bytes(content)
    with ServerLock(folder):
        assert running_server(folder) is None


def test_the_reason_of_a_failed_start_is_read_once(folder: DataFolder) -> None:
    report_start_failure(folder, StartFailure(code="wrong_key", context={"reason": "damaged", "n": 1}))
    assert take_start_failure(folder) == StartFailure(code="wrong_key", context={"reason": "damaged", "n": 1})
    assert take_start_failure(folder) is None


def test_a_damaged_reason_is_no_reason(folder: DataFolder) -> None:
    folder.start_failure_file.write_bytes(b"{")
    assert take_start_failure(folder) is None
