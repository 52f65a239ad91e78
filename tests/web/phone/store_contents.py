"""What a store holds, for comparing before and after; and whether a pull is one that a phone can take.

Knows nothing of HTTP.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import sqlalchemy as sa

from db.catalogue import CATALOGUE, ColumnType
from db.database import Database
from db.schema import OUTBOX, RECORD_HISTORY, RECORD_TABLES

_TYPES: dict[ColumnType, tuple[type, ...]] = {
    ColumnType.TEXT: (str,),
    ColumnType.JSON: (str,),
    ColumnType.DATE: (str,),
    ColumnType.NUMBER: (int, float),
    ColumnType.TIME: (int, float),
    ColumnType.BOOLEAN: (bool,),
}


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every record, version and outbox entry."""
    with database.read() as snapshot:
        tables = [*RECORD_TABLES.values(), RECORD_HISTORY, OUTBOX]
        return {table.name: [tuple(row) for row in snapshot.rows(sa.select(table))] for table in tables}


def stored(database: Database, table: str, record_id: str) -> dict[str, Any] | None:
    """The current version of a record."""
    columns = RECORD_TABLES[table].c
    with database.read() as snapshot:
        text = snapshot.scalar(sa.select(columns.data).where(columns.id == record_id))
    return None if text is None else json.loads(text)


def what_a_phone_could_not_take(pulled: Any) -> list[str]:
    """Everything in a pull's document that makes the library throw or lose a value (PROTOCOL §3)."""
    faults = [] if type(pulled["timestamp"]) is int and pulled["timestamp"] > 0 else ["timestamp"]
    for name, lists in pulled["changes"].items():
        if list(lists) != ["created", "updated", "deleted"]:
            faults.append(f"{name}: lists {list(lists)}")
        ids = Counter(row["id"] for part in ("created", "updated") for row in lists[part])
        faults += [f"{name}: an id {count} times" for count in ids.values() if count > 1]
        faults += [f"{name}: deleted" for entry in lists["deleted"] if not isinstance(entry, str)]
        faults += [fault for part in ("created", "updated") for row in lists[part] for fault in _faults(name, row)]
    return faults


def _faults(table: str, row: dict[str, Any]) -> list[str]:
    faults = [f"{table}: {key}" for key in ("_status", "_changed") if key in row]
    if not isinstance(row["id"], str):
        faults.append(f"{table}: id")
    for column in CATALOGUE[table].columns.values():
        value = row.get(column.name, column.default)
        if value is None and column.is_optional:
            continue
        if type(value) not in _TYPES[column.type]:
            faults.append(f"{table}.{column.name}: {type(value).__name__}")
    return faults
