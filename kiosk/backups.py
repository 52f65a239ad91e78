"""The backups of a running clinic: made now or when they are due, in two places, tried out every week.

Knows nothing of how a backup is made (db/backup.py) or which are kept (kiosk/backup_retention.py). What happened is
noted in the settings, so that pages and commands can show it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from db.backup import create_backup, verify_backup
from db.backup_file import BackupInfo, Progress, unwatched
from db.clock import Clock
from db.database import Database
from db.errors import BackupPlaceFailed, BackupStopped, HubError, InvalidInput, StorageBusy
from db.settings import Setting, read_settings, write_setting
from kiosk.backup_shelf import Shelf, ShelvedBackup
from kiosk.failures import meaning_of
from kiosk.paths import DataFolder
from kiosk.recovery import recovery_copy

HOUR_MS = 3_600_000
DUE_AFTER_MS = 20 * HOUR_MS
"""Less than a day: a computer that is switched on at nine every morning makes one every morning."""
DRILL_AFTER_MS = 7 * 24 * HOUR_MS
OK = "ok"
NO_BACKUP = "no_backup"
_COPYING = 0.8
"""How far the work is when the copy for the second place begins."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class MadeBackup:
    """``second``: how the copy for the second place ended ("ok" or the code of an error); None: there is no such
    place, or the backup was made somewhere else anyway."""

    path: Path
    info: BackupInfo
    second: str | None


@dataclass(frozen=True)
class Drill:
    """``result``: "ok", "no_backup" or the code of an error."""

    result: str
    path: Path | None


