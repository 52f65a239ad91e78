"""Puts a backup in the place of the database, on this computer or another, while no server runs (ADR 9).

Knows nothing of how the backup becomes a database again (db/restore.py) or how files are exchanged (db/exchange.py);
what belongs to this computer is done here: who may open the folder, where the key is kept, what is put aside.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from db.accounts import has_accounts
from db.backup_file import BackupInfo, Progress, check_pages, read_description, unwatched
from db.clock import Clock
from db.database import Database, open_at_rest
from db.errors import (
    DatabaseDamaged,
    KeyMissing,
    NotFound,
    PassphraseNeeded,
    RecoveryCodeNeeded,
    StorageFailed,
    WrongKey,
    WrongPassphrase,
)
from db.exchange import At, begin_exchange, decide_exchange, give_up_exchange, nowhere
from db.files import CEILING_NAME, UNCLEAN_NAME
from db.lost_part import LateSync, holds_records
from db.restore import stage_backup
from db.restore_note import RestoreNote
from db.settings import Setting, read_setting
from db.sqlite.maintenance import fold_log
from db.stamps import StampCeiling
from db.store import check
from db.wrapped_key import encode
from kiosk.backup_shelf import moment
from kiosk.config import Config
from kiosk.instance import ServerLock
from kiosk.keystore import KeyPlace, Keystore
from kiosk.opening import held_door, open_key
from kiosk.passphrase import is_passphrase_set
from kiosk.paths import DataFolder
from kiosk.private_file import write_private
from kiosk.recovery import key_by_code, recovery_copy

REPLACED_NAME = "replaced"
"""Folder in the data folder; every database that a restore replaced has a folder of its own in it."""


@dataclass(frozen=True)
class Restored:
    """What a restore did. ``late_syncs``: phones that synced after the backup; None: that cannot be known.

    ``key_place`` None: the key was on this computer already. ``lost_passphrase``: the passphrase of the start
    belonged to the replaced database, so there is none now.
    """

    info: BackupInfo
    replaced: Path | None
    late_syncs: tuple[LateSync, ...] | None
    key_place: KeyPlace | None
    lost_passphrase: bool


def backup_key(
    config: Config, backup: Path, recovery_code: str | None, present_key: bytes | None = None
) -> tuple[BackupInfo, bytes]:
    """What the backup says of itself, and the key that opens it: by the code, else one that this computer keeps, or
    that of the present database.

    Raises NotFound, BackupDamaged, NewerDatabase, RecoveryCodeMistyped, WrongRecoveryCode, RecoveryCodeNeeded, OSError.
    """
    if not backup.is_file():
        raise NotFound(table="backup")
    info = read_description(backup)
    if recovery_code is not None:
        return info, key_by_code(info.recovery, recovery_code)
    kept = [key.secret for key in Keystore(config.folder, config.keystore).found()]
    for key in kept if present_key is None else [present_key, *kept]:
        if _opens(backup, key):
            return info, key
    check_pages(backup, info)  # a damaged first page opens with no key
    raise RecoveryCodeNeeded


def restore_backup(
    config: Config,
    backup: Path,
    clock: Clock,
    *,
    recovery_code: str | None = None,
    passphrase: str | None = None,
    progress: Progress = unwatched,
    at: At = nowhere,
) -> Restored:
    """Replaces the database of the data folder. Everything is proved first: when this raises, or is killed at any
    moment, the folder has the old database or the new one, whole. ``passphrase``: of the present database, if it has
    one, so that it can be asked what is lost.

    Raises AlreadyRunning, ForeignBackup, StorageBusy (a command has the database open), DiskFull, StorageFailed,
    OSError, and as ``backup_key``.
    """
    folder = config.folder
    folder.prepare()
    with ServerLock(folder):
        with held_door(folder):  # an exchange that was interrupted comes to its end
            info, key = backup_key(config, backup, recovery_code)
        try:
            with _present_database(config, clock, passphrase) as present:
                staged = stage_restore(config, OpenedBackup(backup, info, key), clock, present, progress=progress)
            return put_in_place(config, staged, at=at)
        finally:
            give_up_exchange(folder.root)


@dataclass(frozen=True)
class OpenedBackup:
    """A backup and the key that opens it."""

    path: Path
    info: BackupInfo
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class PresentDatabase:
    """What is to be replaced, open."""

    database: Database
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class StagedRestore:
    """A restore that is proved and ready; nothing is decided yet. ``aside``: where the replaced files will be."""

    info: BackupInfo
    late_syncs: tuple[LateSync, ...] | None
    aside: Path
    change: _AccessChange
    present_key: bytes | None = field(repr=False)


def stage_restore(
    config: Config,
    backup: OpenedBackup,
    clock: Clock,
    present: PresentDatabase | None,
    *,
    progress: Progress = unwatched,
) -> StagedRestore:
    """Makes everything ready for ``put_in_place``, while the present database may still be open. The caller holds the
    lock of the server, and calls db.exchange.give_up_exchange when nothing comes of it.

    Raises ForeignBackup, BackupDamaged, WrongKey, NewerDatabase, DiskFull, StorageFailed, OSError, and what
    ``progress`` raises.
    """
    folder, info, key = config.folder, backup.info, backup.key
    staging = begin_exchange(folder.root)
    keeps_key = _is_kept(config, key) or (present is not None and present.key == key)
    keeps_recovery = keeps_key and recovery_copy(folder) is not None
    aside = _free_folder(folder, clock)
    note = RestoreNote(
        restored_at=clock.now_ms(),
        made_at=info.created_at,
        server_name=info.contents.server_name,
        aside=str(aside) if folder.database_file.exists() and not _is_untouched(present) else "",
        lost_passphrase=not keeps_key and is_passphrase_set(folder),
        had_pin=_has_pin(present),
    )
    late = stage_backup(
        backup.path,
        key,
        staging,
        clock=clock,
        ceiling=StampCeiling(folder.root / CEILING_NAME),
        replaced=present.database if present else None,
        keeps_recovery=keeps_recovery,
        note=note,
        progress=progress,
    )
    change = _stage_access(config, info, key, staging, keeps_key=keeps_key, keeps_recovery=keeps_recovery)
    return StagedRestore(info, late, aside, change, present.key if present else None)


def put_in_place(config: Config, staged: StagedRestore, *, at: At = nowhere) -> Restored:
    """The exchange itself, once nobody has the database open any more; a moment's work. Raises StorageBusy (somebody
    has), OSError: then the old database is still there, or the next opening of the folder brings the new one."""
    folder = config.folder
    with held_door(folder):
        is_replacing = folder.database_file.exists()
        if staged.present_key is not None and is_replacing:
            with contextlib.suppress(DatabaseDamaged, StorageFailed, WrongKey):
                fold_log(folder.database_file, staged.present_key)
        name = staged.aside.relative_to(folder.root).as_posix()
        decide_exchange(folder.root, removed=staged.change.removed, aside=name, at=at)
    replaced = staged.aside if is_replacing else None
    return Restored(staged.info, replaced, staged.late_syncs, staged.change.key_place, staged.change.loses_passphrase)


@dataclass(frozen=True)
class _AccessChange:
    """How the restored database will be opened. ``removed``: files that no longer hold."""

    key_place: KeyPlace | None
    removed: tuple[str, ...]
    loses_passphrase: bool


def _stage_access(
    config: Config, info: BackupInfo, key: bytes, staging: Path, *, keeps_key: bool, keeps_recovery: bool
) -> _AccessChange:
    """Puts beside the staged database what opens it, where that is another key than before."""
    folder = config.folder
    removed = [UNCLEAN_NAME]  # the new file was checked
    if not keeps_recovery:
        if info.recovery is None:
            removed.append(folder.recovery_file.name)
        else:
            write_private(staging / folder.recovery_file.name, encode(info.recovery))
    if keeps_key:
        return _AccessChange(None, tuple(removed), loses_passphrase=False)
    place = Keystore(folder, config.keystore).keep(key, staging)
    other_place = folder.key_file if place is KeyPlace.OS else folder.key_name_file
    removed += [other_place.name, folder.passphrase_file.name]
    return _AccessChange(place, tuple(removed), loses_passphrase=is_passphrase_set(folder))


@contextlib.contextmanager
def _present_database(config: Config, clock: Clock, passphrase: str | None) -> Iterator[PresentDatabase | None]:
    """The database that is to be replaced, if there is one that opens: often that is why it is replaced."""
    folder = config.folder
    with contextlib.ExitStack() as stack:
        present = None
        if folder.database_file.exists():
            with contextlib.suppress(*_DOES_NOT_OPEN), held_door(folder):
                key = open_key(config, clock, passphrase).secret
                ceiling = StampCeiling(folder.root / CEILING_NAME)
                database = stack.enter_context(contextlib.closing(Database(folder.database_file, key, clock, ceiling)))
                check(database)
                present = PresentDatabase(database, key)
        yield present


_DOES_NOT_OPEN = (DatabaseDamaged, KeyMissing, PassphraseNeeded, StorageFailed, WrongKey, WrongPassphrase)


def _is_untouched(present: PresentDatabase | None) -> bool:
    """Whether what is replaced opens, and nobody ever worked with it: a new computer before its first run."""
    if present is None:
        return False
    with present.database.read() as snapshot:
        return not has_accounts(snapshot) and not holds_records(snapshot)


def _has_pin(present: PresentDatabase | None) -> bool:
    if present is None:
        return False
    with present.database.read() as snapshot:
        return bool(read_setting(snapshot, Setting.PIN))


def _is_kept(config: Config, key: bytes) -> bool:
    """Whether this computer keeps the key already."""
    return key in [kept.secret for kept in Keystore(config.folder, config.keystore).found()]


def _free_folder(folder: DataFolder, clock: Clock) -> Path:
    stem = moment(clock.now_ms()).strftime("%Y-%m-%d %H-%M-%S")
    names = (stem if number == 1 else f"{stem} ({number})" for number in count(1))
    return next(path for name in names if not (path := folder.root / REPLACED_NAME / name).exists())


def _opens(backup: Path, key: bytes) -> bool:
    try:
        with open_at_rest(backup, key) as snapshot:
            snapshot.begin()
    except WrongKey:
        return False
    return True
