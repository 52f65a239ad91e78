"""A restore from the page, beside the server that it replaces: the implementation of web.ui.restore_port.RestorePort.

Everything is proved and made ready here while the pages go on; phones are kept out from the beginning. Then ``staged``
is there, and whoever runs the server (kiosk/serve.py) puts it in place between one server and the next. Knows nothing
of HTTP.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from db.backup import verify_backup
from db.clock import Clock
from db.errors import BackupStopped, DiskFull, HubError, InvalidInput, NotFound
from db.exchange import give_up_exchange
from db.restore import COPIED, PROVED, refuse_foreign
from db.restore_note import RestoreNote, read_note, write_note
from db.settings import Setting, read_setting
from kiosk.background_look import BackgroundLook
from kiosk.config import Config
from kiosk.failures import meaning_of
from kiosk.free_space import FreeBytes, free_bytes
from kiosk.jobs import run_guarded
from kiosk.phone_listener import PhoneListener
from kiosk.restore import REPLACED_NAME, OpenedBackup, PresentDatabase, StagedRestore, backup_key, stage_restore
from web.ui.restore_port import (
    ChosenBackup,
    FoundBackup,
    LatePhone,
    RestoreFailure,
    RestoreOutcome,
    RestorePhase,
    RestoreStep,
    RestoreView,
)

SPARE_BYTES = 20 * 1024**2
STOP_WITHIN_S = 5.0
"""A stick that is slow, or a network folder that is gone, must not keep the program from closing."""
_LOG = logging.getLogger(__name__)


class RestoreDesk:
    """Safe for many threads. ``find``: the backups that can be chosen, in their order. ``failure``: of a restore that
    did not come to its end before this start."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        present: PresentDatabase,
        phones: PhoneListener,
        find: Callable[[], tuple[FoundBackup, ...]],
        failure: RestoreFailure | None = None,
        free: FreeBytes = free_bytes,
    ) -> None:
        self.staged: StagedRestore | None = None
        self._config = config
        self._clock = clock
        self._present = present
        self._phones = phones
        self._found = BackgroundLook[tuple[FoundBackup, ...]](find, ())
        self._wake: Callable[[], None] = lambda: None
        self._free = free
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._turn = 0  # a look that was called off must not come back
        self._thread: threading.Thread | None = None
        self._step = RestoreStep.CHOOSE
        self._percent = 0
        self._phase: RestorePhase | None = None
        self._opened: OpenedBackup | None = None
        self._tried_file = ""
        self._failure = failure

    def when_ready(self, wake: Callable[[], None]) -> None:
        """``wake`` is called once ``staged`` is there."""
        self._wake = wake

    def view(self) -> RestoreView:
        """See RestorePort."""
        with self._present.database.read() as snapshot:
            note = read_note(snapshot)
            has_pin = bool(read_setting(snapshot, Setting.PIN))
        with self._lock:
            is_told = note is not None and self._step is RestoreStep.CHOOSE
            return RestoreView(
                step=RestoreStep.TOLD if is_told else self._step,
                found=self._found.last,
                is_searching=self._found.is_looking,
                percent=self._percent,
                phase=self._phase,
                chosen=_chosen(self._opened),
                failure=self._failure,
                outcome=_outcome(note, has_pin=has_pin) if note else None,
                aside=str(self._config.folder.root / REPLACED_NAME),
                tried_file=self._tried_file,
            )

    def search(self) -> None:
        """See RestorePort."""
        self._found.again()

    def look(self, file: str, code: str) -> None:
        """See RestorePort."""
        if not file.strip():
            raise InvalidInput(path="file")
        path = Path(file.strip()).expanduser().absolute()
        with self._lock:
            if self._step is RestoreStep.RESTORE:
                return
            self._turn += 1
            turn = self._turn
            self._step, self._percent, self._failure, self._opened = RestoreStep.LOOK, 0, None, None
            self._tried_file = file.strip()
        self._begin(lambda: self._look(turn, path, code.strip()))

    def begin(self) -> None:
        """See RestorePort."""
        with self._lock:
            if self._step is RestoreStep.RESTORE:
                return
            if self._opened is None:
                raise InvalidInput(path="file")
            opened = self._opened
            self._step, self._percent, self._phase = RestoreStep.RESTORE, 0, RestorePhase.CHECK
        self._begin(lambda: self._restore(opened))

    def cancel(self) -> None:
        """See RestorePort."""
        with self._lock:
            if self._step is not RestoreStep.RESTORE:
                self._turn += 1
                self._step, self._opened, self._failure, self._tried_file = RestoreStep.CHOOSE, None, None, ""

    def dismiss(self) -> None:
        """See RestorePort."""
        with self._present.database.write() as transaction:
            write_note(transaction, None)

    def stop(self) -> None:
        """Gives up what is under way and not decided: the program is closing."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(STOP_WITHIN_S)

    def _begin(self, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=run_guarded, args=("restore", work), name="restore", daemon=True)
        self._thread.start()

    def _look(self, turn: int, path: Path, code: str) -> None:
        opened, failure = None, RestoreFailure(HubError.code)

        def told(done: float) -> None:
            if self._stopping.is_set() or turn != self._turn:
                raise BackupStopped
            self._percent = int(done * 100)

        try:
            info, key = backup_key(self._config, path, code or None, self._present.key)
            refuse_foreign(info, self._present.database)
            if self._free(self._config.folder.root) < info.database_bytes + SPARE_BYTES:
                raise DiskFull
            opened = OpenedBackup(path, verify_backup(path, key, progress=told), key)
        except (HubError, OSError) as error:
            failure = _failure_of(error, path)
        finally:
            with self._lock:
                if turn == self._turn:
                    self._opened, self._failure = opened, None if opened else failure
                    self._step = RestoreStep.ASK if opened else RestoreStep.CHOOSE

    def _restore(self, opened: OpenedBackup) -> None:
        staged, failure = None, RestoreFailure(HubError.code, was_restoring=True)
        was_serving = self._phones.hold()
        try:
            staged = stage_restore(self._config, opened, self._clock, self._present, progress=self._watch)
        except (HubError, OSError) as error:
            failure = _failure_of(error, opened.path, was_restoring=True)
            _LOG.warning("nothing was restored", extra={"code": failure.code})
        finally:
            if staged is None:
                self._give_up(failure, was_serving=was_serving)
        with self._lock:
            self.staged, self._phase = staged, RestorePhase.SWITCH
        self._wake()

    def _give_up(self, failure: RestoreFailure, *, was_serving: bool) -> None:
        with contextlib.suppress(OSError):
            give_up_exchange(self._config.folder.root)
        self._phones.let_go()
        if was_serving and not self._stopping.is_set():
            with contextlib.suppress(HubError):  # the main page tells
                self._phones.start()
        with self._lock:
            self._step, self._opened, self._phase, self._failure = RestoreStep.CHOOSE, None, None, failure

    def _watch(self, done: float) -> None:
        if self._stopping.is_set():
            raise BackupStopped
        self._percent = int(done * 100)
        self._phase = (
            RestorePhase.CHECK if done < PROVED else RestorePhase.COPY if done < COPIED else RestorePhase.PREPARE
        )


def failure_of_exchange(error: HubError | OSError) -> RestoreFailure:
    """What is told after a start that followed an exchange in vain."""
    meaning = meaning_of(error)
    return RestoreFailure(meaning.code, meaning.context, was_restoring=True)


def _failure_of(error: HubError | OSError, backup: Path, *, was_restoring: bool = False) -> RestoreFailure:
    """A stick that was pulled out shows as any error of reading."""
    is_gone = isinstance(error, OSError) and not backup.is_file()
    meaning = NotFound() if is_gone else meaning_of(error)
    return RestoreFailure(meaning.code, meaning.context, was_restoring)


def _chosen(opened: OpenedBackup | None) -> ChosenBackup | None:
    if opened is None:
        return None
    info = opened.info
    return ChosenBackup(
        str(opened.path), info.created_at, info.contents.server_name, info.database_bytes, info.contents.rows
    )


def _outcome(note: RestoreNote, *, has_pin: bool) -> RestoreOutcome:
    late = None
    if note.late is not None:
        late = tuple(LatePhone(one.name, one.user_name, one.last_sync_at, one.records_sent) for one in note.late)
    return RestoreOutcome(
        note.made_at, note.server_name, note.aside, late, note.lost_passphrase, has_pin, note.had_pin and not has_pin
    )
