"""Puts records into a database as the program does it, and processes that open the same file.

Knows nothing of phones.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from db.database import Database
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind, load_rows

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
ROOT = Path(__file__).resolve().parents[2]


def put_rows(
    database: Database, table: str, rows: Iterable[dict[str, Any]], changed: frozenset[str] | None = None
) -> None:
    """Adds rows or replaces them. ``changed``: which columns of replaced rows are news (None: all)."""
    wanted = list(rows)
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        stored = changes.load(table, [row["id"] for row in wanted])
        for row in wanted:
            before = stored.get(row["id"])
            news = changed if before else None
            planned = PlannedRow(row["id"], row, before, False, NO_MARK, NO_MARK, news)
            changes.put(table, planned, VersionKind.REPLACED, changed or ())
        changes.flush(None)


def delete_row(database: Database, table: str, record_id: str) -> None:
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        changes.load(table, [record_id])
        changes.delete(table, record_id, VersionKind.DELETED, (), NO_MARK)
        changes.flush(None)


def row_of(database: Database, table: str, record_id: str) -> dict[str, Any]:
    with database.read() as snapshot:
        return load_rows(snapshot, table, [record_id])[record_id].data


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a process of its own, to its end."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