class Backups:
    """Safe for many threads; one backup or drill at a time."""

    def __init__(self, folder: DataFolder, database: Database, key: bytes, clock: Clock) -> None:
        self._folder = folder
        self._database = database
        self._key = key
        self._clock = clock
        self._shelf = Shelf(folder.backups)
        self._alone = threading.Lock()
        self._stopping = threading.Event()

    def make(self, file: Path | None = None, *, progress: Progress = unwatched) -> MadeBackup:
        """Makes one now: in the data folder and in the second place, or as ``file`` (a new file, or a folder) alone.

        Raises AlreadyExists, DiskFull, BackupPlaceFailed, BackupDamaged, BackupStopped, and StorageBusy while another
        is made. A second place that is not there is no error.
        """
        with self._working() as settings, self._noting(Setting.LAST_BACKUP_RESULT):
            made = self._make(file, settings, progress)
            self._note({Setting.LAST_BACKUP_AT: str(self._clock.now_ms()), Setting.LAST_BACKUP_PLACE: str(made.path)})
            return made

    def make_if_due(self) -> None:
        """The daily backup: call every hour. A failure is noted and tried again next time."""
        settings = self._settings()
        last = settings.get(Setting.LAST_BACKUP_AT)
        is_missing = self._shelf.newest(settings.get(Setting.SERVER_ID, "")) is None
        if is_missing or self._is_due(last, DUE_AFTER_MS):
            with self._quietly("the backup failed"):
                self.make()

    def drill(self, *, progress: Progress = unwatched) -> Drill:
        """Opens the newest backup and compares it with what it says of itself. Raises BackupStopped, StorageBusy."""
        with self._working() as settings:
            newest = next(
                (found for shelf in self._shelves(settings) if (found := self._newest(shelf, settings))), None
            )
            result = self._proved(newest.path, progress) if newest else NO_BACKUP
            self._note({Setting.LAST_DRILL_AT: str(self._clock.now_ms()), Setting.LAST_DRILL_RESULT: result})
            return Drill(result, newest.path if newest else None)

    def drill_if_due(self) -> None:
        """The weekly drill: call every hour."""
        if self._is_due(self._settings().get(Setting.LAST_DRILL_AT), DRILL_AFTER_MS):
            with self._quietly("the drill failed"):
                self.drill()

    def listed(self) -> list[ShelvedBackup]:
        """Those in the data folder, then those in the second place; newest first."""
        return [backup for shelf in self._shelves(self._settings()) for backup in shelf.backups()]

    def second_folder(self) -> Path | None:
        """The second place, if staff has chosen one."""
        chosen = self._settings().get(Setting.SECOND_BACKUP_FOLDER)
        return Path(chosen) if chosen else None

    def choose_second_folder(self, folder: Path | None) -> None:
        """From now on every backup is copied there as well; None: nowhere. Raises InvalidInput (``path``: "folder") if
        there is no such folder, or it is the one of the data folder."""
        if folder is not None:
            folder = folder.expanduser().absolute()
            if not folder.is_dir() or folder.resolve() == self._shelf.folder.resolve():
                raise InvalidInput(path="folder")
        self._note({Setting.SECOND_BACKUP_FOLDER: str(folder or "")})

    def stop(self) -> None:
        """Gives up what is under way, and makes no more: the program is closing."""
        self._stopping.set()

    def _make(self, file: Path | None, settings: dict[Setting, str], progress: Progress) -> MadeBackup:
        created_at = self._clock.now_ms()
        try:
            target = _target(file, self._shelf, settings.get(Setting.SERVER_NAME, ""), created_at)
        except OSError as failure:
            raise meaning_of(failure) from None
        second = settings.get(Setting.SECOND_BACKUP_FOLDER) if file is None else None
        share = _COPYING if second else 1.0
        info = create_backup(
            self._database,
            self._key,
            target,
            created_at=created_at,
            recovery=recovery_copy(self._folder),
            progress=self._watched(lambda done: progress(done * share)),
        )
        if file is None:
            self._shelf.thin_out(info.contents.server_id, created_at)
        copied = None
        if second:
            copied = self._copy(target, Shelf(Path(second)), info, lambda done: progress(share + done * (1 - share)))
        return MadeBackup(target, info, copied)

    def _copy(self, backup: Path, shelf: Shelf, info: BackupInfo, progress: Progress) -> str:
        """Into the second place; "ok", or what was in the way."""
        try:
            shelf.take(backup, progress=self._watched(progress))
        except BackupStopped:
            raise
        except HubError as failure:
            self._note({Setting.SECOND_BACKUP_RESULT: failure.code})
            return failure.code
        shelf.thin_out(info.contents.server_id, self._clock.now_ms())
        self._note({Setting.SECOND_BACKUP_AT: str(self._clock.now_ms()), Setting.SECOND_BACKUP_RESULT: OK})
        return OK

    def _proved(self, path: Path, progress: Progress) -> str:
        try:
            verify_backup(path, self._key, progress=self._watched(progress))
        except BackupStopped:
            raise
        except (HubError, OSError) as failure:
            return meaning_of(failure).code
        return OK

    def _newest(self, shelf: Shelf, settings: dict[Setting, str]) -> ShelvedBackup | None:
        return shelf.newest(settings.get(Setting.SERVER_ID, ""))

    def _shelves(self, settings: dict[Setting, str]) -> list[Shelf]:
        second = settings.get(Setting.SECOND_BACKUP_FOLDER)
        return [self._shelf, Shelf(Path(second))] if second else [self._shelf]

    def _is_due(self, last: str | None, after_ms: int) -> bool:
        """Also when the last one was in the future: the clock was wrong then, or it is now."""
        return last is None or not 0 <= self._clock.now_ms() - int(last) < after_ms

    def _watched(self, progress: Progress) -> Progress:
        def told(done: float) -> None:
            if self._stopping.is_set():
                raise BackupStopped
            progress(done)

        return told

    def _settings(self) -> dict[Setting, str]:
        with self._database.read() as snapshot:
            return read_settings(snapshot)

    def _note(self, values: dict[Setting, str]) -> None:
        with self._database.write() as transaction:
            for setting, value in values.items():
                write_setting(transaction, setting, value)

    @contextlib.contextmanager
    def _working(self) -> Iterator[dict[Setting, str]]:
        if not self._alone.acquire(blocking=False):
            raise StorageBusy
        try:
            yield self._settings()
        finally:
            self._alone.release()

    @contextlib.contextmanager
    def _noting(self, setting: Setting) -> Iterator[None]:
        """Notes how it ended; what was given up is not noted."""
        try:
            yield
        except BackupStopped:
            raise
        except HubError as failure:
            self._note({setting: failure.code})
            raise
        self._note({setting: OK})

    @contextlib.contextmanager
    def _quietly(self, what: str) -> Iterator[None]:
        try:
            yield
        except HubError as failure:
            _LOG.warning(what, extra={"code": failure.code})


def _target(file: Path | None, shelf: Shelf, server_name: str, created_at: int) -> Path:
    """Raises BackupPlaceFailed, OSError."""
    if file is None:
        return shelf.new_file(server_name, created_at)
    file = file.expanduser().absolute()
    if file.is_dir():
        return Shelf(file).new_file(server_name, created_at)
    if not file.parent.is_dir():
        raise BackupPlaceFailed
    return file
