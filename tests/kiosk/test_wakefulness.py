"""Staying awake: asked for, given back, refused, or not to be had."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kiosk.wakefulness import CommandWakefulness, Wakefulness, WindowsWakefulness, wakefulness_here
from tests.polling import eventually

HOLDS = (sys.executable, "-c", "import sys; sys.stdin.read()")
REFUSED = (sys.executable, "-S", "-c", "raise SystemExit(1)")
MISSING = ("no-such-command-anywhere",)


def holders() -> list[int]:
    """Children of this process that are alive."""
    return [child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]


def test_sleep_is_held_off_until_it_is_given_back() -> None:
    before = holders()
    wakefulness = CommandWakefulness((HOLDS,))
    assert not wakefulness.is_held
    wakefulness.keep(True)
    wakefulness.keep(True)
    assert wakefulness.is_held
    assert len(holders()) == len(before) + 1
    wakefulness.keep(False)
    assert not wakefulness.is_held
    assert holders() == before


def test_where_the_first_way_is_refused_the_next_is_tried() -> None:
    wakefulness = CommandWakefulness((MISSING, REFUSED, HOLDS))
    wakefulness.keep(True)
    eventually(lambda: not wakefulness.is_held)
    wakefulness.keep(True)
    assert wakefulness.is_held
    (holder,) = holders()
    assert psutil.Process(holder).cmdline() == list(HOLDS)
    wakefulness.keep(False)


def test_where_there_is_no_way_nothing_breaks_and_nobody_is_asked_again() -> None:
    wakefulness = CommandWakefulness((MISSING, REFUSED))
    wakefulness.keep(True)
    for _ in range(2):
        eventually(lambda: not wakefulness.is_held)
        wakefulness.keep(True)
        assert not wakefulness.is_held
    wakefulness.keep(False)


@pytest.mark.skipif(sys.platform == "win32", reason="there it is no process")
def test_when_this_program_is_killed_the_holder_ends_by_itself(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\nfrom kiosk.wakefulness import CommandWakefulness\n"
        "held = CommandWakefulness((('sh', '-c', 'echo $$ > \"$0\"; exec cat', sys.argv[1]),))\n"
        "held.keep(True)\nos.kill(os.getpid(), 9)\n"
    )
    note = tmp_path / "pid"
    subprocess.run([sys.executable, "-c", program, str(note)], check=False, timeout=30)
    eventually(lambda: note.exists() and note.read_text().endswith("\n"))  # it may outlive the program before it writes
    pid = int(note.read_text())
    eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize("wakefulness", [wakefulness_here(), WindowsWakefulness()])
def test_on_this_computer_nothing_breaks(wakefulness: Wakefulness) -> None:
    wakefulness.keep(True)
    assert wakefulness.is_held in (True, False)
    wakefulness.keep(False)
    assert not wakefulness.is_held
