"""The process that exchanges the program: stops the server, exchanges, starts the new one, and goes back if it must.

Knows nothing of what is exchanged (kiosk/update/switching.py). It runs the old program, beside the server that started
it, and outlives it. Nothing is lost when it is killed: the next start finishes or goes back.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from db.clock import Clock
from db.errors import HubError, NotFound, StorageBusy
from db.exchange import At, nowhere
from db.update_errors import UpdateFailed
from kiosk import __version__
from kiosk.config import Config
from kiosk.instance import ServerLock
from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server
from kiosk.server_process import PROGRAM_FOLDER, own_program, start_in_background, stop_server
from kiosk.update.environment import outside_of_bundle
from kiosk.update.lock import update_lock
from kiosk.update.place import Outcome, Plan, UpdatePlace
from kiosk.update.switching import go_back, switch

STOP_PATIENCE_S = 120.0
READY_PATIENCE_S = 15 * 60.0
_LOOK_EVERY_S = 0.05
_LOG = logging.getLogger(__name__)


def start_updater(folder: DataFolder) -> subprocess.Popen[bytes]:
    """In the background, so that it outlives the server. Raises OSError."""
    return start_in_background([*own_program(), "--data-dir", str(folder.root), "update-run"])


def run_update(
    config: Config, clock: Clock, *, ready_s: float = READY_PATIENCE_S, at: At = nowhere, serves: bool = True
) -> str:
    """Does what the plan says. Returns the version that serves now, or would (``serves`` False: none is started).

    Raises UpdateRunning, NotFound (no plan), UpdateFailed and what ``switch`` raises; then the old program serves.
    """
    place = UpdatePlace(config.folder)
    with update_lock(config.folder):
        plan = place.read_plan()
        if plan is None:
            raise NotFound(table="update")
        try:
            _exchange(config, clock, place, plan, at)
            if serves:
                _start_new(config, clock, place, plan, ready_s)
        except HubError as failure:
            _LOG.warning("the update to version %s did not work", plan.version, extra={"code": failure.code})
            place.write_outcome(_failed(plan, failure, clock))
            _forget(place)
            if serves:
                start_in_background([*own_program(), "serve", *plan.serve, "--data-dir", str(config.folder.root)])
            raise
        place.plan_file.unlink(missing_ok=True)
    return plan.version


def _exchange(config: Config, clock: Clock, place: UpdatePlace, plan: Plan, at: At) -> None:
    if not stop_server(config.folder, STOP_PATIENCE_S):
        raise StorageBusy
    with ServerLock(config.folder):
        switch(config, clock, place, plan, at)


def _start_new(config: Config, clock: Clock, place: UpdatePlace, plan: Plan, ready_s: float) -> None:
    """Raises UpdateFailed when it does not serve; then the old program is in force."""
    folder = config.folder
    start = folder.root / plan.start
    child = _started([str(start), "serve", *plan.serve, "--data-dir", str(folder.root)])
    if _is_ready(folder, plan.version, child, ready_s):
        return
    child.kill()
    child.wait()
    with ServerLock(folder):
        has_gone_back = go_back(config, clock, place)
    if has_gone_back:
        raise UpdateFailed
    _started([str(start), "serve", *plan.serve, "--data-dir", str(folder.root)])


def _is_ready(folder: DataFolder, version: str, child: subprocess.Popen[bytes], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    tick = threading.Event()
    while time.monotonic() < deadline:
        server = running_server(folder)
        if server is not None and server.version == version:
            return True
        if child.poll() is not None:
            return False
        tick.wait(_LOOK_EVERY_S)
    return False


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Raises UpdateFailed."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(  # noqa: S603 - proved by its signature
            command,
            cwd=PROGRAM_FOLDER,
            env=outside_of_bundle(),
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,  # no effect on Windows, where the flags do this
            creationflags=flags,
        )
    except OSError:
        raise UpdateFailed from None


def _forget(place: UpdatePlace) -> None:
    """What failed is worth nothing; where this program is itself from an update, it stays."""
    pointer = place.pointer()
    place.clear(keep=(pointer.program.version,) if pointer is not None else ())


def _failed(plan: Plan, failure: HubError, clock: Clock) -> Outcome:
    return Outcome(result=failure.code, version=plan.version, before=__version__, at_ms=clock.now_ms())
