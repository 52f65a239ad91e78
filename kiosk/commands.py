"""What each command does: the CLI's words in, plain values out. Works beside a running server.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from db.accounts import Account, NewAccount, add_account, change_password, list_accounts, remove_account
from db.catalogue import CATALOGUE
from db.clock import SystemClock
from db.database import Database
from db.devices import recent_devices
from db.errors import InvalidInput, NotFound
from db.exchange import has_database
from db.history import Version, restore_version, versions_of
from db.outbox import waiting_count
from db.records import live_counts
from kiosk import __version__
from kiosk.cli import say
from kiosk.config import ALL_ADDRESSES, Config, config_from
from kiosk.erasure import is_erasing
from kiosk.keystore import DatabaseKey
from kiosk.opening import held_door, open_beside
from kiosk.paths import data_folder, keep_new_files_private
from kiosk.runtime_file import running_server

CHANNEL = "command"
DEFAULT_ROLE = "provider"
HIGHEST_VERSION = 2**63 - 1
"""The database counts no further."""


def serve_here(words: argparse.Namespace) -> None:
    """``serve``: until it is told to stop."""
    from kiosk.serve import ready_facts, serve  # late: no other command needs what serves phones

    config = config_from(
        data_folder(words.data_dir),
        os.environ,
        host=words.host or ALL_ADDRESSES,
        port=words.port,
        is_attended=words.attended,
    )

    serve(config, lambda server: say(ready_facts(server), as_json=True), words.passphrase)


def show_status(words: argparse.Namespace) -> dict[str, Any]:
    """``status``: whether a server runs, and what the database holds."""
    folder = data_folder(words.data_dir)
    running = running_server(folder)
    answer: dict[str, Any] = {
        "running": running is not None,
        "phones": running.phones_url if running else None,
        "pid": running.pid if running else None,
        "version": running.version if running else __version__,
        "data_folder": str(folder.root),
    }
    if not folder.database_file.exists():
        return answer | {"database": False}
    with opened_database(words) as database, database.read() as snapshot:
        last = recent_devices(snapshot, 1)
        return answer | {
            "database": True,
            "records": live_counts(snapshot),
            "users": len(list_accounts(snapshot)),
            "waiting_for_cloud": waiting_count(snapshot),
            "last_sync_at": last[0].last_sync_at if last else None,
        }


def add_user(words: argparse.Namespace) -> dict[str, Any]:
    """``user add``."""
    new = NewAccount(words.email, words.name, secret_line("password"), words.role or DEFAULT_ROLE, words.clinic)
    with opened_database(words, may_create=True) as database:
        return _user(add_account(database, new, CHANNEL))


def list_users(words: argparse.Namespace) -> list[dict[str, Any]]:
    """``user list``."""
    with opened_database(words) as database, database.read() as snapshot:
        return [_user(account) for account in list_accounts(snapshot)]


def set_password(words: argparse.Namespace) -> dict[str, Any]:
    """``user password``."""
    password = secret_line("password")
    with opened_database(words) as database:
        change_password(database, words.email, password, CHANNEL)
    return {"email": words.email, "changed": True}


def remove_user(words: argparse.Namespace) -> dict[str, Any]:
    """``user remove``."""
    with opened_database(words) as database:
        remove_account(database, words.email, CHANNEL)
    return {"email": words.email, "removed": True}


def show_history(words: argparse.Namespace) -> list[dict[str, Any]]:
    """``history show``."""
    with opened_database(words) as database, database.read() as snapshot:
        return [_version(words.table, version) for version in versions_of(snapshot, words.table, words.id)]


def restore_history(words: argparse.Namespace) -> dict[str, Any]:
    """``history restore``."""
    if words.version > HIGHEST_VERSION:
        raise NotFound(version=words.version)
    with opened_database(words) as database:
        restore_version(database, words.table, words.id, words.version, CHANNEL)
    return {"table": words.table, "id": words.id, "restored": words.version}


@dataclass(frozen=True)
class OpenedFolder:
    """A data folder whose database is open."""

    config: Config
    key: DatabaseKey
    database: Database


@contextmanager
def opened_folder(words: argparse.Namespace, *, may_create: bool = False) -> Iterator[OpenedFolder]:
    """The data folder with its database, opened beside whoever else has it open. Raises NotFound where there is none:
    a mistyped folder must not look like an empty clinic."""
    config: Config = config_from(data_folder(words.data_dir), os.environ)
    if is_erasing(config.folder):
        with held_door(config.folder):
            pass
    if not (may_create or has_database(config.folder.root)):
        raise NotFound(table="database")
    keep_new_files_private()
    config.folder.prepare()
    key, database = open_beside(config, SystemClock(), words.passphrase)
    try:
        yield OpenedFolder(config, key, database)
    finally:
        database.close()


@contextmanager
def opened_database(words: argparse.Namespace, *, may_create: bool = False) -> Iterator[Database]:
    """The same for those who want nothing but the database."""
    with opened_folder(words, may_create=may_create) as opened:
        yield opened.database


def secret_line(path: str) -> str:
    """The first line of standard input, so that no secret is ever in a process list. Raises InvalidInput (``path``)."""
    if sys.stdin is None:
        raise InvalidInput(path=path)
    try:
        return sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:  # phones send UTF-8: stored otherwise it would never fit
        raise InvalidInput(path=path) from None


def _user(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "clinic_id": account.clinic_id,
        "clinic": account.clinic_name,
    }


def _version(table: str, version: Version) -> dict[str, Any]:
    """Without what never leaves the database: the hash of a password (DESIGN §3)."""
    secret = CATALOGUE[table].secret_columns
    return {
        "version": version.version,
        "kind": version.kind,
        "at": version.at,
        "channel": version.channel,
        "device": version.device_id,
        "user": version.user_name,
        "columns": list(version.columns),
        "data": {name: value for name, value in version.data.items() if name not in secret},
    }
