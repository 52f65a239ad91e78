"""The page about updates, done: the implementation of web.ui.update_port.UpdatePort.

Knows nothing of HTTP. An update is prepared here, while the server serves; the exchange is another process's
(kiosk/update/updater.py), which ends this one.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.clock import Clock
from db.database import Database
from db.errors import HubError, InvalidInput, NotFound, StorageBusy
from db.settings import Setting, read_settings, write_setting
from db.update_errors import UpdateFailed, UpdateRunning
from kiosk import __version__
from kiosk.failures import meaning_of
from kiosk.paths import DataFolder
from kiosk.update.finding import find_updates, look_at
from kiosk.update.place import Plan, UpdatePlace
from kiosk.update.preparing import prepare, require_fitting, require_no_passphrase
from kiosk.update.update_file import read_update, trusted_keys
from kiosk.update.updater import start_updater
from kiosk.update.versions import is_newer
from web.ui.update_port import OK, FoundUpdate, LastUpdate, Stage, UpdateView

QUIET_S = 5.0
"""A phone that has just pulled pushes within this time."""
WAIT_AT_MOST_S = 15 * 60.0
ASK_AFTER_MS = 20 * 3_600_000
_LOOK_EVERY_S = 0.2
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What an update needs of the running server. ``serve``: how the server was started; ``quiet_for``: seconds without
    a sync, of phones or with the cloud; ``newest``: asks on the internet."""

    folder: DataFolder
    database: Database
    clock: Clock
    serve: Sequence[str]
    back_up: Callable[[Callable[[float], object]], object]
    quiet_for: Callable[[], float]
    stop_phones: Callable[[], bool]  # whether they were served
    start_phones: Callable[[], None]
    newest: Callable[[], str]
    keys: Callable[[], Sequence[bytes]] = trusted_keys
    start_updater: Callable[[DataFolder], subprocess.Popen[bytes]] = start_updater


class UpdateDesk:
    """Safe for many threads; one update at a time."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._place = UpdatePlace(around.folder)
        self._lock = threading.Lock()
        self._folder = ""
        self._found: tuple[FoundUpdate, ...] | None = None
        self._stage: Stage | None = None
        self._percent: int | None = None
        self._failure: str | None = None

    def view(self) -> UpdateView:
        """See UpdatePort."""
        settings = self._settings()
        newest = settings.get(Setting.UPDATE_NEWEST, "")
        last = self._place.read_outcome()
        with self._lock:
            return UpdateView(
                version=__version__,
                is_able=bool(self._around.keys()),
                folder=self._folder,
                found=self._found,
                stage=self._stage,
                percent=self._percent,
                failure=self._failure,
                last=LastUpdate(last.result, last.version, last.before, last.at_ms) if last else None,
                may_ask=settings.get(Setting.UPDATE_CHECK) == "on",
                newest=newest if newest and is_newer(newest, __version__) else "",
                asked_ms=int(settings.get(Setting.UPDATE_ASKED_AT) or 0),
                asked_result=settings.get(Setting.UPDATE_ASKED_RESULT, ""),
            )

    def look(self, folder: str) -> None:
        """See UpdatePort."""
        place = Path(folder).expanduser() if folder else None
        if place is not None and not (place.is_absolute() and place.exists()):
            raise InvalidInput(path="folder")
        found = find_updates(place, self._around.keys())
        with self._lock:
            self._folder, self._found = folder, found

    def found(self, path: str) -> FoundUpdate:
        """See UpdatePort."""
        with self._lock:
            known = {one.path for one in self._found or ()}
        if path not in known:
            raise NotFound(table="update")
        return look_at(Path(path), self._around.keys())

    def install(self, path: str) -> None:
        """See UpdatePort."""
        self.found(path)
        require_fitting(read_update(Path(path), self._around.keys()).manifest)
        require_no_passphrase(self._around.folder)
        with self._lock:
            if self._stage is not None:
                raise UpdateRunning
            self._stage, self._percent, self._failure = Stage.CHECKING, 0, None
        threading.Thread(target=self._install, args=(Path(path),), name="update", daemon=True).start()

    def choose_asking(self, may_ask: bool) -> None:
        """See UpdatePort."""
        self._note({Setting.UPDATE_CHECK: "on" if may_ask else "off"})

    def ask_now(self) -> None:
        """See UpdatePort."""
        if self._settings().get(Setting.UPDATE_CHECK) != "on":
            raise InvalidInput(path="may_ask")
        asked = {Setting.UPDATE_ASKED_AT: str(self._around.clock.now_ms())}
        try:
            newest = self._around.newest()
        except HubError as failure:
            self._note(asked | {Setting.UPDATE_ASKED_RESULT: failure.code})
            raise
        self._note(asked | {Setting.UPDATE_ASKED_RESULT: OK, Setting.UPDATE_NEWEST: newest})

    def ask_if_due(self) -> None:
        """Once a day, if that is allowed: call every hour."""
        settings = self._settings()
        last = int(settings.get(Setting.UPDATE_ASKED_AT) or 0)
        is_due = not 0 <= self._around.clock.now_ms() - last < ASK_AFTER_MS
        if settings.get(Setting.UPDATE_CHECK) == "on" and is_due:
            try:
                self.ask_now()
            except HubError as failure:
                _LOG.info("the newest version could not be asked for", extra={"code": failure.code})

    def _install(self, file: Path) -> None:
        failure: HubError | None = None
        try:
            self._exchange(prepare(self._place, file, self._around.keys(), self._around.serve, self._watch))
        except (HubError, OSError) as error:
            failure = meaning_of(error)
            _LOG.warning("the update is given up", extra={"code": failure.code})
        finally:
            with self._lock:
                self._stage, self._percent = None, None
                self._failure = failure.code if failure else None

    def _exchange(self, plan: Plan) -> None:
        """Returns only when the exchange did not come about: else this process is ended meanwhile."""
        around = self._around
        self._watch(Stage.BACKING_UP, 0.0)
        around.back_up(lambda done: self._watch(Stage.BACKING_UP, done))
        self._watch(Stage.WAITING, 0.0)
        self._wait_until_quiet()
        self._watch(Stage.EXCHANGING, 0.0)
        self._place.write_plan(plan)
        were_served = around.stop_phones()
        try:
            around.start_updater(around.folder).wait()
        finally:
            if were_served:
                around.start_phones()
        raise UpdateFailed

    def _wait_until_quiet(self) -> None:
        tick = threading.Event()
        for _ in range(int(WAIT_AT_MOST_S / _LOOK_EVERY_S)):
            if self._around.quiet_for() >= QUIET_S:
                return
            tick.wait(_LOOK_EVERY_S)
        raise StorageBusy

    def _watch(self, stage: Stage, done: float) -> None:
        with self._lock:
            self._stage, self._percent = stage, min(int(done * 100), 100)

    def _settings(self) -> dict[Setting, str]:
        with self._around.database.read() as snapshot:
            return read_settings(snapshot)

    def _note(self, values: dict[Setting, str]) -> None:
        with self._around.database.write() as transaction:
            for setting, value in values.items():
                write_setting(transaction, setting, value)
