"""What the commands about backups and the recovery code do: the CLI's words in, plain values out.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from db.backup import verify_backup
from db.backup_file import BackupInfo
from db.clock import SystemClock
from db.lost_part import LateSync
from kiosk.backup_shelf import ShelvedBackup, moment
from kiosk.backups import Backups
from kiosk.commands import OpenedFolder, opened_folder, secret_line
from kiosk.config import Config, config_from
from kiosk.lock_commands import check_pin
from kiosk.paths import data_folder, keep_new_files_private
from kiosk.recovery import new_recovery_code, shown_code
from kiosk.rekey import replace_key
from kiosk.restore import backup_key, restore_backup

OFF = "off"


def make_backup(words: argparse.Namespace) -> dict[str, Any]:
    """``backup create``."""
    with opened_folder(words) as opened:
        made = _backups(opened).make(words.file)
    return {"file": str(made.path), **_described(made.info), "second_place": made.second}


def list_backups(words: argparse.Namespace) -> list[dict[str, Any]]:
    """``backup list``."""
    with opened_folder(words) as opened:
        return [_shelved(backup) for backup in _backups(opened).listed()]


def check_backup(words: argparse.Namespace) -> dict[str, Any]:
    """``backup verify``: everything that a restore looks at first."""
    _, key = backup_key(_config(words), words.file, _code(words))
    return {"file": str(words.file), "whole": True, **_described(verify_backup(words.file, key))}


def drill(words: argparse.Namespace) -> dict[str, Any]:
    """``backup drill``."""
    with opened_folder(words) as opened:
        done = _backups(opened).drill()
    return {"result": done.result, "file": str(done.path) if done.path else None}


def restore(words: argparse.Namespace) -> dict[str, Any]:
    """``backup restore``: while no server runs."""
    keep_new_files_private()
    done = restore_backup(
        _config(words), words.file, SystemClock(), recovery_code=_code(words), passphrase=words.passphrase
    )
    late = done.late_syncs
    return {
        "restored": str(words.file),
        **_described(done.info),
        "replaced": str(done.replaced) if done.replaced else None,
        "synced_after_backup": None if late is None else [_late(phone) for phone in late],
        "passphrase_removed": done.lost_passphrase,
    }


def second_place(words: argparse.Namespace) -> dict[str, Any]:
    """``settings backup-folder``: shows the second place, chooses it, or does without."""
    with opened_folder(words) as opened:
        backups = _backups(opened)
        if words.value is not None:
            backups.choose_second_folder(None if words.value == OFF else Path(words.value))
        chosen = backups.second_folder()
    return {"backup_folder": str(chosen) if chosen else OFF}


def show_recovery_code(words: argparse.Namespace) -> dict[str, Any]:
    """``recovery show``."""
    with opened_folder(words) as opened:
        check_pin(opened, words)
        shown = shown_code(opened.config.folder, opened.database, opened.key.secret)
    return {"recovery_code": shown.code, "is_new": shown.is_new}


def make_recovery_code(words: argparse.Namespace) -> dict[str, Any]:
    """``recovery new``; with ``--new-key`` the database gets another key as well, while no server runs."""
    if words.new_key:
        keep_new_files_private()
        with opened_folder(words) as opened:
            check_pin(opened, words)
        return {
            "recovery_code": replace_key(_config(words), SystemClock(), passphrase=words.passphrase),
            "is_new": True,
        }
    with opened_folder(words) as opened:
        check_pin(opened, words)
        code = new_recovery_code(opened.config.folder, opened.database, opened.key.secret)
    return {"recovery_code": code, "is_new": True}


def _config(words: argparse.Namespace) -> Config:
    return config_from(data_folder(words.data_dir), os.environ)


def _backups(opened: OpenedFolder) -> Backups:
    return Backups(opened.config.folder, opened.database, opened.key.secret, SystemClock())


def _code(words: argparse.Namespace) -> str | None:
    return secret_line("recovery_code") if words.recovery_code_stdin else None


def _described(info: BackupInfo) -> dict[str, Any]:
    return {
        "server": info.contents.server_name,
        "server_id": info.contents.server_id,
        "created_at": info.created_at,
        "created": moment(info.created_at).isoformat(" ", "seconds"),
        "records": {table: rows for table, rows in info.contents.rows.items() if rows},
        "revision": info.contents.revision,
        "has_recovery_code": info.recovery is not None,
    }


def _shelved(backup: ShelvedBackup) -> dict[str, Any]:
    answer: dict[str, Any] = {"file": str(backup.path), "bytes": backup.size, "readable": backup.info is not None}
    return answer | (_described(backup.info) if backup.info else {})


def _late(phone: LateSync) -> dict[str, Any]:
    return {
        "id": phone.device_id,
        "name": phone.name,
        "user": phone.user_name,
        "last_sync_at": phone.last_sync_at,
        "records_sent": phone.records_sent,
    }
