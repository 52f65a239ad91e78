"""Erases everything in a data folder, in steps of which each can be repeated: once decided, it comes to its end.

Knows nothing of who decided, of backups being made (kiosk/erase.py) or of what the files hold. Files that this
program does not make are left alone: somebody may have put them there.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from db.durability import sync_folder
from db.files import (
    BACKUP_SUFFIX,
    BEFORE_MIGRATION_SUFFIX,
    CEILING_NAME,
    DATABASE_NAME,
    INCOMING_NAME,
    STAGING_NAME,
    UNCLEAN_NAME,
)
from kiosk.keystore import Keystore
from kiosk.paths import PROGRAM_FOLDER, DataFolder
from kiosk.private_file import write_private

_OF_DATABASE = ("", "-wal", "-shm", "-journal", BEFORE_MIGRATION_SUFFIX)
_FOLDERS = (STAGING_NAME, INCOMING_NAME, "replaced", f"{PROGRAM_FOLDER}/before", f"{PROGRAM_FOLDER}/trial")
_LEFTOVERS = ("key.damaged-*", ".*.part")
"""What a crash, or a key that could not be read, left behind."""


class EraseStep(StrEnum):
    """The moments at which a crash is tried."""

    DECIDED = "decided"
    KEYS = "keys"  # nothing opens the database any more, but a recovery code that is on paper
    DATABASE = "database"
    REST = "rest"
    DONE = "done"


class Erasure(msgspec.Struct, frozen=True):
    """What was decided. ``kept``: the file name of a backup that stays in any case."""

    with_backups: bool = False
    kept: str | None = None


At = Callable[[EraseStep], object]


def nowhere(step: EraseStep) -> None:
    """Does nothing at any step."""


def decide_erasure(folder: DataFolder, erasure: Erasure) -> None:
    """From now on there is no way back. Nobody has the database open. Raises OSError."""
    write_private(folder.erasing_file, msgspec.json.encode(erasure))


def is_erasing(folder: DataFolder) -> bool:
    """Whether it was decided and is not done."""
    return folder.erasing_file.exists()


def finish_erasure(folder: DataFolder, at: At = nowhere) -> bool:
    """Does what is left to do; True if there was anything. Raises OSError."""
    if not is_erasing(folder):
        return False
    erasure = _decided(folder)
    at(EraseStep.DECIDED)
    Keystore(folder).abandon()
    folder.passphrase_file.unlink(missing_ok=True)
    folder.recovery_file.unlink(missing_ok=True)
    sync_folder(folder.root)
    at(EraseStep.KEYS)
    for ending in _OF_DATABASE:
        (folder.root / f"{DATABASE_NAME}{ending}").unlink(missing_ok=True)
    for name in _FOLDERS:
        shutil.rmtree(folder.root / name, ignore_errors=True)
    sync_folder(folder.root)
    at(EraseStep.DATABASE)
    for path in (*_other_files(folder), *_backups(folder, erasure)):
        path.unlink(missing_ok=True)
    _clear_logs(folder)
    sync_folder(folder.root)
    at(EraseStep.REST)
    folder.erasing_file.unlink()
    sync_folder(folder.root)
    at(EraseStep.DONE)
    return True


def _decided(folder: DataFolder) -> Erasure:
    """A mark that cannot be read was made by hand: then only what has to go goes."""
    try:
        return msgspec.json.decode(folder.erasing_file.read_bytes(), type=Erasure)
    except msgspec.MsgspecError:
        return Erasure()


def _other_files(folder: DataFolder) -> Iterator[Path]:
    yield from (folder.root / name for name in (CEILING_NAME, UNCLEAN_NAME, "open.html"))
    yield from (folder.passphrase_tries_file, folder.address_file, folder.language_file, folder.start_failure_file)
    for pattern in _LEFTOVERS:
        yield from folder.root.glob(pattern)


def _backups(folder: DataFolder, erasure: Erasure) -> Iterator[Path]:
    if erasure.with_backups:
        found = (path for path in folder.backups.glob("*") if path.is_file())
        yield from (path for path in found if BACKUP_SUFFIX in path.name and path.name != erasure.kept)


def _clear_logs(folder: DataFolder) -> None:
    """A log that a process has open (the window's) is emptied: Windows deletes no open file."""
    for path in folder.logs.glob("*"):
        with contextlib.suppress(OSError):
            path.write_bytes(b"")
            if path.suffix != ".log":
                path.unlink()
