"""The tables of a phone's own database and what its columns can hold (PROTOCOL §§3, 7).

Knows nothing of syncing. Values are forced into their columns as the phone's library does it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from db.catalogue import CATALOGUE, Column, ColumnType

Row = dict[str, Any]
RowKey = tuple[str, str]
"""Table and id."""
_NUMBERS = (ColumnType.NUMBER, ColumnType.TIME)


@dataclass(frozen=True)
class PhoneSchema:
    """The tables at one schema version of the app."""

    version: int

    @cached_property
    def tables(self) -> dict[str, tuple[Column, ...]]:
        """Columns of every synced table, by table."""
        return {
            table.name: tuple(c for c in table.columns.values() if c.since_schema <= self.version)
            for table in CATALOGUE.values()
            if table.since_schema is not None and table.since_schema <= self.version
        }

    def row(self, table: str, values: Row, status: str, changed: str) -> Row:
        """A row as the phone stores it; what a column cannot hold is wiped silently."""
        columns = {column.name: _held(column, values.get(column.name)) for column in self.tables[table]}
        return {"id": values["id"], **columns, "_status": status, "_changed": changed}

    def migration_from(self, older: PhoneSchema) -> dict[str, Any] | None:
        """What the library asks for on the first sync after an upgrade (PROTOCOL §2.5)."""
        if older.version >= self.version:
            return None
        new_tables = [name for name in self.tables if name not in older.tables]
        new_columns = []
        for name, columns in older.tables.items():
            had = {column.name for column in columns}
            if more := [column.name for column in self.tables[name] if column.name not in had]:
                new_columns.append({"table": name, "columns": more})
        return {"from": older.version, "tables": [*new_tables, "peers"], "columns": new_columns}


def content(row: Row) -> Row:
    """What a row says, without the library's own columns and the time that phones touch by themselves (§5)."""
    return {name: value for name, value in row.items() if name not in ("_status", "_changed", "updated_at")}


def _held(column: Column, value: Any) -> Any:
    empty: Any = None if column.is_optional else _EMPTY[column.type]
    if column.type is ColumnType.BOOLEAN:
        return bool(value) if isinstance(value, bool) or value in (0, 1) else empty
    if column.type in _NUMBERS:
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        return value if is_number else empty
    return value if isinstance(value, str) else empty


_EMPTY: dict[ColumnType, Any] = {
    ColumnType.TEXT: "",
    ColumnType.JSON: "",
    ColumnType.DATE: "",
    ColumnType.NUMBER: 0,
    ColumnType.TIME: 0,
    ColumnType.BOOLEAN: False,
}
