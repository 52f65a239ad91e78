"""What the developer commands print and how they run other programs.

Knows nothing of the commands themselves. Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Failed(Exception):
    """A step did not work. The text is for the person at the keyboard and says what to do."""


def say(text: str) -> None:
    """One line, at once, also when the output is not a terminal."""
    print(text, flush=True)


def step(name: str, command: Sequence[str], *, environ: Mapping[str, str] | None = None, folder: Path = ROOT) -> None:
    """Runs a command that is quiet when it works: one line with its time. Raises Failed with its whole output."""
    began = time.monotonic()
    try:
        result = subprocess.run(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise Failed(f"{name}: cannot run {command[0]} ({error.strerror})") from error
    if result.returncode != 0:
        raise Failed(f"{result.stdout.rstrip()}\n{name}: failed (exit code {result.returncode})")
    say(f"{name}: done in {time.monotonic() - began:.1f} s")


def run(command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> int:
    """Runs a command that speaks for itself; its exit code."""
    try:
        return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode
    except KeyboardInterrupt:
        return 130


def output_of(command: Sequence[str]) -> str:
    """Standard output of a command, whatever its exit code; empty if it cannot be run."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError:
        return ""
    return result.stdout


def is_windows() -> bool:
    return sys.platform == "win32"
