"""One server per data folder, one window per user and data folder, and how a second start raises the first window.

Knows nothing of what a server or a window does.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from db.errors import AlreadyRunning
from kiosk.paths import DataFolder
from kiosk.private_file import write_private

RAISED = b"raised"
LONGEST_MESSAGE = 256
LOOPBACK = "127.0.0.1"

# A look at the lock (is_server_locked) holds it for a moment; a starting server waits that out.
SERVER_LOCK_PATIENCE_S = 1.0

# A first window that was started a moment ago may not listen yet.
FIRST_WINDOW_PATIENCE_S = 5.0


class ServerLock:
    """Held by the server process of a data folder. The operating system lets go of it when the process dies."""

    def __init__(self, folder: DataFolder) -> None:
        self._lock = FileLock(folder.server_lock, thread_local=False)

    def acquire(self) -> None:
        """Raises AlreadyRunning if another process has it."""
        try:
            self._lock.acquire(timeout=SERVER_LOCK_PATIENCE_S, poll_interval=0.02)
        except Timeout:
            raise AlreadyRunning from None

    def release(self) -> None:
        """Lets the next server in."""
        self._lock.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_server_locked(folder: DataFolder) -> bool:
    """True while a server process of this folder lives, ready or not."""
    return is_held(folder.server_lock)


def is_held(lock: Path) -> bool:
    """True while a process has the lock of this file."""
    if not lock.exists():
        return False
    look = FileLock(lock)
    try:
        look.acquire(timeout=0)
    except (Timeout, PermissionError):  # held, or of another user: then it is not for us to start one
        return True
    look.release()
    return False


class FirstWindow:
    """This process has the user's one window for a data folder; later starts ask it to come to the front."""

    def __init__(self, folder: DataFolder, lock: FileLock, on_raise: Callable[[], None]) -> None:
        self._folder = folder
        self._lock = lock
        self._on_raise = on_raise
        self._token = secrets.token_hex(32)
        self._closing = threading.Event()
        self._listener = Listener((LOOPBACK, 0), backlog=16)
        self._port = int(self._listener.address[1])
        content = json.dumps({"port": self._port, "token": self._token})
        write_private(folder.window_file, content.encode())
        self._thread = threading.Thread(target=self._accept, name="second-start", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Lets the next window in."""
        self._closing.set()
        with contextlib.suppress(OSError):
            Client((LOOPBACK, self._port)).close()  # wakes the thread that waits for connections
        self._thread.join(timeout=2)
        self._listener.close()
        self._folder.window_file.unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except OSError:
                self._closing.wait(0.1)
                continue
            # A thread for each: somebody who connects and says nothing must not keep others out.
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            said = connection.recv_bytes(LONGEST_MESSAGE)
            if secrets.compare_digest(said, self._token.encode()) and not self._closing.is_set():
                self._on_raise()
                connection.send_bytes(RAISED)


def claim_window(folder: DataFolder, on_raise: Callable[[], None]) -> FirstWindow | None:
    """Returns the claim, to be closed with the window; None if this user has a window for this folder already.

    ``on_raise`` is called in a thread of its own whenever the window should come to the front.
    """
    lock = FileLock(folder.window_lock, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return FirstWindow(folder, lock, on_raise)


def raise_first_window(folder: DataFolder, patience_s: float = FIRST_WINDOW_PATIENCE_S) -> bool:
    """Asks the window that is open to come to the front; False if it did not answer in time."""
    _let_others_take_the_front()
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if _ask_to_raise(folder, deadline):
            return True
        time.sleep(0.05)
    return False


def _ask_to_raise(folder: DataFolder, deadline: float) -> bool:
    try:
        stored = json.loads(folder.window_file.read_bytes())
        address, token = (LOOPBACK, int(stored["port"])), str(stored["token"])
        with Client(address) as connection:
            connection.send_bytes(token.encode())
            if not connection.poll(max(0.0, deadline - time.monotonic())):
                return False
            return connection.recv_bytes(LONGEST_MESSAGE) == RAISED
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return False


def _let_others_take_the_front() -> None:
    """Windows lets only the program in front hand the front over; a program just started by a person has it."""
    if sys.platform == "win32":
        import ctypes

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)
