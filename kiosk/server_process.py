"""The server as a process of its own: how it is started in the background and how it is asked to end.

Knows nothing of when that should happen (kiosk/supervisor.py) or of what the server does.
"""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, running_server

QUIT_PATH = "/quit"
ANSWER_LIMIT_S = 5.0
LOOK_AGAIN_S = 0.05


def serve_command(folder: DataFolder) -> list[str]:
    """The command line of a server that a window started, for a checkout and for the frozen program."""
    is_frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if is_frozen else [sys.executable, "-m", "kiosk"]
    return [*program, "serve", "--attended", "--data-dir", str(folder.root)]


def start_in_background(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Starts the server so that it outlives the window, its terminal and Ctrl-C there. Raises OSError.

    It has no standard streams: what it has to say is in its runtime file or its failure file.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        cwd=Path(__file__).parents[1],  # where "-m kiosk" finds it
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # no effect on Windows, where the flags do this
        creationflags=flags,
    )


def ask_to_quit(server: RunningServer) -> bool:
    """Asks over the loopback pages, with the launch token, as every client does. True if it agreed."""
    address = urlsplit(server.ui_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=ANSWER_LIMIT_S)
    headers = {"Authorization": f"Bearer {server.token}", "Origin": server.ui_url, "Content-Length": "0"}
    with contextlib.closing(connection):
        try:
            connection.request("POST", QUIT_PATH, headers=headers)
            return connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False


def stop_server(folder: DataFolder, patience_s: float = 20.0) -> bool:
    """Ends the server of this folder and returns when it is gone; True if none is left.

    It is asked first; if it does not end in time the operating system is told to end it. That loses nothing
    that was acknowledged, it only leaves more to check at the next start.
    """
    server = running_server(folder)
    if server is None:
        return not is_server_locked(folder)
    if ask_to_quit(server) and _wait_until_gone(folder, patience_s):
        return True
    with contextlib.suppress(psutil.Error):
        psutil.Process(server.pid).terminate()
    return _wait_until_gone(folder, patience_s)


def _wait_until_gone(folder: DataFolder, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    tick = threading.Event()
    while is_server_locked(folder):
        if time.monotonic() > deadline:
            return False
        tick.wait(LOOK_AGAIN_S)
    return True
