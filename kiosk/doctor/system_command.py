"""Asking the operating system by its own commands: briefly, quietly, and without believing that they are there.

Knows nothing of any command.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 5.0


@dataclass(frozen=True)
class Said:
    """What a command answered, in plain English where it could."""

    code: int
    text: str


Run = Callable[[Sequence[str]], Said | None]
"""None: there is no such command, or it took too long."""
Read = Callable[[Path], str | None]
"""None: there is no such file, or it may not be read."""


def run_command(command: Sequence[str]) -> Said | None:
    """Runs a command of the system to its end. See Run."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        done = subprocess.run(  # noqa: S603 - our own words, nothing of anybody else's
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
            creationflags=flags,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Said(done.returncode, done.stdout.decode("utf-8", "replace"))


def read_text(path: Path) -> str | None:
    """Reads a file of the system's configuration. See Read."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return None
