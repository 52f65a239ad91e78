from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, running_server
from kiosk.server_process import start_in_background, stop_server
from kiosk.supervisor import KEEPS_STOPPING, NOT_READY, START_FAILED, Patience, ServerReport, ServerState, Supervisor
from kiosk.update.lock import update_lock
from kiosk.update.pointer import POINTER_NAME, Pointer, Program
from tests.fakes.server_starts import kill_servers_of, standin_command
from tests.polling import eventually
from tests.updates import NEXT, write_start

QUICK = Patience(ready_s=10, look_again_s=0.05, start_look_s=0.02, stop_s=5, pauses_s=(0.01, 0.01))
KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


class Watched:
    """A supervisor at work in a thread, and what it reported."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.reports: list[ServerReport] = []
        self.thread = threading.Thread(target=supervisor.run, args=(self.reports.append,))
        self.thread.start()

    @property
    def states(self) -> list[str]:
        return [report.state.value for report in self.reports]

    def wait_for(self, state: ServerState, times: int = 1) -> ServerReport:
        eventually(lambda: self.states.count(state) >= times)
        return [report for report in self.reports if report.state is state][times - 1]

    def server(self, times: int = 1) -> RunningServer:
        server = self.wait_for(ServerState.RUNNING, times).server
        assert server is not None
        return server


Supervise = Callable[..., Watched]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    folder = DataFolder(tmp_path)
    yield folder
    kill_servers_of(folder)


@pytest.fixture
def supervise(folder: DataFolder) -> Iterator[Supervise]:
    started: list[Watched] = []

    def start(*options: str, patience: Patience = QUICK) -> Watched:
        started.append(Watched(Supervisor(folder, standin_command(folder, *options), patience)))
        return started[-1]

    yield start
    for watched in started:
        watched.supervisor.close()
        watched.thread.join(10)


def test_without_a_server_one_is_started(folder: DataFolder, supervise: Supervise) -> None:
    watched = supervise()
    assert watched.server() == running_server(folder)
    assert watched.states == ["starting", "running"]


def test_a_server_that_runs_already_is_used(folder: DataFolder, supervise: Supervise) -> None:
    start_in_background(standin_command(folder))
    server = eventually(lambda: running_server(folder))
    assert supervise("--fail", "must-not-be-started").server() == server


def test_while_the_program_is_exchanged_no_server_is_started(folder: DataFolder, supervise: Supervise) -> None:
    folder.prepare()
    with update_lock(folder):
        watched = supervise()
        watched.wait_for(ServerState.UPDATING)
        assert running_server(folder) is None
    watched.server()
    assert watched.states == ["starting", "updating", "running"]


def test_a_server_that_stops_to_be_exchanged_is_waited_for(folder: DataFolder, supervise: Supervise) -> None:
    watched = supervise()
    first = watched.server()
    with update_lock(folder):
        assert stop_server(folder)
        watched.wait_for(ServerState.UPDATING)
    assert watched.server(times=2) != first
    assert watched.states == ["starting", "running", "updating", "running"]


def test_once_a_newer_program_is_in_force_this_one_is_replaced(folder: DataFolder, supervise: Supervise) -> None:
    folder.prepare()
    write_start(folder.root / "start", "")
    newer = Program(NEXT, "start")
    with update_lock(folder):
        watched = supervise()
        watched.wait_for(ServerState.UPDATING)
        (folder.root / POINTER_NAME).write_bytes(Pointer(newer, newer, 1, is_proved=True).encode())
    watched.wait_for(ServerState.REPLACED)
    watched.thread.join(10)
    assert watched.states == ["starting", "updating", "replaced"]
    assert running_server(folder) is None


def test_closing_leaves_the_server_running(folder: DataFolder, supervise: Supervise) -> None:
    watched = supervise()
    server = watched.server()
    watched.supervisor.close()
    watched.thread.join(5)
    assert running_server(folder) == server


def test_a_killed_server_is_started_again(supervise: Supervise) -> None:
    watched = supervise()
    first = watched.server()
    os.kill(first.pid, KILL)
    second = watched.server(times=2)
    assert second.pid != first.pid
    assert watched.states == ["starting", "running", "restarting", "running"]


def test_a_killed_server_that_somebody_else_had_started_is_started_again(
    folder: DataFolder, supervise: Supervise
) -> None:
    process = start_in_background(standin_command(folder))
    eventually(lambda: running_server(folder))
    watched = supervise()
    os.kill(watched.server().pid, KILL)
    process.wait(5)
    assert watched.server(times=2).pid != process.pid


def test_a_server_that_was_stopped_on_purpose_stays_stopped(folder: DataFolder, supervise: Supervise) -> None:
    watched = supervise()
    watched.server()
    assert stop_server(folder)
    watched.wait_for(ServerState.STOPPED)
    watched.thread.join(5)
    assert watched.states == ["starting", "running", "stopped"]


def test_a_server_that_dies_again_and_again_is_given_up(supervise: Supervise) -> None:
    failure = supervise("--crash").wait_for(ServerState.FAILED).failure
    assert failure is not None
    assert failure.code in (KEEPS_STOPPING, START_FAILED)  # it may be gone before anybody saw it ready


def test_after_a_long_life_the_count_of_deaths_begins_anew(supervise: Supervise) -> None:
    watched = supervise(patience=Patience(look_again_s=0.02, start_look_s=0.02, steady_s=0.0, pauses_s=(0.01,)))
    for life in range(1, 4):
        os.kill(watched.server(times=life).pid, KILL)
    assert watched.server(times=4)


def test_a_start_that_fails_in_the_same_way_each_time_is_reported_with_its_reason(supervise: Supervise) -> None:
    watched = supervise("--fail", "storage_busy")
    failure = watched.wait_for(ServerState.FAILED).failure
    assert failure is not None
    assert failure.code == "storage_busy"
    assert watched.states == ["starting", "restarting", "restarting", "failed"]


@pytest.mark.parametrize("code", ["wrong_key", "key_missing", "database_damaged", "newer_database"])
def test_what_a_new_attempt_cannot_change_is_not_attempted_again(supervise: Supervise, code: str) -> None:
    watched = supervise("--fail", code)
    failure = watched.wait_for(ServerState.FAILED).failure
    assert failure is not None
    assert failure.code == code
    assert watched.states == ["starting", "failed"]


def test_a_program_that_is_not_there_is_a_failed_start(folder: DataFolder) -> None:
    reports: list[ServerReport] = []
    Supervisor(folder, [str(folder.root / "missing")], QUICK).run(reports.append)
    assert reports[-1].failure is not None
    assert reports[-1].failure.code == START_FAILED


def test_a_server_that_takes_too_long_is_reported_but_not_ended(folder: DataFolder, supervise: Supervise) -> None:
    watched = supervise("--never-ready", patience=Patience(ready_s=0.05, start_look_s=0.02, stop_s=5))
    failure = watched.wait_for(ServerState.FAILED).failure
    assert failure is not None
    assert failure.code == NOT_READY
    eventually(lambda: is_server_locked(folder))
    assert watched.supervisor.stop_server()
    assert not is_server_locked(folder)


def test_stopping_the_server_is_not_taken_for_a_death(folder: DataFolder, supervise: Supervise) -> None:
    watched = supervise()
    watched.server()
    assert watched.supervisor.stop_server()
    watched.thread.join(5)
    assert watched.states == ["starting", "running"]
    assert not is_server_locked(folder)
