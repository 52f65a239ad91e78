"""Opens the data folder's database: creates or migrates it, checks it after an unclean stop, begins its timeline.

Knows nothing of where the key is kept or of who serves the data.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from db import migrate
from db.clock import Clock
from db.database import Database, Transaction
from db.errors import DatabaseDamaged, StorageFailed, WrongKey
from db.files import CEILING_NAME, DATABASE_NAME, UNCLEAN_NAME
from db.settings import Setting, read_setting, write_setting
from db.sqlite.maintenance import count_tables, quick_check
from db.stamps import StampCeiling, found_timeline, resume_timeline, settle_timeline


@dataclass(frozen=True)
class Store:
    """An open database. ``was_unclean``: the program did not stop in order last time, and the file was checked."""

    database: Database
    was_unclean: bool
    folder: Path

    def close(self) -> None:
        """Stops in order: nothing stays reserved, and the next start has nothing to check."""
        with self.database.write() as transaction:
            settle_timeline(transaction, StampCeiling(self.folder / CEILING_NAME))
        self.database.close()
        (self.folder / UNCLEAN_NAME).unlink(missing_ok=True)


def database_path(folder: Path) -> Path:
    """Where the database of a data folder is."""
    return folder / DATABASE_NAME


BeforeMigration = Callable[[Database, bytes], None]
"""Is given the database and its key before its tables change, while nobody else can write to it."""


def keep_copy(database: Database, key: bytes) -> None:
    """Copies the file before its tables change: what is done where nobody makes a backup."""
    migrate.keep_copy(database.path, key)


def open_database(
    folder: Path,
    key: bytes,
    clock: Clock,
    scripts: Path = migrate.SCRIPTS,
    before_migration: BeforeMigration = keep_copy,
) -> Database:
    """Opens the database for a command beside a running server, or alone; brings its tables up to date.

    Raises WrongKey, DatabaseDamaged, NewerDatabase, StorageFailed.
    """
    ceiling = StampCeiling(folder / CEILING_NAME)
    path = database_path(folder)
    was_there = path.exists()
    database = Database(path, key, clock, ceiling)
    try:
        if was_there:
            _check_not_emptied(database, ceiling)
        _migrate(database, key, clock, scripts, before_migration)
        if not (folder / UNCLEAN_NAME).exists():
            with database.write() as transaction:
                resume_timeline(transaction, ceiling)  # the file may be an older copy, put back by hand
                _make_identity(transaction)
    except BaseException:
        database.close()
        raise
    return database


def open_store(
    folder: Path,
    key: bytes,
    clock: Clock,
    scripts: Path = migrate.SCRIPTS,
    before_migration: BeforeMigration = keep_copy,
) -> Store:
    """Opens the database for serving: only one process at a time may do this for a folder (kiosk/instance.py).

    After an unclean stop the whole file is checked first. Raises as ``open_database``.
    """
    running = folder / UNCLEAN_NAME
    was_unclean = running.exists()
    database = open_database(folder, key, clock, scripts, before_migration)
    try:
        if was_unclean:
            check(database)
        with database.write() as transaction:
            resume_timeline(transaction, StampCeiling(folder / CEILING_NAME))
            _make_identity(transaction)
        running.touch()
    except BaseException:
        database.close()
        raise
    return Store(database, was_unclean, folder)


def _make_identity(transaction: Transaction) -> None:
    """What phones know this server by, and the keys it signs tokens and seals messages with: made once."""
    if read_setting(transaction, Setting.SERVER_ID) is None:
        write_setting(transaction, Setting.SERVER_ID, str(uuid.uuid4()))
    for key in (Setting.TOKEN_KEY, Setting.HUB_PRIVATE_KEY):
        if read_setting(transaction, key) is None:
            write_setting(transaction, key, secrets.token_hex(32))


def can_open(folder: Path, key: bytes, clock: Clock) -> bool:
    """Whether the key opens the folder's database, also one whose making was interrupted before its first table."""
    database = Database(database_path(folder), key, clock, StampCeiling(folder / CEILING_NAME))
    try:
        with database.read() as snapshot:
            count_tables(snapshot)
    except (WrongKey, StorageFailed):
        return False
    finally:
        database.close()
    return True


def check(database: Database) -> None:
    """Reads the whole file and its indexes. Raises DatabaseDamaged."""
    with database.read() as snapshot:
        problems = quick_check(snapshot)
    if problems:
        raise DatabaseDamaged(problems=problems)


def _check_not_emptied(database: Database, ceiling: StampCeiling) -> None:
    """A file that once gave stamps had tables. Without them it has lost everything: that must not look like a
    computer that is set up for the first time. Raises DatabaseDamaged."""
    with database.read() as snapshot:
        if ceiling.read() and not count_tables(snapshot):
            raise DatabaseDamaged(problems=1)


def _migrate(database: Database, key: bytes, clock: Clock, scripts: Path, before_migration: BeforeMigration) -> None:
    with database.write() as transaction:
        if not migrate.needs_upgrade(transaction, scripts):
            return
        is_empty = migrate.current_revision(transaction) is None
        if not is_empty:
            before_migration(database, key)
        migrate.upgrade(transaction, scripts=scripts)
        if is_empty:
            found_timeline(transaction, clock, StampCeiling(database.path.with_name(CEILING_NAME)))
