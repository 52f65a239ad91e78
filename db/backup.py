"""Makes backups of the open database while others go on writing, and proves that a backup is whole and opens.

Knows nothing of when that happens, where backups are kept or for how long (kiosk/backups.py). The form of the file
is db/backup_file.py's.
"""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from db import migrate
from db.backup_file import (
    BackupInfo,
    Contents,
    Progress,
    append_description,
    check_pages,
    checksum,
    read_description,
    unwatched,
)
from db.database import Database, Snapshot, open_at_rest
from db.durability import move, sync_folder
from db.errors import (
    AlreadyExists,
    BackupDamaged,
    BackupPlaceFailed,
    DatabaseDamaged,
    DiskFull,
    NewerDatabase,
    StorageFailed,
)
from db.schema import RECORD_TABLES, SERVER_CLOCK
from db.settings import Setting, read_setting
from db.sqlite.maintenance import copy_snapshot, quick_check, table_names
from db.wrapped_key import WrappedKey

PART_SUFFIX = ".part"
"""Ends the name of a file that is being written; it is worth nothing."""
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_COPIED, _SUMMED, _READ_BACK = 0.6, 0.7, 0.8
"""How far the work is once the pages are copied, once their checksum is taken, once they were read back."""


def create_backup(
    database: Database,
    key: bytes,
    target: Path,
    *,
    created_at: int,
    recovery: WrappedKey | None,
    scripts: Path = migrate.SCRIPTS,
    progress: Progress = unwatched,
) -> BackupInfo:
    """Writes a backup of this moment to ``target``, checks it by opening it, and only then gives it its name.

    ``created_at``: epoch ms. ``recovery``: the copy of the key that the recovery code opens. Raises AlreadyExists,
    DiskFull, BackupPlaceFailed (the stick is gone), BackupDamaged (it does not keep what was written), DatabaseDamaged,
    StorageBusy, and what ``progress`` raises. Whatever happens, nothing half-written is left where that can be helped.
    """
    if target.exists():
        raise AlreadyExists(path="file")
    with written_whole(target) as part:
        with database.read() as snapshot:
            snapshot.begin()
            contents = _contents_of(snapshot)
            copy_snapshot(snapshot, part, key, lambda done: progress(done * _COPIED))
        size = part.stat().st_size
        digest = checksum(part, size, progress=lambda done: progress(_COPIED + done * (_SUMMED - _COPIED)))
        info = BackupInfo(contents, created_at, size, digest, recovery)
        append_description(part, info)
        check_pages(part, info, progress=lambda done: progress(_SUMMED + done * (_READ_BACK - _SUMMED)))
        _check_contents(part, info, key, scripts)
    progress(1.0)
    return info


def verify_backup(
    path: Path, key: bytes, *, scripts: Path = migrate.SCRIPTS, progress: Progress = unwatched
) -> BackupInfo:
    """Proves a backup: checksum, key, structure, and that it holds what it says. Returns its description.

    Raises BackupDamaged, WrongKey, NewerDatabase, StorageFailed, OSError. Reads only.
    """
    info = read_description(path)
    check_pages(path, info, progress=lambda done: progress(done / 2))
    try:
        _check_contents(path, info, key, scripts)
    except DatabaseDamaged:
        raise BackupDamaged from None
    progress(1.0)
    return info


def _check_contents(path: Path, info: BackupInfo, key: bytes, scripts: Path) -> None:
    """Raises DatabaseDamaged, WrongKey, NewerDatabase, StorageFailed."""
    with open_at_rest(path, key) as snapshot:
        contents = _contents_of(snapshot)
        if not migrate.is_known(contents.revision, scripts):
            raise NewerDatabase(revision=contents.revision)
        if contents != info.contents or quick_check(snapshot):
            raise DatabaseDamaged(problems=1)


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Gives a name beside ``target`` to write to; at the end, if all went well, the file there becomes ``target``.

    Else it is removed. Raises DiskFull; BackupPlaceFailed for everything else that this place refuses.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        yield part
        move(part, target)
        sync_folder(target.parent)
    except DiskFull:
        raise
    except StorageFailed:
        raise BackupPlaceFailed from None
    except OSError as failure:
        raise DiskFull() if failure.errno in _NO_SPACE else BackupPlaceFailed() from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _contents_of(snapshot: Snapshot) -> Contents:
    """Old tables may not have everything yet. Raises DatabaseDamaged."""
    tables = table_names(snapshot)
    revision = migrate.stored_revision(snapshot)
    if revision is None:
        raise DatabaseDamaged(problems=1)
    return Contents(
        server_id=read_setting(snapshot, Setting.SERVER_ID) or "",
        server_name=read_setting(snapshot, Setting.SERVER_NAME) or "",
        revision=revision,
        last_stamp=int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp))),
        rows={
            name: int(snapshot.scalar(sa.select(sa.func.count()).select_from(table)))
            for name, table in RECORD_TABLES.items()
            if name in tables
        },
    )
