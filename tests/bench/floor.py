"""The floor: the same rows into and out of an equally encrypted file, with nothing around it.

Push: one transaction, one ``executemany`` upsert a table, into tables as the migrations make them (columns and
indexes), or into bare ones of five columns without an index. Pull: ``SELECT data`` joined with commas. Both on a
connection opened just as the program opens its own (same key form, same pragmas, same cache), fresh for each
pull: the program's readers start cold too, since every pull takes a stamp and SQLite then drops their cache.
"""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path

import msgspec

from db.clock import SystemClock
from db.sqlite.connection import connector
from db.store import database_path, open_store
from tests.bench.data import Changes

_BARE = (
    "CREATE TABLE {name} (id TEXT PRIMARY KEY, data TEXT NOT NULL, local_server_created_at INTEGER, "
    "local_server_last_modified INTEGER, local_server_deleted_at INTEGER)"
)
_UPSERT = (
    "INSERT INTO {name} (id, data, local_server_created_at, local_server_last_modified, local_server_deleted_at) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data, "
    "local_server_last_modified = excluded.local_server_last_modified"
)
_STAMP = 1_760_000_000_000


class Floor:
    """One file, made anew for each push."""

    def __init__(self, folder: Path, tables: Changes, *, is_bare: bool) -> None:
        self._folder = folder
        self._is_bare = is_bare
        self._key = secrets.token_bytes(32)
        self._rows = {
            name: [(row["id"], msgspec.json.encode(row).decode(), _STAMP, _STAMP, None) for row in rows]
            for name, rows in tables.items()
        }

    def push(self) -> float:
        """Seconds for all rows into a new file."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        if not self._is_bare:
            open_store(self._folder, self._key, SystemClock()).close()
        connection = connector(database_path(self._folder), self._key)()
        if self._is_bare:
            for name in self._rows:
                connection.execute(_BARE.format(name=name))
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for name, rows in self._rows.items():
            connection.executemany(_UPSERT.format(name=name), rows)
        connection.execute("COMMIT")
        seconds = time.perf_counter() - began
        connection.close()
        return seconds

    def pull(self) -> float:
        """Seconds for all documents as one text."""
        connection = connector(database_path(self._folder), self._key, is_reader=True)()
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        began = time.perf_counter()
        for name in self._rows:
            ",".join(row[0] for row in connection.execute(f"SELECT data FROM {name}"))
        seconds = time.perf_counter() - began
        connection.close()
        return seconds
