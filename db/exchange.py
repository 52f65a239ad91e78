"""Replaces several files of a data folder as one step, the database among them: after a crash all are old or all new.

Knows nothing of what the files hold. New files are made ready in ``staging``; renaming that folder to ``incoming``
decides. What is left to do then (moving the old files away, the new ones in) is done again until it is done: at
once, or at the next opening of the data folder. While that goes on, nobody may open the database (kiosk/opening.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from db.durability import move, sync_file, sync_folder
from db.files import DATABASE_NAME, INCOMING_NAME, STAGING_NAME

_PLAN_NAME = "plan.json"
_LOGS_OF_DATABASE = (f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm")


class ExchangeStep(StrEnum):
    """The moments at which a crash is tried."""

    READY = "ready"  # everything is in the staging folder, nothing is decided
    DECIDED = "decided"
    MOVED_AWAY = "moved_away"  # the old database is out of its place
    MOVED_IN = "moved_in"  # the new one is in it
    DONE = "done"


class _Plan(msgspec.Struct, frozen=True):
    files: tuple[str, ...]  # in the order in which they are put in place; the database first
    removed: tuple[str, ...]
    aside: str | None  # where old files go, seen from the data folder; None: they are deleted


At = Callable[[ExchangeStep], object]


def nowhere(step: ExchangeStep) -> None:
    """Does nothing at any step."""


def begin_exchange(folder: Path) -> Path:
    """An empty folder for the new files; one that was left behind is cleared. Raises OSError."""
    staging = folder / STAGING_NAME
    give_up_exchange(folder)
    staging.mkdir(mode=0o700)
    return staging


def give_up_exchange(folder: Path) -> None:
    """Removes what was made ready and not decided on."""
    if (folder / STAGING_NAME).exists():
        shutil.rmtree(folder / STAGING_NAME)


def decide_exchange(folder: Path, *, removed: tuple[str, ...] = (), aside: str | None = None, at: At = nowhere) -> None:
    """Carries the exchange through. Old files go to the folder ``aside`` (named from the data folder) or are deleted,
    and so do the files ``removed``. The caller has closed all databases. Raises OSError; an error before the
    decision changes nothing, one after it is made good by ``finish_exchange``."""
    staging = folder / STAGING_NAME
    files = sorted((path.name for path in staging.iterdir()), key=lambda name: (name != DATABASE_NAME, name))
    plan = staging / _PLAN_NAME
    plan.write_bytes(msgspec.json.encode(_Plan(tuple(files), removed, aside)))
    for path in staging.iterdir():
        sync_file(path)
    sync_folder(staging)
    at(ExchangeStep.READY)
    move(staging, folder / INCOMING_NAME)
    sync_folder(folder)
    at(ExchangeStep.DECIDED)
    finish_exchange(folder, at)


def has_database(folder: Path) -> bool:
    """Whether the folder has a database, in its place or on the way there."""
    return (folder / DATABASE_NAME).exists() or (folder / INCOMING_NAME / DATABASE_NAME).exists()


def finish_exchange(folder: Path, at: At = nowhere) -> bool:
    """Does what is left to do of an exchange that was decided; True if there was one. Raises OSError."""
    incoming = folder / INCOMING_NAME
    if not incoming.exists():
        return False
    if (incoming / _PLAN_NAME).exists():
        plan = msgspec.json.decode((incoming / _PLAN_NAME).read_bytes(), type=_Plan)
        aside = None if plan.aside is None else folder / plan.aside
        for name in plan.files:
            if (incoming / name).exists():
                _put_in_place(folder, name, aside, at)
        for name in plan.removed:
            _move_away(folder / name, aside)
        sync_folder(folder)
        (incoming / _PLAN_NAME).unlink()
    shutil.rmtree(incoming)
    sync_folder(folder)
    at(ExchangeStep.DONE)
    return True


def _put_in_place(folder: Path, name: str, aside: Path | None, at: At) -> None:
    is_database = name == DATABASE_NAME
    for old in (*_LOGS_OF_DATABASE, name) if is_database else (name,):
        _move_away(folder / old, aside)
    if is_database:
        at(ExchangeStep.MOVED_AWAY)
    move(folder / INCOMING_NAME / name, folder / name)
    sync_folder(folder)
    if is_database:
        at(ExchangeStep.MOVED_IN)


def _move_away(path: Path, aside: Path | None) -> None:
    if not path.exists():
        return
    if aside is None:
        path.unlink()
    else:
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        move(path, aside / path.name)
        sync_folder(aside)
