"""A folder in which backups are kept: what is in it, names for new ones, copies of others, old ones thinned out.

Knows nothing of when backups are made or of how (kiosk/backups.py, db/backup.py). The folder may be on a stick that
is shared with other things and other servers: only whole backups of the same server are ever removed.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from db.backup import PART_SUFFIX, written_whole
from db.backup_file import BackupInfo, Progress, check_pages, read_description, unwatched
from db.durability import sync_file
from db.errors import AlreadyExists, BackupPlaceFailed, HubError
from db.files import BACKUP_SUFFIX
from kiosk.backup_retention import Kept, kept
from kiosk.private_file import make_private_folder

LONGEST_NAME = 60
FALLBACK_NAME = "Hikma"
DAY_MS = 24 * 3_600_000
LATEST_MS = 32_000_000_000_000  # in the year 2984
_CHUNK = 1024**2


@dataclass(frozen=True)
class ShelvedBackup:
    """A file on the shelf. ``info`` None: it is damaged, or of a later release."""

    path: Path
    size: int
    info: BackupInfo | None


class Shelf:
    """One folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def backups(self) -> list[ShelvedBackup]:
        """All that are here, newest first, then those that cannot be read. Nothing, where there is no such folder."""
        try:
            paths = sorted(self.folder.glob(f"[!.]*{BACKUP_SUFFIX}"))
        except OSError:
            return []
        found = [backup for path in paths if (backup := _look_at(path)) is not None]
        return sorted(found, key=lambda backup: backup.info.order if backup.info else (-1, -1), reverse=True)

    def newest(self, server_id: str) -> ShelvedBackup | None:
        """The backup with the latest records of a server."""
        return next((b for b in self.backups() if b.info and b.info.contents.server_id == server_id), None)

    def new_file(self, server_name: str, created_at: int) -> Path:
        """A free name for a backup of this moment (epoch ms); the folder is made. Raises OSError."""
        make_private_folder(self.folder)
        stem = f"{_safe(server_name)} {moment(created_at):%Y-%m-%d %H-%M-%S}"
        names = (f"{stem}{'' if number == 1 else f' ({number})'}{BACKUP_SUFFIX}" for number in count(1))
        return next(path for name in names if not (path := self.folder / name).exists())

    def take(self, backup: Path, *, progress: Progress = unwatched) -> Path:
        """Copies a backup here, whole or not at all. Raises DiskFull, BackupPlaceFailed (the stick is not there),
        AlreadyExists, BackupDamaged, and what ``progress`` raises."""
        target = self.folder / backup.name
        if not self.folder.is_dir():  # never made here: where the stick should be there may be an empty folder
            raise BackupPlaceFailed
        if target.exists():
            raise AlreadyExists(path="file")
        with written_whole(target) as part:
            _copy(backup, part, progress)
            check_pages(part, read_description(part))
        return target

    def thin_out(self, server_id: str, now_ms: int) -> list[Path]:
        """Removes what need not be kept of a server's backups, and what is left of copies that were cut short;
        returns the backups removed. What cannot be removed stays."""
        ours = [
            (Kept(backup.info.order, moment(backup.info.created_at).date()), backup.path)
            for backup in self.backups()
            if backup.info and backup.info.contents.server_id == server_id
        ]
        keep = kept([one for one, _ in ours])
        removed = [path for one, path in ours if one not in keep]
        for path in (*removed, *self._left_behind(now_ms)):
            with contextlib.suppress(OSError):
                path.unlink()
        return removed

    def _left_behind(self, now_ms: int) -> list[Path]:
        """Parts of copies; not those that another process may be writing now."""
        found = []
        with contextlib.suppress(OSError):
            for path in self.folder.glob(f".*{BACKUP_SUFFIX}.*{PART_SUFFIX}"):
                if now_ms - path.stat().st_mtime * 1000 > DAY_MS:
                    found.append(path)
        return found


def _look_at(path: Path) -> ShelvedBackup | None:
    try:
        size = path.stat().st_size
        return ShelvedBackup(path, size, read_description(path))
    except HubError:
        return ShelvedBackup(path, size, None)
    except OSError:
        return None


def moment(at_ms: int) -> datetime:
    """In local time. The clock of a computer may say anything; not every year can be a date on every system."""
    return datetime.fromtimestamp(min(max(at_ms, DAY_MS), LATEST_MS) / 1000)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    size = source.stat().st_size
    with source.open("rb") as file, target.open("wb") as copy:
        while chunk := file.read(_CHUNK):
            copy.write(chunk)
            progress(file.tell() / size)
    sync_file(target)


def _safe(name: str) -> str:
    """The server's name as a part of a file name on every system."""
    letters = re.sub(r'[\x00-\x1f<>:"/\\|?*]', " ", name)
    return " ".join(letters.split())[:LONGEST_NAME].strip(" .") or FALLBACK_NAME
