"""Keeps one server running for a window: attaches to it or starts it, watches it, starts it again when it dies.

Knows nothing of windows (it reports to a function) or of what the server serves.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.instance import is_server_locked
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, StartFailure, running_server, take_start_failure
from kiosk.server_process import serve_command, start_in_background, stop_server
from kiosk.update.lock import is_updating
from kiosk.update.pointer import newer_program

# Codes of this module's own, beside those the server reports about itself.
NOT_READY = "server_not_ready"  # it lives but is still not ready after the time it should take at most
START_FAILED = "server_start_failed"  # it ended without saying why
KEEPS_STOPPING = "server_keeps_stopping"  # it was started again and again and died each time

# What the server says when a new attempt would find the same.
FINAL_CODES = frozenset({"wrong_key", "key_missing", "database_damaged", "newer_database"})

log = logging.getLogger(__name__)


class ServerState(StrEnum):
    """What the window should show."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"  # it died and is being started again
    FAILED = "failed"  # given up, or not ready for too long; ``failure`` says why
    STOPPED = "stopped"  # it was ended on purpose, from somewhere else
    UPDATING = "updating"  # another process exchanges the program
    REPLACED = "replaced"  # a newer program is in force: whoever watches belongs to the one before it


@dataclass(frozen=True)
class ServerReport:
    """The state of the server, with what belongs to it."""

    state: ServerState
    server: RunningServer | None = None  # with RUNNING
    failure: StartFailure | None = None  # with FAILED


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds."""

    ready_s: float = 60.0  # a start may check the whole database after a power cut
    look_again_s: float = 1.0  # while it runs
    child_look_s: float = 0.1  # whether a server that this process started has died: costs next to nothing
    start_look_s: float = 0.05  # while it starts
    stop_s: float = 20.0  # for a server that was asked to end
    steady_s: float = 60.0  # lived longer than this: its death is not one of a series
    pauses_s: tuple[float, ...] = (0.2, 1.0, 3.0, 8.0, 20.0)  # before each new start; then given up


@dataclass
class _Series:
    """Deaths in a row."""

    pauses: Sequence[float]
    count: int = 0

    def next_pause(self) -> float | None:
        """Counts one death; the pause before the next start, None when it is enough."""
        self.count += 1
        return self.pauses[self.count - 1] if self.count <= len(self.pauses) else None


class Supervisor:
    """Use: ``run()`` in a thread of its own, ``close()`` to end it. The server itself is left running."""

    def __init__(
        self,
        folder: DataFolder,
        command: Sequence[str] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._folder = folder
        self._command = list(command or serve_command(folder))
        self._patience = patience or Patience()
        self._closing = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Stops watching; from now on nothing is started."""
        self._closing.set()

    def run(self, on_change: Callable[[ServerReport], None]) -> None:
        """Keeps the server running until ``close()``, or until it was stopped on purpose or given up.

        ``on_change`` is called in this thread with each new report; after FAILED by giving up, after STOPPED and
        after REPLACED, this returns.
        """
        series = _Series(self._patience.pauses_s)
        on_change(ServerReport(ServerState.STARTING))
        while not self._closing.is_set():
            self._wait_for_update(on_change)
            if newer_program(self._folder.root) is not None:
                on_change(ServerReport(ServerState.REPLACED))
                return
            outcome = self._attach() or self._start(on_change)
            if isinstance(outcome, RunningServer):
                on_change(ServerReport(ServerState.RUNNING, server=outcome))
                began = time.monotonic()
                if not self._watch_until_death(on_change):
                    return
                if time.monotonic() - began > self._patience.steady_s:
                    series = _Series(self._patience.pauses_s)
                if is_updating(self._folder) or newer_program(self._folder.root) is not None:
                    continue
                outcome = StartFailure(code=KEEPS_STOPPING)
            if self._closing.is_set():
                return
            pause = None if outcome.code in FINAL_CODES else series.next_pause()
            if pause is None:
                log.error("the server is not started again", extra={"code": outcome.code})
                on_change(ServerReport(ServerState.FAILED, failure=outcome))
                return
            log.warning("the server is started again", extra={"code": outcome.code})
            on_change(ServerReport(ServerState.RESTARTING))
            self._closing.wait(pause)

    def stop_server(self) -> bool:
        """Stops watching and ends the server, also one that is still starting. True if none is left."""
        self.close()
        child = self._child
        if child is not None and child.poll() is None and running_server(self._folder) is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(self._patience.stop_s)
        return stop_server(self._folder, self._patience.stop_s)

    def _wait_for_update(self, on_change: Callable[[ServerReport], None]) -> None:
        """Returns once no process exchanges the program any more."""
        if not is_updating(self._folder):
            return
        on_change(ServerReport(ServerState.UPDATING))
        while is_updating(self._folder) and not self._closing.wait(self._patience.look_again_s):
            pass

    def _attach(self) -> RunningServer | None:
        server = running_server(self._folder)
        if server is not None:
            self._child = None  # somebody else's, so no exit code of ours tells about it
        return server

    def _start(self, on_change: Callable[[ServerReport], None]) -> RunningServer | StartFailure:
        """Starts the server and waits until it is ready or has ended."""
        take_start_failure(self._folder)  # of an earlier attempt
        try:
            self._child = start_in_background(self._command)
        except OSError:
            return StartFailure(code=START_FAILED)
        deadline = time.monotonic() + self._patience.ready_s
        is_late = False
        while not self._closing.wait(self._patience.start_look_s):
            if server := running_server(self._folder):
                return server
            if self._child.poll() is not None:
                return take_start_failure(self._folder) or StartFailure(
                    code=START_FAILED, context={"exit_code": self._child.returncode}
                )
            if not is_late and time.monotonic() > deadline:
                # Not ended: it may be in the middle of a migration. It is still welcome when it gets ready.
                is_late = True
                on_change(ServerReport(ServerState.FAILED, failure=StartFailure(code=NOT_READY)))
        return StartFailure(code=START_FAILED)

    def _is_closed_before_next_look(self) -> bool:
        """Waits; a child of our own that dies meanwhile is seen at once."""
        due = time.monotonic() + self._patience.look_again_s
        child = self._child if self._child is not None and self._child.poll() is None else None
        while time.monotonic() < due and (child is None or child.poll() is None):
            if self._closing.wait(min(self._patience.child_look_s, self._patience.look_again_s)):
                return True
        return self._closing.is_set()

    def _watch_until_death(self, on_change: Callable[[ServerReport], None]) -> bool:
        """True when the server died; False when it was stopped on purpose or nobody wants to know any more."""
        known = running_server(self._folder)
        while not self._is_closed_before_next_look():
            has_failed = self._child is not None and self._child.poll() not in (None, 0)
            current = running_server(self._folder)
            if current is not None:
                if known is not None and current.version != known.version:
                    return True  # the program was exchanged between two looks
                if known is not None and current != known:  # somebody started another one, or its addresses changed
                    on_change(ServerReport(ServerState.RUNNING, server=current))
                known = current
            elif is_server_locked(self._folder):
                continue  # on its way down, or another one on its way up
            elif is_updating(self._folder) or has_failed or self._folder.runtime_file.exists():
                return True
            else:  # a clean stop takes the runtime file away
                on_change(ServerReport(ServerState.STOPPED))
                return False
        return False
