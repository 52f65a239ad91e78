"""Exchanges program and database as one step, and back again, while no server runs (ADR 22).

Knows nothing of how the server is stopped and started. The new program changes the tables of a copy; only when that
copy serves are pointer and database exchanged, together (db/exchange.py): killed at any moment, the folder has the old
program with the old database, or the new one with the new one. The caller holds the lock of the server.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from db.clock import Clock
from db.database import open_at_rest
from db.durability import move
from db.errors import DatabaseDamaged, StorageFailed, WrongKey
from db.exchange import At, begin_exchange, decide_exchange, give_up_exchange, nowhere
from db.files import CEILING_NAME, DATABASE_NAME
from db.latest_change import latest_change
from db.sqlite.maintenance import fold_log
from kiosk import __version__
from kiosk.config import Config
from kiosk.failures import meaning_of
from kiosk.opening import held_door, open_key
from kiosk.paths import PROGRAM_FOLDER
from kiosk.private_file import make_private_folder, write_private
from kiosk.update.other_program import tried_out
from kiosk.update.place import Plan, UpdatePlace
from kiosk.update.pointer import POINTER_NAME, Pointer, Program


def switch(config: Config, clock: Clock, place: UpdatePlace, plan: Plan, at: At = nowhere) -> None:
    """From here on the new program is in force. Raises UpdateFailed, StorageBusy (a command has the database open),
    DiskFull, and what opening a database raises; then nothing has changed."""
    folder = config.folder
    try:
        with held_door(folder):  # to the end: what a command wrote meanwhile would be lost
            key = open_key(config, clock).secret
            fold_log(folder.database_file, key)
            _copy_for_trial(config, place)
            tried_out(folder.root / plan.start, place.trial, plan.version)
            staging = begin_exchange(folder.root)
            for name in (DATABASE_NAME, CEILING_NAME):
                move(place.trial / name, staging / name)
            pointer = Pointer(Program(plan.version, plan.start), _present(place), _stamp(staging, key), is_proved=False)
            write_private(staging / POINTER_NAME, pointer.encode())
            place.forget_starts()
            decide_exchange(folder.root, aside=f"{PROGRAM_FOLDER}/{place.before.name}", at=at)
    except OSError as failure:
        raise meaning_of(failure) from None
    finally:
        give_up_exchange(folder.root)
        shutil.rmtree(place.trial, ignore_errors=True)


def go_back(config: Config, clock: Clock, place: UpdatePlace) -> bool:
    """The program before it is in force again, with the database as it was. False: there is no way back, since the new
    program has served or nothing of before is left. Raises StorageBusy, DiskFull, StorageFailed."""
    folder = config.folder
    before = place.before / DATABASE_NAME
    try:
        with held_door(folder):
            pointer = place.pointer()
            if pointer is None or pointer.is_proved or not before.exists():
                return False
            if _has_later_changes(config, clock, pointer):
                confirm(place)
                return False
            staging = begin_exchange(folder.root)
            shutil.copyfile(before, staging / DATABASE_NAME)
            old = Pointer(pointer.previous, pointer.previous, 0, is_proved=True)
            write_private(staging / POINTER_NAME, old.encode())
            decide_exchange(folder.root)
    except OSError as failure:
        raise meaning_of(failure) from None
    return True


def confirm(place: UpdatePlace) -> None:
    """There is no way back from the program in force any more, and none is needed. Raises OSError."""
    pointer = place.pointer()
    if pointer is not None and not pointer.is_proved:
        proved = Pointer(pointer.program, pointer.program, pointer.stamp, is_proved=True)
        write_private(place.folder.root / POINTER_NAME, proved.encode())


def _present(place: UpdatePlace) -> Program:
    """The program that runs this."""
    pointer = place.pointer()
    is_from_update = pointer is not None and pointer.program.version == __version__
    return pointer.program if pointer is not None and is_from_update else Program(__version__, "")


def _copy_for_trial(config: Config, place: UpdatePlace) -> None:
    folder = config.folder
    shutil.rmtree(place.trial, ignore_errors=True)
    shutil.rmtree(place.before, ignore_errors=True)
    make_private_folder(place.trial)
    access = (folder.key_file, folder.key_name_file, folder.passphrase_file, folder.recovery_file)
    for path in (folder.database_file, folder.root / CEILING_NAME, *access):
        if path.exists():
            _copy_private(path, place.trial / path.name)


def _copy_private(source: Path, target: Path) -> None:
    write_private(target, b"")  # made for the owner alone before there is anything in it
    shutil.copyfile(source, target)


def _stamp(folder: Path, key: bytes) -> int:
    with open_at_rest(folder / DATABASE_NAME, key) as snapshot:
        return latest_change(snapshot)


def _has_later_changes(config: Config, clock: Clock, pointer: Pointer) -> bool:
    """Whether the new program has taken records. One that cannot be read has not: it could not be served."""
    folder = config.folder
    if not folder.database_file.exists():
        return False
    try:
        key = open_key(config, clock).secret
        fold_log(folder.database_file, key)
        return _stamp(folder.root, key) > pointer.stamp
    except (DatabaseDamaged, StorageFailed, WrongKey):
        return False
