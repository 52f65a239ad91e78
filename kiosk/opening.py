"""Opens a data folder: carries an exchange or the erasing of its files through, finds its key, opens its database.

Everybody who opens the database comes through here, one process at a time and for a moment only, so that nobody
opens it while a restore puts another in its place. Knows nothing of what is done with the database.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from filelock import FileLock, Timeout

from db.backup import create_backup
from db.clock import Clock
from db.database import Database
from db.errors import PassphraseNeeded, StorageBusy
from db.exchange import finish_exchange, give_up_exchange
from db.settings import Setting, read_setting
from db.store import BeforeMigration, Store, can_open, open_database, open_store
from kiosk.backup_shelf import Shelf
from kiosk.config import Config
from kiosk.erasure import finish_erasure
from kiosk.keystore import DatabaseKey, KeyPlace, Keystore
from kiosk.passphrase import is_passphrase_set, open_with_passphrase
from kiosk.paths import DataFolder
from kiosk.recovery import recovery_copy

PATIENCE_S = 120.0
"""A migration of a large database, and the backup before it, happen while the door is held."""


@contextlib.contextmanager
def held_door(folder: DataFolder) -> Iterator[None]:
    """Nobody else opens the database of this folder meanwhile. Raises StorageBusy."""
    lock = FileLock(folder.opening_lock, thread_local=False)
    try:
        lock.acquire(timeout=PATIENCE_S)
    except Timeout:
        raise StorageBusy from None
    try:
        finish_erasure(folder)
        finish_exchange(folder.root)
        yield
    finally:
        lock.release()


def open_for_serving(
    config: Config, clock: Clock, passphrase: str | None = None, known: bytes | None = None
) -> tuple[DatabaseKey, Store]:
    """For the one process that serves this folder; ``known``: the key with which it served until now. Raises as
    ``open_key`` and db.store.open_store."""
    with held_door(config.folder):
        give_up_exchange(config.folder.root)  # nobody can be at it: a restore keeps servers out
        Keystore(config.folder, config.keystore).forget_abandoned()
        key = _key_known(config, clock, known) or open_key(config, clock, passphrase)
        before = backup_before_migration(config.folder, clock)
        return key, open_store(config.folder.root, key.secret, clock, before_migration=before)


def open_beside(config: Config, clock: Clock, passphrase: str | None = None) -> tuple[DatabaseKey, Database]:
    """For a command, beside a running server or alone. Raises as ``open_key`` and db.store.open_database."""
    with held_door(config.folder):
        key = open_key(config, clock, passphrase)
        before = backup_before_migration(config.folder, clock)
        return key, open_database(config.folder.root, key.secret, clock, before_migration=before)


def open_key(config: Config, clock: Clock, passphrase: str | None = None) -> DatabaseKey:
    """The key of the data folder's database; made when there is no database yet.

    Raises KeyMissing, WrongKey, PassphraseNeeded, WrongPassphrase, OSError.
    """
    folder, keystore = config.folder, Keystore(config.folder, config.keystore)
    if is_passphrase_set(folder):
        if passphrase is None:
            raise PassphraseNeeded
        return DatabaseKey(open_with_passphrase(folder, keystore, passphrase), KeyPlace.PASSPHRASE)
    return keystore.open(lambda secret: can_open(folder.root, secret, clock))


def _key_known(config: Config, clock: Clock, known: bytes | None) -> DatabaseKey | None:
    """A process that served keeps its key: the passphrase may be another one than that of its start by now, and nobody
    is there to be asked."""
    folder = config.folder
    if known is None or not (is_passphrase_set(folder) and can_open(folder.root, known, clock)):
        return None
    return DatabaseKey(known, KeyPlace.PASSPHRASE)


def backup_before_migration(folder: DataFolder, clock: Clock) -> BeforeMigration:
    """What is done before the tables of this folder's database change: a backup among the automatic ones."""

    def back_up(database: Database, key: bytes) -> None:
        with database.read() as snapshot:
            name = read_setting(snapshot, Setting.SERVER_NAME)
        created_at = clock.now_ms()
        target = Shelf(folder.backups).new_file(name or "", created_at)
        create_backup(database, key, target, created_at=created_at, recovery=recovery_copy(folder))

    return back_up
