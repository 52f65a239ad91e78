"""Gives the database another key and another recovery code: what is done when a code is believed to be stolen (ADR 9).

Knows nothing of how files are exchanged (db/exchange.py). Until the new database is whole and in its place the old
one opens as before; backups made earlier still open with the old code.
"""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

from db.clock import Clock
from db.database import Database
from db.durability import sync_file
from db.errors import InvalidInput
from db.exchange import At, begin_exchange, decide_exchange, give_up_exchange, nowhere
from db.files import CEILING_NAME, DATABASE_NAME
from db.recovery_code import make_code, secret_of
from db.settings import Setting, write_setting
from db.sqlite.maintenance import copy_under_key, fold_log
from db.stamps import StampCeiling
from db.store import check
from db.wrapped_key import COST, Purpose, encode, wrap
from kiosk.config import Config
from kiosk.instance import ServerLock
from kiosk.keystore import KEY_BYTES, KeyPlace, Keystore
from kiosk.opening import held_door, open_key
from kiosk.passphrase import is_passphrase_set, passphrase_copy
from kiosk.private_file import write_private


def replace_key(
    config: Config, clock: Clock, *, passphrase: str | None = None, cost: int = COST, at: At = nowhere
) -> str:
    """Returns the new recovery code. ``passphrase``: where one is set; it stays the same.

    While no server runs. A crash at any moment leaves the old database and what opens it, or the new ones. The old
    database is deleted. Raises AlreadyRunning, InvalidInput (``path``: "database") where there is none, StorageBusy,
    DiskFull, StorageFailed, OSError, and as kiosk.opening.open_key.
    """
    folder = config.folder
    if not folder.database_file.exists():
        raise InvalidInput(path="database")
    with ServerLock(folder), held_door(folder):
        old_key = open_key(config, clock, passphrase).secret
        fold_log(folder.database_file, old_key)
        staging = begin_exchange(folder.root)
        try:
            key, code = secrets.token_bytes(KEY_BYTES), make_code()
            _stage_database(config, clock, old_key, key, code, staging)
            write_private(
                staging / folder.recovery_file.name, encode(wrap(key, secret_of(code), Purpose.RECOVERY, cost=cost))
            )
            locked_by = passphrase if is_passphrase_set(folder) else None
            removed = _stage_access(config, key, locked_by, staging, cost)
            decide_exchange(folder.root, removed=removed, at=at)
        finally:
            give_up_exchange(folder.root)
    return code


def _stage_database(config: Config, clock: Clock, old_key: bytes, key: bytes, code: str, staging: Path) -> None:
    path = staging / DATABASE_NAME
    copy_under_key(config.folder.database_file, old_key, path, key)
    with closing(Database(path, key, clock, StampCeiling(config.folder.root / CEILING_NAME))) as database:
        check(database)
        with database.write() as transaction:
            write_setting(transaction, Setting.RECOVERY_CODE, code)
    sync_file(path)


def _stage_access(config: Config, key: bytes, passphrase: str | None, staging: Path, cost: int) -> tuple[str, ...]:
    """Returns the files that no longer hold."""
    folder = config.folder
    if passphrase is not None:
        write_private(staging / folder.passphrase_file.name, encode(passphrase_copy(key, passphrase, cost=cost)))
        return folder.key_file.name, folder.key_name_file.name
    place = Keystore(folder, config.keystore).keep(key, staging)
    return ((folder.key_file if place is KeyPlace.OS else folder.key_name_file).name,)
