"""What staff sees of the backups and does about them here: the implementation of web.ui.backups_port.BackupsPort.

Knows nothing of HTTP or of how a backup is made (kiosk/backups.py).
"""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from db.database import Database
from db.errors import HubError
from db.settings import Setting, read_settings, write_setting
from kiosk.backup_shelf import ShelvedBackup
from kiosk.backups import Backups
from kiosk.doctor.computer_checks import DISK_LOW_BYTES
from kiosk.jobs import run_guarded
from kiosk.paths import DataFolder
from kiosk.recovery import shown_code
from web.ui.backups_port import BackupLine, BackupsView

FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder."""
    return shutil.disk_usage(folder).free


class BackupsDesk:
    """Safe for many threads. One backup at a time is made from here, on a thread of its own."""

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
            is_code_known=Setting.RECOVERY_CODE_SEEN in settings,
        )

    def listed(self) -> tuple[BackupLine, ...]:
        """See BackupsPort."""
        return tuple(map(self._line, self._backups.listed()))

    def make_now(self) -> None:
        """See BackupsPort."""
        with self._lock:
            if self._percent is not None:
                return
            self._percent = 0
        threading.Thread(target=run_guarded, args=("backup", self._make), name="backup", daemon=True).start()

    def choose_second_folder(self, folder: str) -> None:
        """See BackupsPort."""
        self._backups.choose_second_folder(Path(folder) if folder else None)

    def recovery_code(self) -> str | None:
        """See BackupsPort. The first one to ask makes it."""
        code = shown_code(self._folder, self._database, self._key).code
        with self._database.write() as transaction:
            write_setting(transaction, Setting.RECOVERY_CODE_SEEN, "yes")
        return code

    def _make(self) -> None:
        try:
            with contextlib.suppress(HubError):  # noted in the settings, from where the page has it
                self._backups.make(progress=self._note_progress)
        finally:
            self._percent = None

    def _note_progress(self, done: float) -> None:
        self._percent = min(int(done * 100), 100)

    def _line(self, backup: ShelvedBackup) -> BackupLine:
        made = backup.info.created_at if backup.info else None
        is_second = backup.path.parent != self._folder.backups
        return BackupLine(backup.path.name, made, backup.size, is_second)
