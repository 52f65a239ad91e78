"""What the commands about PIN, passphrase and erasing do: the CLI's words in, plain values out.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from db.clock import SystemClock
from db.errors import (
    AlreadyExists,
    InvalidInput,
    NotFound,
    PassphraseNeeded,
    PinNeeded,
    RecoveryCodeUnseen,
    WrongRecoveryCode,
)
from db.exchange import has_database
from db.store import can_open
from kiosk.commands import OpenedFolder, opened_folder, secret_line
from kiosk.config import Config, config_from
from kiosk.erase import erase_everything
from kiosk.keystore import Keystore
from kiosk.opening import held_door
from kiosk.passphrase import (
    change_passphrase,
    give_up_passphrase,
    is_passphrase_set,
    remove_passphrase,
    set_passphrase,
)
from kiosk.paths import data_folder, keep_new_files_private
from kiosk.pin import Pin, hashed_pin
from kiosk.recovery import key_by_code, recovery_copy


def check_pin(opened: OpenedFolder, words: argparse.Namespace) -> None:
    """For what shows or changes the recovery code, where a PIN is set. Raises PinNeeded, WrongPin, TooManyTries."""
    with opened.database.read() as snapshot:
        is_set = hashed_pin(snapshot) is not None
    if not is_set:
        return
    if not words.pin_stdin:
        raise PinNeeded
    pin = Pin(opened.database, SystemClock())
    pin.throttle.wait()  # a command is a process of its own: it waits instead of being refused for ever
    pin.check(secret_line("pin"))


def forget_pin(words: argparse.Namespace) -> dict[str, Any]:
    """``pin forgotten``."""
    code = secret_line("recovery_code")
    with opened_folder(words) as opened:
        if key_by_code(recovery_copy(opened.config.folder), code) != opened.key.secret:
            raise WrongRecoveryCode
        Pin(opened.database, SystemClock()).remove()
    return {"pin": False}


def set_start_passphrase(words: argparse.Namespace) -> dict[str, Any]:
    """``passphrase set``."""
    with opened_folder(words) as opened:
        folder = opened.config.folder
        if is_passphrase_set(folder):
            raise AlreadyExists(path="passphrase")
        if recovery_copy(folder) is None:
            raise RecoveryCodeUnseen
        keystore = Keystore(folder, opened.config.keystore)
        with held_door(folder):
            set_passphrase(folder, keystore, opened.key.secret, secret_line("passphrase"))
    return {"passphrase": True}


def change_start_passphrase(words: argparse.Namespace) -> dict[str, Any]:
    """``passphrase change``."""
    config, present = _with_passphrase(words)
    new = secret_line("passphrase")
    with held_door(config.folder):
        change_passphrase(config.folder, present, new)
    return {"passphrase": True}


def remove_start_passphrase(words: argparse.Namespace) -> dict[str, Any]:
    """``passphrase off``."""
    config, present = _with_passphrase(words)
    with held_door(config.folder):
        remove_passphrase(config.folder, Keystore(config.folder, config.keystore), present)
    return {"passphrase": False}


def forget_start_passphrase(words: argparse.Namespace) -> dict[str, Any]:
    """``passphrase forgotten``."""
    config, clock = _config(words), SystemClock()
    folder = config.folder
    with held_door(folder):
        _require_passphrase(config)
        key = key_by_code(recovery_copy(folder), secret_line("recovery_code"))
        if not can_open(folder.root, key, clock):
            raise WrongRecoveryCode
        give_up_passphrase(folder, Keystore(folder, config.keystore), key)
    return {"passphrase": False}


def erase(words: argparse.Namespace) -> dict[str, Any]:
    """``erase``: while no server runs."""
    keep_new_files_private()
    config = _config(words)
    if not has_database(config.folder.root):
        raise NotFound(table="database")
    done = erase_everything(
        config,
        SystemClock(),
        words.name,
        passphrase=words.passphrase,
        with_backup=not words.no_backup,
        with_backups=words.backups_too,
    )
    return {
        "erased": True,
        "backup": str(done.backup) if done.backup else None,
        "second_place": done.second_place,
        "recovery_code": done.recovery_code,
    }


def _with_passphrase(words: argparse.Namespace) -> tuple[Config, str]:
    """The present one, from standard input. Raises InvalidInput where none is set, PassphraseNeeded."""
    config = _config(words)
    _require_passphrase(config)
    if words.passphrase is None:
        raise PassphraseNeeded
    return config, words.passphrase


def _require_passphrase(config: Config) -> None:
    if not is_passphrase_set(config.folder):
        raise InvalidInput(path="passphrase")


def _config(words: argparse.Namespace) -> Config:
    return config_from(data_folder(words.data_dir), os.environ)
