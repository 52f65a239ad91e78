"""Versions of the program, compared; and the kind of computer a program is for.

Knows nothing of files.
"""

from __future__ import annotations

import importlib.util
import platform
import re

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", re.ASCII)
_MACHINES = (("amd64", "x86_64"), ("aarch64", "arm64"))


def parse(version: str) -> tuple[int, int, int]:
    """Three numbers. Raises ValueError for anything else."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError("not a version")
    return int(found[1]), int(found[2]), int(found[3])


def is_newer(version: str, than: str) -> bool:
    """Raises ValueError."""
    return parse(version) > parse(than)


def this_platform() -> str:
    """As update files name it, for example ``linux-x86_64``; a program without a window is one of its own."""
    machine = platform.machine().lower()
    kind = f"{platform.system().lower()}-{dict(_MACHINES).get(machine, machine)}"
    return kind if importlib.util.find_spec("webview") is not None else f"{kind}-headless"
