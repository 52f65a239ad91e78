"""Starting the stand-in server from a test, and ending whatever is left of it."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import psutil

from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server


def standin_command(folder: DataFolder, *options: str) -> list[str]:
    return [sys.executable, "-m", "tests.fakes.standin_server", "--data-dir", str(folder.root), *options]


def kill_servers_of(folder: DataFolder) -> None:
    """Only processes of this test: those that were started with its own temporary folder."""
    if server := running_server(folder):
        with contextlib.suppress(psutil.Error):
            psutil.Process(server.pid).kill()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any(Path(part) == folder.root for part in child.cmdline()):
                child.kill()
