"""Which processes of this computer are servers of this program.

Knows nothing of what they serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import psutil

from kiosk.paths import PROGRAM


@dataclass(frozen=True)
class Process:
    """A running process, as far as this user may see it."""

    pid: int
    parent: int | None
    words: tuple[str, ...]  # its command line


def processes_now() -> tuple[Process, ...]:
    """All that can be seen."""
    found = []
    for process in psutil.process_iter(["pid", "ppid", "cmdline"]):
        words = process.info["cmdline"]
        if words:
            found.append(Process(process.info["pid"], process.info["ppid"], tuple(words)))
    return tuple(found)


def count_other_servers(processes: Iterable[Process], own: int | None) -> int:
    """How many servers run besides the one of process ``own`` (None: there is none). A starter and what it started
    count once: on Windows the python.exe of a virtual environment is only a launcher."""
    servers = {process.pid: process for process in processes if is_server(process.words)}
    starters = {process.parent for process in servers.values()}
    family = _family(own, servers)
    return sum(pid not in starters and pid not in family for pid in servers)


def is_server(words: Sequence[str]) -> bool:
    """Whether a command line is that of a server of this program: installed, or from a checkout."""
    if "serve" not in words[1:]:
        return False
    programs = {PurePath(word.replace("\\", "/")).stem for word in words[:2]}  # a script may follow its interpreter
    return PROGRAM in programs or tuple(words[1:3]) == ("-m", "kiosk")


def _family(own: int | None, servers: dict[int, Process]) -> set[int]:
    """The process, what started it, and what it started, as far as they are servers."""
    family = set()
    pid: int | None = own
    while pid in servers and pid not in family:
        family.add(pid)
        pid = servers[pid].parent
    family |= {process.pid for process in servers.values() if process.parent in family}
    return {pid for pid in family if pid is not None}
