"""Checks and copies of the whole file, in SQLite's own ways.

Knows nothing of what is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from db.database import Snapshot
from db.sqlite.connection import connector, key_literal, open_blank
from db.sqlite.failures import DRIVER_ERRORS, meaning_of

PAGES_AT_ONCE = 256
"""One megabyte between two words about the progress."""


def quick_check(snapshot: Snapshot) -> int:
    """How many faults SQLite finds in the file's structure; 0 when it is sound."""
    answers = [row[0] for row in snapshot.rows(sa.text("PRAGMA quick_check(20)"))]
    return 0 if answers == ["ok"] else len(answers)


def count_tables(snapshot: Snapshot) -> int:
    """How many tables the file has: none before its first migration. Fails unless the key opens the file."""
    return int(snapshot.scalar(sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'table'")))


def table_names(snapshot: Snapshot) -> frozenset[str]:
    """The tables that the file has."""
    return frozenset(row[0] for row in snapshot.rows(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'")))


def copy_snapshot(snapshot: Snapshot, target: Path, key: bytes, progress: Callable[[float], object]) -> None:
    """Writes what the snapshot sees to ``target``, a new file under the same key, while others go on writing.

    The snapshot's own transaction stays open over all steps, so all pages are of one moment and no write makes the
    copy begin anew. Not on the disk yet when this returns. Raises StorageFailed, DiskFull, and what ``progress`` does.
    """

    def told(status: int, remaining: int, total: int) -> None:
        progress(1 - remaining / total if total else 1.0)

    try:
        with closing(open_blank(target, key)) as copy:
            snapshot.driver_connection.backup(copy, pages=PAGES_AT_ONCE, progress=told)
    except DRIVER_ERRORS as failure:
        raise meaning_of(failure) from None


def copy_under_key(path: Path, key: bytes, target: Path, target_key: bytes) -> None:
    """Writes the whole database to ``target``, a new file under another key. Nobody may write meanwhile.

    Raises StorageBusy, StorageFailed, DiskFull, WrongKey.
    """
    try:
        with closing(connector(path, key)()) as source:
            source.execute(f"ATTACH DATABASE ? AS other KEY {key_literal(target_key)}", (str(target),))
            source.execute("PRAGMA other.journal_mode = OFF")
            source.execute("PRAGMA other.synchronous = OFF")
            source.execute("SELECT sqlcipher_export('other')")
            source.execute("DETACH DATABASE other")
    except DRIVER_ERRORS as failure:
        raise meaning_of(failure) from None


def fold_log(path: Path, key: bytes) -> None:
    """Puts everything into the database file itself, which then has no -wal or -shm, if nobody else has it open.

    Raises StorageBusy if somebody has, WrongKey, DatabaseDamaged, StorageFailed.
    """
    try:
        with closing(connector(path, key)()) as connection:
            connection.execute("PRAGMA busy_timeout = 2000")
            connection.execute("PRAGMA journal_mode = DELETE")
    except DRIVER_ERRORS as failure:
        raise meaning_of(failure) from None


def copy_database(path: Path, target: Path, key: bytes) -> None:
    """Writes the last committed state to ``target``, one file under the same key; replaces what is there.

    Through SQLite and not as a file: when a process closes a file that it has opened by itself, POSIX systems drop
    the locks that SQLite holds on it, and another process could then take the write-ahead log away under us.
    Raises StorageFailed, DiskFull; OSError when the old copy cannot be removed.
    """
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    try:
        with closing(connector(path, key, is_reader=True)()) as source, closing(connector(target, key)()) as copy:
            source.backup(copy)
    except DRIVER_ERRORS as failure:
        raise meaning_of(failure) from None
