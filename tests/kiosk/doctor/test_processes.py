"""Which processes are servers of this program."""

from __future__ import annotations

import os

import pytest

from kiosk.doctor.processes import Process, count_other_servers, is_server, processes_now


@pytest.mark.parametrize(
    "line",
    [
        "/opt/hikma/hikma-local-server serve --attended --data-dir /x",
        r"C:\Hikma\hikma-local-server.exe serve",
        "/usr/bin/python3 -m kiosk serve --port 0",
        "/usr/bin/python3 -m kiosk --data-dir /x serve",
        "/usr/bin/python3 /home/user/.venv/bin/hikma-local-server serve",
    ],
)
def test_a_server_is_known_by_its_command_line(line: str) -> None:
    assert is_server(line.split(" "))


@pytest.mark.parametrize(
    "line",
    ["serve", "python3 -m http.server", "npm serve", "hikma-local-server status", "hikma-local-server", "caddy serve"],
)
def test_other_programs_are_not_taken_for_one(line: str) -> None:
    assert not is_server(line.split(" "))


def server(pid: int, parent: int | None = 1) -> Process:
    return Process(pid, parent, ("hikma-local-server", "serve"))


def test_others_are_counted_without_our_own_and_its_starter() -> None:
    shell = Process(5, 1, ("bash",))
    assert count_other_servers([shell, server(10, 5)], own=10) == 0
    assert count_other_servers([server(10), server(20)], own=10) == 1
    assert count_other_servers([server(10), server(20)], own=None) == 2
    # the launcher of a virtual environment, and what it launched
    assert count_other_servers([server(10), server(11, 10)], own=11) == 0
    assert count_other_servers([server(10), server(11, 10)], own=10) == 0
    assert count_other_servers([server(10), server(11, 10), server(20), server(21, 20)], own=11) == 1
    assert count_other_servers([], own=None) == 0


def test_this_process_is_seen() -> None:
    assert os.getpid() in {process.pid for process in processes_now()}
