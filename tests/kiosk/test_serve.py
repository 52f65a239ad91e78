"""A server process from start to stop, asked and ended from outside as the system, staff and power cuts do."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from db.clock import SystemClock
from db.database import Database
from db.files import CEILING_NAME, UNCLEAN_NAME
from db.schema import SERVER_CLOCK
from db.stamps import StampCeiling
from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server
from kiosk.serve import ready_facts
from kiosk.server_process import ask_to_quit
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import LOOPBACK, NURSE, PROJECT, RunningServer
from tests.kiosk.serving import ACCOUNT, log_of, phone_of, refusal
from tests.kiosk.test_runtime_file import SERVER
from tests.polling import eventually

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX: signals, rights, closed streams")


@pytest.fixture
def folder(clinic_folder: DataFolder) -> DataFolder:
    return clinic_folder


def last_stamp(folder: DataFolder) -> int:
    """The last stamp in the file of a server that has ended."""
    key = bytes.fromhex(folder.key_file.read_text())
    database = Database(folder.database_file, key, SystemClock(), StampCeiling(folder.root / CEILING_NAME))
    try:
        with database.read() as snapshot:
            return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))
    finally:
        database.close()


# The line that says it is ready


def test_the_line_says_where_phones_and_pages_are() -> None:
    assert ready_facts(SERVER) == {
        "phones": SERVER.phones_url,
        "ui": f"{SERVER.ui_url}/open#{SERVER.token}",
        "version": SERVER.version,
    }


def test_one_line_is_printed_and_nothing_else(server: RunningServer) -> None:
    server.start()
    assert set(server.ready) == {"phones", "ui", "version"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/open#\S{40,}", server.ui_url)
    assert server.stop() == 0
    assert server.last_words() == ""


# Stopping in order


def ask_by_the_pages(folder: DataFolder, server: RunningServer) -> None:
    running = running_server(folder)
    assert running is not None
    assert ask_to_quit(running)


WAYS: dict[str, Callable[[DataFolder, RunningServer], None]] = {
    "SIGTERM": lambda folder, server: os.kill(server.pid, signal.SIGTERM),
    "Ctrl-C": lambda folder, server: os.kill(server.pid, signal.SIGINT),
    "Ctrl-C twice": lambda folder, server: [os.kill(server.pid, signal.SIGINT) for _ in range(2)] and None,
    "the pages": ask_by_the_pages,
}


@posix_only
@pytest.mark.parametrize("way", WAYS)
def test_a_stop_in_order_leaves_nothing_to_check(folder: DataFolder, server: RunningServer, way: str) -> None:
    server.start()
    phone = phone_of(server)
    phone.pull()
    phone.push_patients("p1")
    phone.pull()
    assert (folder.root / UNCLEAN_NAME).exists()
    WAYS[way](folder, server)
    assert server.wait() == 0
    assert not (folder.root / UNCLEAN_NAME).exists()
    assert not folder.runtime_file.exists()
    assert not folder.start_failure_file.exists()
    assert StampCeiling(folder.root / CEILING_NAME).read() == last_stamp(folder)
    assert server.last_words() == ""
    assert log_of(folder).splitlines()[-1].endswith("stopped")


def test_the_mark_of_a_phone_outlives_a_stop_in_order(server: RunningServer) -> None:
    server.start()
    phone = phone_of(server)
    phone.push_patients("p1")
    assert phone.pulled_ids() == {"p1"}
    server.stop()
    server.start()
    assert phone.pulled_ids() == set()


# Being killed


def test_after_a_kill_what_was_acknowledged_is_there_and_phones_go_on_where_they_were(
    folder: DataFolder, server: RunningServer
) -> None:
    server.start()
    writer, reader = phone_of(server), phone_of(server)
    writer.push_patients("p1")
    reader.pull()
    for number in range(2, 12):
        writer.push_patients(f"p{number}")
    server.kill()
    assert (folder.root / UNCLEAN_NAME).exists()
    server.start()
    assert reader.pulled_ids() == {f"p{number}" for number in range(2, 12)}
    assert phone_of(server).pulled_ids() == {f"p{number}" for number in range(1, 12)}
    server.stop()


# One server for each folder


def test_a_second_server_is_refused_without_a_word_in_the_firsts_files(
    folder: DataFolder, server: RunningServer
) -> None:
    server.start()
    log = log_of(folder)
    assert refusal(server) == (3, "already_running")
    assert not folder.start_failure_file.exists()
    assert log_of(folder) == log
    assert phone_of(server).status() == 200


# What others may read about it


def test_what_others_read_stays_true_while_phones_are_not_served(folder: DataFolder, server: RunningServer) -> None:
    server.start()
    running = running_server(folder)
    assert running is not None
    assert running.phones_url == server.phones_url
    post(server, "/stop")
    eventually(lambda: (now := running_server(folder)) is not None and now.phones_url is None)
    status = json.loads(server.cli("status", "--json").stdout)
    assert (status["running"], status["phones"]) == (True, None)
    post(server, "/start")
    eventually(lambda: running_server(folder) == running)


def post(server: RunningServer, path: str) -> None:
    """Presses a button of the pages."""
    running = running_server(DataFolder(server.data_folder))
    assert running is not None
    page = RestPhone(running.ui_url)
    page.headers = {  # the window's own way in
        "Authorization": f"Bearer {running.token}",
        "Origin": running.ui_url,
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert page.ask("POST", path) == (200, {"ok": True})


@posix_only
def test_every_file_is_for_its_owner_alone(folder: DataFolder, server: RunningServer) -> None:
    shutil.rmtree(folder.root)
    former = os.umask(0o000)
    try:
        server.start()
        server.add_user(NURSE)
    finally:
        os.umask(former)
    phone = RestPhone(server.phones_url)
    phone.pull()
    phone.push_patients("p1")
    while_running = open_to_others(folder)
    server.stop()
    assert (while_running, open_to_others(folder)) == ([], [])


def open_to_others(folder: DataFolder) -> list[str]:
    paths = [folder.root, *folder.root.rglob("*")]
    assert {folder.database_file, folder.key_file, folder.logs / "server.log"} < set(paths)
    return [str(path) for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_the_pages_are_reachable_from_this_computer_alone(folder: DataFolder) -> None:
    server = RunningServer(folder.root, port=0, host="0.0.0.0")
    server.start()
    try:
        listening = {
            (entry.laddr.ip, entry.laddr.port)
            for entry in psutil.Process(server.pid).net_connections(kind="inet")
            if entry.status == psutil.CONN_LISTEN
        }
        running = running_server(folder)
        assert running is not None
        pages = int(running.ui_url.rpartition(":")[2])
        phones = int(server.phones_url.rpartition(":")[2])
        assert listening == {(LOOPBACK, pages), ("0.0.0.0", phones)}
    finally:
        server.stop()


# Output that nobody reads


@posix_only
@pytest.mark.parametrize("redirection", [">&-", "| true"])
def test_phones_are_served_when_nobody_reads_the_line(folder: DataFolder, redirection: str) -> None:
    serving = f'"$0" -m kiosk serve --port 0 --host 127.0.0.1 --data-dir "$1" {redirection}'
    shell = subprocess.Popen(
        ["sh", "-c", serving, sys.executable, str(folder.root)],
        env={**os.environ, "HIKMA_KEYSTORE": "file"},
        cwd=PROJECT,
        stderr=subprocess.PIPE,
    )
    running = eventually(lambda: running_server(folder), deadline_s=60)
    try:
        assert running.phones_url is not None
        assert RestPhone(running.phones_url, ACCOUNT).status() == 200
    finally:
        ask_to_quit(running)
        complaints = shell.communicate(timeout=60)[1]
    assert complaints == b""
    assert log_of(folder).splitlines()[-1].endswith("stopped")


@pytest.mark.skipif(sys.platform != "linux", reason="the command of another system")
def test_while_phones_are_served_the_system_is_told_to_stay_awake(tmp_path: Path) -> None:
    """A program of that name in the place of the system's notes that it was asked, and ends with its input."""
    programs, note = tmp_path / "programs", tmp_path / "asked"
    programs.mkdir()
    asked = programs / "systemd-inhibit"
    asked.write_text(f'#!/bin/sh\necho $$ > "{note}"\nexec cat\n')
    asked.chmod(0o755)
    server = RunningServer(
        tmp_path / "data", port=0, environment={"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    )
    server.start()
    try:
        eventually(lambda: note.exists() and note.read_text().endswith("\n"))
        pid = int(note.read_text())
        assert psutil.pid_exists(pid)
    finally:
        server.stop()
    eventually(lambda: not psutil.pid_exists(pid))
