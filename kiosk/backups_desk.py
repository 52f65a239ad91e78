"""What staff sees of the backups and does about them here: the implementation of web.ui.backups_port.BackupsPort.

Knows nothing of HTTP or of how a backup is made (kiosk/backups.py).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from db.database import Database
from db.errors import BackupPlaceFailed, HubError, StorageBusy
from db.settings import Setting, read_settings, write_setting
from kiosk.background_look import BackgroundLook
from kiosk.backup_shelf import ShelvedBackup
from kiosk.backups import Backups
from kiosk.doctor.computer_checks import DISK_LOW_BYTES
from kiosk.free_space import FreeBytes, free_bytes
from kiosk.jobs import run_guarded
from kiosk.paths import DataFolder
from kiosk.recovery import shown_code
from web.ui.backups_port import BackupLine, BackupsView

_CHANGING_THE_LIST = (Setting.LAST_BACKUP_AT, Setting.SECOND_BACKUP_AT, Setting.SECOND_BACKUP_FOLDER)


@dataclass(frozen=True)
class MadeElsewhere:
    """The last backup that was made into a folder of choice: its file, or the code of what was in the way."""

    file: str = ""
    made_ms: int = 0
    failure: str = ""


class BackupsDesk:
    """Safe for many threads. One backup at a time is made from here, and the view tells how far it is."""

    def __init__(
        self, folder: DataFolder, database: Database, key: bytes, backups: Backups, free: FreeBytes = free_bytes
    ) -> None:
        self._folder = folder
        self._database = database
        self._key = key
        self._backups = backups
        self._free = free
        self._lock = threading.Lock()
        self._percent: int | None = None
        self._elsewhere = MadeElsewhere()
        self._found = BackgroundLook[list[ShelvedBackup]](backups.listed, [])
        self._found_after: tuple[str | None, ...] | None = None

    def view(self) -> BackupsView:
        """See BackupsPort."""
        with self._database.read() as snapshot:
            settings = read_settings(snapshot)
        free = self._free(self._folder.root)
        return BackupsView(
            made_ms=int(settings.get(Setting.LAST_BACKUP_AT) or 0),
            result=settings.get(Setting.LAST_BACKUP_RESULT, ""),
            tried_out_ms=int(settings.get(Setting.LAST_DRILL_AT) or 0),
            tried_out_result=settings.get(Setting.LAST_DRILL_RESULT, ""),
            second_folder=settings.get(Setting.SECOND_BACKUP_FOLDER, ""),
            second_ms=int(settings.get(Setting.SECOND_BACKUP_AT) or 0),
            second_result=settings.get(Setting.SECOND_BACKUP_RESULT, ""),
            percent=self._percent,
            free_bytes=free,
            is_space_low=free < max(DISK_LOW_BYTES, 3 * self._database.path.stat().st_size),
            is_looking=self._found.is_looking,
            is_code_known=Setting.RECOVERY_CODE_SEEN in settings,
        )

    def listed(self) -> tuple[BackupLine, ...]:
        """See BackupsPort. A second place may be far away, so it is looked at when something has happened to it."""
        return tuple(map(self._line, self.shelved()))

    def shelved(self) -> list[ShelvedBackup]:
        """The same, as the program knows them."""
        with self._database.read() as snapshot:
            settings = read_settings(snapshot)
        after = tuple(settings.get(setting) for setting in _CHANGING_THE_LIST)
        if after != self._found_after:
            self._found_after = after
            self._found.again()
        return self._found.last

    def look_again(self) -> None:
        """See BackupsPort."""
        self._found.again()

    def make_now(self) -> None:
        """See BackupsPort."""
        self._begin(self._make)

    def make_and_wait(self) -> None:
        """The same in this thread, for who cures things one after the other. Raises HubError: also StorageBusy, while
        another is made."""
        with self._lock:
            if self._percent is not None:
                raise StorageBusy
            self._percent = 0
        with self._showing():
            self._backups.make(progress=self._note_progress)

    def make_at(self, folder: Path) -> None:
        """Begins one into a folder of choice, and nowhere else; how it ended is in ``elsewhere``. Nothing happens while
        one is being made."""
        self._begin(lambda: self._make_at(folder))

    @property
    def elsewhere(self) -> MadeElsewhere:
        """How the last one into a folder of choice ended."""
        return self._elsewhere

    @property
    def percent(self) -> int | None:
        """How far the one is that is being made."""
        return self._percent

    def choose_second_folder(self, folder: str) -> None:
        """See BackupsPort."""
        self._backups.choose_second_folder(Path(folder) if folder else None)

    def recovery_code(self) -> str | None:
        """See BackupsPort. The first one to ask makes it."""
        code = shown_code(self._folder, self._database, self._key).code
        with self._database.write() as transaction:
            write_setting(transaction, Setting.RECOVERY_CODE_SEEN, "yes")
        return code

    def _begin(self, make: Callable[[], None]) -> None:
        with self._lock:
            if self._percent is not None:
                return
            self._percent = 0
        threading.Thread(target=run_guarded, args=("backup", make), name="backup", daemon=True).start()

    def _make(self) -> None:
        with self._showing(), contextlib.suppress(HubError):  # noted in the settings, from where the page has it
            self._backups.make(progress=self._note_progress)

    def _make_at(self, folder: Path) -> None:
        with self._showing():
            self._elsewhere = MadeElsewhere(failure=HubError.code)
            try:
                if not folder.is_dir():  # the stick was pulled out: no file of that name in its stead
                    raise BackupPlaceFailed
                made = self._backups.make(folder, progress=self._note_progress)
                self._elsewhere = MadeElsewhere(str(made.path), made.info.created_at)
            except HubError as failure:
                self._elsewhere = MadeElsewhere(failure=failure.code)

    @contextlib.contextmanager
    def _showing(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._percent = None

    def _note_progress(self, done: float) -> None:
        self._percent = min(int(done * 100), 100)

    def _line(self, backup: ShelvedBackup) -> BackupLine:
        made = backup.info.created_at if backup.info else None
        is_second = backup.path.parent != self._folder.backups
        return BackupLine(backup.path.name, made, backup.size, is_second)
