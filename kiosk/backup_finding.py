"""Which backups can be chosen for a restore without typing where they are: here, in the second place, on sticks.

Knows nothing of how a restore is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.backup_shelf import ShelvedBackup
from kiosk.drives import backups_on, connected_drives
from web.ui.restore_port import BackupPlace, FoundBackup


def find_backups(
    here: Path,
    shelved: Callable[[], Sequence[ShelvedBackup]],
    drives: Callable[[], Sequence[Path]] = connected_drives,
) -> tuple[FoundBackup, ...]:
    """Those of ``shelved`` (in the folder ``here`` and in the second place), then those on drives; no file twice."""
    found = {
        backup.path.resolve(): _found(backup, BackupPlace.HERE if backup.path.parent == here else BackupPlace.SECOND)
        for backup in shelved()
    }
    for drive in drives():
        for backup in backups_on(drive):
            found.setdefault(backup.path.resolve(), _found(backup, BackupPlace.DRIVE))
    return tuple(found.values())


def _found(backup: ShelvedBackup, place: BackupPlace) -> FoundBackup:
    info = backup.info
    return FoundBackup(
        file=str(backup.path),
        name=backup.path.name,
        place=place,
        made_ms=info.created_at if info else None,
        server_name=info.contents.server_name if info else "",
        size=backup.size,
    )
