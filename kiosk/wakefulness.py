"""Keeps the computer from going to sleep by itself while phones are served; staff may still switch it off.

Knows nothing of phones. Where the system offers no way, nothing is done and nothing breaks. Windows and macOS are
written after their documentation and never ran there (docs/platforms.md).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Protocol

# Windows, SetThreadExecutionState: the state holds as long as the thread that asked for it lives.
ES_CONTINUOUS = 0x80000000
ES_SYSTEM_REQUIRED = 0x00000001

MACOS_COMMANDS = (("/usr/bin/caffeinate", "-i", "-s", "-w", str(os.getpid())),)
_INHIBIT = ("systemd-inhibit", "--who=Hikma Local Server", "--why=Phones sync with this computer", "--mode=block")
LINUX_COMMANDS = ((*_INHIBIT, "--what=idle:sleep", "cat"), (*_INHIBIT, "--what=idle", "cat"))
"""``cat`` ends when this process does, since its input ends then. Where sleep may not be blocked, idleness may."""


class Wakefulness(Protocol):
    """Used by one thread, which lives as long as the computer is to stay awake; asked by any."""

    @property
    def is_held(self) -> bool:
        """Whether the system was told to stay awake."""
        ...

    def keep(self, is_wanted: bool) -> None:
        """Stay awake from now on, or sleep as usual again."""
        ...


class CommandWakefulness:
    """By a command of the system that holds sleep off as long as it runs; the first of several that is granted."""

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = commands
        self._process: subprocess.Popen[bytes] | None = None
        self._refused = 0  # so many of the commands

    @property
    def is_held(self) -> bool:
        """See Wakefulness. True also for the moment that a command takes to be refused."""
        return self._process is not None and self._process.poll() is None

    def keep(self, is_wanted: bool) -> None:
        """See Wakefulness. A command that has ended by the next call was refused: then the next one is tried."""
        if not is_wanted:
            self._end()
        elif not self.is_held:
            self._refused += self._process is not None
            self._start_next()

    def _start_next(self) -> None:
        self._process = None
        for command in self._commands[self._refused :]:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - a fixed command of the system
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            except OSError:  # the system does not have it
                self._refused += 1
            else:
                return

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        process.terminate()
        process.wait()


class WindowsWakefulness:
    """By the thread's execution state."""

    def __init__(self) -> None:
        self._is_held = False

    @property
    def is_held(self) -> bool:
        """See Wakefulness."""
        return self._is_held

    def keep(self, is_wanted: bool) -> None:
        """See Wakefulness."""
        if sys.platform == "win32" and is_wanted != self._is_held:
            state = ES_CONTINUOUS | (ES_SYSTEM_REQUIRED if is_wanted else 0)
            self._is_held = bool(ctypes.windll.kernel32.SetThreadExecutionState(state)) and is_wanted


def wakefulness_here() -> Wakefulness:
    """The way of this operating system."""
    if sys.platform == "win32":
        return WindowsWakefulness()
    return CommandWakefulness(MACOS_COMMANDS if sys.platform == "darwin" else LINUX_COMMANDS)
