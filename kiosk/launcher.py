"""The first thing that runs: hands over to the program that an update put into the data folder, if there is one.

Knows nothing of what a program does. Whatever is not as it should be here, the installed program starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from kiosk import __version__
from kiosk.paths import data_folder
from kiosk.update.environment import HANDED_OVER, outside_of_bundle
from kiosk.update.pointer import MOST_STARTS, count_start, read_pointer
from kiosk.update.versions import is_newer

STAYS = frozenset({"--selftest", "update-run", "update-trial"})
"""Meant for the very copy that was started."""
SERVING = frozenset({"serve", "at-login"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program that is in force; returns its exit code if that is this one."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    chosen = chosen_program(words)
    if chosen is not None:
        hand_over(chosen, words)
    from kiosk.cli import main as run  # late: nothing of it is needed to hand over

    return run(words)


@dataclass(frozen=True)
class Chosen:
    """A program to start instead of this one."""

    start: Path
    version: str


def chosen_program(words: Sequence[str]) -> Chosen | None:
    """The program to start instead of this one. None: this one."""
    if not STAYS.isdisjoint(words):
        return None
    root = folder_of(words)
    try:
        pointer = read_pointer(root)
        if pointer is None or not pointer.program.start or not is_newer(pointer.program.version, __version__):
            return None
    except (OSError, ValueError):
        return None
    start, version = root / pointer.program.start, pointer.program.version
    if os.environ.get(HANDED_OVER) == version or not start.is_file():
        return None
    if not pointer.is_proved and _serves(words) and count_start(root) >= MOST_STARTS:
        return None  # it never got as far as serving: this one goes back (kiosk/update/settling.py)
    return Chosen(_of_same_kind(start), version)


def _of_same_kind(start: Path) -> Path:
    """On Windows there are two programs, one with a console and one without."""
    same = start.with_name(Path(sys.executable).name)
    return same if same.is_file() else start


def hand_over(chosen: Chosen, words: Sequence[str]) -> NoReturn:
    """Becomes the other program; where a process cannot become another, waits for it and ends as it does."""
    environ = outside_of_bundle() | {HANDED_OVER: chosen.version}
    command = [str(chosen.start), *words]
    if sys.platform == "win32":
        sys.exit(subprocess.run(command, env=environ, check=False).returncode)  # noqa: S603 - proved by its signature
    os.execve(chosen.start, command, environ)  # noqa: S606 - proved by its signature


def _serves(words: Sequence[str]) -> bool:
    """Whether a server comes of it: no other start says anything about whether the program can serve."""
    commands = [word for place, word in enumerate(words) if not word.startswith("-") and not _is_value(words, place)]
    return not commands or commands[0] in SERVING


def _is_value(words: Sequence[str], place: int) -> bool:
    return place > 0 and words[place - 1] == "--data-dir"


def folder_of(words: Sequence[str]) -> Path:
    """The data folder that a command line is about."""
    for place, word in enumerate(words):
        if word == "--data-dir" and place + 1 < len(words):
            return data_folder(Path(words[place + 1])).root
        if word.startswith("--data-dir="):
            return data_folder(Path(word.partition("=")[2])).root
    return data_folder().root
