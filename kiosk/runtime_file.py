"""The facts of the running server that its own user's other processes need: where it is and how to get in.

Knows nothing of how the server is started or stopped. The token in it opens the kiosk's pages: the file is
readable by its owner alone and the token appears in no log (DESIGN §§2, 8).
"""

from __future__ import annotations

import os

import msgspec
import psutil

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.private_file import write_private


class RunningServer(msgspec.Struct, frozen=True, kw_only=True):
    """A server process that holds the data folder."""

    pid: int
    ui_url: str  # http://127.0.0.1:PORT
    token: str  # per launch
    phones_url: str | None  # None while phones are not served
    version: str
    started_at_ms: int

    @property
    def open_url(self) -> str:
        """The address that opens the kiosk's pages. The token is in the fragment, which is never sent or logged."""
        return f"{self.ui_url}/open#{self.token}"

    def __repr__(self) -> str:
        return f"RunningServer(pid={self.pid}, ui_url={self.ui_url!r}, version={self.version!r})"


class StartFailure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a server could not start: the code of an error and what its sentence needs."""

    code: str
    context: dict[str, str | int] = msgspec.field(default_factory=dict)


def announce(folder: DataFolder, server: RunningServer) -> None:
    """Tells this user's other processes about this server. Raises OSError."""
    write_private(folder.runtime_file, msgspec.json.encode(server))


def withdraw(folder: DataFolder) -> None:
    """Removes what this process announced; on a clean stop. A file of another process stays."""
    announced = _read(folder)
    if announced is None or announced.pid == os.getpid():
        folder.runtime_file.unlink(missing_ok=True)


def running_server(folder: DataFolder) -> RunningServer | None:
    """The server that runs for this folder and is ready, or None.

    A file left behind by kill -9 or a power cut is harmless: it counts only while a server holds the lock
    and its process exists.
    """
    announced = _read(folder)
    if announced is None or not psutil.pid_exists(announced.pid) or not is_server_locked(folder):
        return None
    return announced


def report_start_failure(folder: DataFolder, failure: StartFailure) -> None:
    """Leaves the reason for whoever started this server in the background. Raises OSError."""
    write_private(folder.start_failure_file, msgspec.json.encode(failure))


def take_start_failure(folder: DataFolder) -> StartFailure | None:
    """Reads and removes the reason, if there is one."""
    try:
        content = folder.start_failure_file.read_bytes()
        folder.start_failure_file.unlink(missing_ok=True)
        return msgspec.json.decode(content, type=StartFailure)
    except (OSError, msgspec.MsgspecError):
        return None


def _read(folder: DataFolder) -> RunningServer | None:
    try:
        return msgspec.json.decode(folder.runtime_file.read_bytes(), type=RunningServer)
    except (OSError, msgspec.MsgspecError):
        return None
