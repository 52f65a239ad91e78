"""Erases everything on this computer after a last backup, while no server runs (the command ``erase``).

Knows nothing of how files are erased (kiosk/erasure.py). A server does the same in two steps: kiosk/keys_desk.py makes
the last backup and kiosk/serve.py erases when the server has ended its work.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from db.clock import Clock
from db.errors import InvalidInput
from db.settings import Setting, read_setting
from db.wrapped_key import COST
from kiosk.backups import Backups
from kiosk.config import Config
from kiosk.erasure import At, Erasure, decide_erasure, finish_erasure, nowhere
from kiosk.instance import ServerLock
from kiosk.opening import held_door, open_beside
from kiosk.recovery import shown_code


@dataclass(frozen=True)
class Erased:
    """``backup``: the last one; ``recovery_code``: what opens it; None: it is not known here."""

    backup: Path | None
    second_place: str | None
    recovery_code: str | None = field(repr=False)


def erase_everything(
    config: Config,
    clock: Clock,
    name: str,
    *,
    passphrase: str | None = None,
    with_backup: bool = True,
    with_backups: bool = False,
    cost: int = COST,
    at: At = nowhere,
) -> Erased:
    """``name``: the server's, as a person typed it. ``with_backups``: earlier ones in the data folder go too. When this
    raises nothing is erased.

    Raises AlreadyRunning, InvalidInput (``path``: "name"), what a backup raises, OSError, and as
    kiosk.opening.open_beside.
    """
    folder = config.folder
    with ServerLock(folder):
        key, database = open_beside(config, clock, passphrase)
        try:
            with database.read() as snapshot:
                check_name(name, read_setting(snapshot, Setting.SERVER_NAME) or "")
            code, backup, second = None, None, None
            if with_backup:
                code = shown_code(folder, database, key.secret, cost=cost).code
                made = Backups(folder, database, key.secret, clock).make()
                backup, second = made.path, made.second
        finally:
            database.close()
        with held_door(folder):
            decide_erasure(folder, Erasure(with_backups, backup.name if backup else None))
            finish_erasure(folder, at)
    return Erased(backup, second, code)


def check_name(typed: str, name: str) -> None:
    """Whether the name of the server was typed. Raises InvalidInput (``path``: "name")."""
    if _plain(typed) != _plain(name):
        raise InvalidInput(path="name")


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
