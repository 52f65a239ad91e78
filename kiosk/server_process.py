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
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from db.errors import NotRunning
from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, running_server

QUIT_PATH = "/quit"
ANSWER_LIMIT_S = 5.0
LOOK_AGAIN_S = 0.05
PROGRAM_FOLDER = Path(__file__).parents[1]
"""Where "-m kiosk" finds it."""


@dataclass(frozen=True)
class Answer:
    """Of the server's pages; the names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def serve_command(folder: DataFolder) -> list[str]:
    """The command line of a server that a window started, for a checkout and for the frozen program."""
    return [*own_program(), "serve", "--attended", "--data-dir", str(folder.root)]


def own_program() -> list[str]:
    """How this program starts itself, a checkout (in PROGRAM_FOLDER) and the frozen program."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kiosk"]


def start_in_background(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Starts the server so that it outlives the window, its terminal and Ctrl-C there. Raises OSError.

    It has no standard streams: what it has to say is in its runtime file or its failure file.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        cwd=PROGRAM_FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # no effect on Windows, where the flags do this
        creationflags=flags,
    )


def call(server: RunningServer, method: str, path: str, limit_s: float = ANSWER_LIMIT_S) -> Answer:
    """Asks over the loopback pages, with the launch token, as every client does. Raises NotRunning where nobody
    answers."""
    address = urlsplit(server.ui_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=limit_s)
    headers = {
        "Authorization": f"Bearer {server.token}",
        "Origin": server.ui_url,
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",  # without fields: pages look for some that may be there
        "Content-Length": "0",
    }
    with contextlib.closing(connection):
        try:
            connection.request(method, path, headers=headers)
            reply = connection.getresponse()
            return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
        except (OSError, http.client.HTTPException):
            raise NotRunning from None


def ask_to_quit(server: RunningServer) -> bool:
    """True if it agreed."""
    try:
        return call(server, "POST", QUIT_PATH).status < 300
    except NotRunning:
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
