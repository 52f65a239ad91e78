"""What support may know about a database file without knowing what is in it: its tables, their columns, their sizes.

Knows nothing of reports. Names are told only where they are this program's own: a file that somebody has changed
could carry anything in the name of a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from db.database import Snapshot
from db.schema import FULL_TEXT_TABLES, METADATA, RECORD_TABLES

_TABLES = sa.text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
_COLUMNS = sa.text("SELECT name FROM pragma_table_info(:name) ORDER BY cid")
_INDEXES = sa.text('SELECT seq, "unique" AS is_unique, partial FROM pragma_index_list(:name) ORDER BY seq')
_INDEX_NAMES = sa.text("SELECT name FROM pragma_index_list(:name) ORDER BY seq")
_INDEX_COLUMNS = sa.text("SELECT name FROM pragma_index_info(:name) ORDER BY seqno")
_PAGES = (sa.text("PRAGMA page_count"), sa.text("PRAGMA freelist_count"), sa.text("PRAGMA page_size"))

EXPRESSION = "(expression)"
"""In place of an index's column that is computed out of the document."""
OTHER_TABLES = frozenset({"alembic_version", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}) | FULL_TEXT_TABLES


@dataclass(frozen=True)
class IndexShape:
    """An index, by what it covers."""

    columns: tuple[str, ...]
    is_unique: bool
    is_partial: bool


@dataclass(frozen=True)
class TableShape:
    """A table of this program as it is in the file."""

    name: str
    columns: tuple[str, ...]
    missing_columns: tuple[str, ...]  # of what this release expects
    unknown_columns: int
    indexes: tuple[IndexShape, ...]


@dataclass(frozen=True)
class Shape:
    """The tables of a file against what this release expects."""

    tables: tuple[TableShape, ...]
    missing_tables: tuple[str, ...]
    unknown_tables: int


@dataclass(frozen=True)
class Pages:
    """The file in pages, of which some are free."""

    total: int
    free: int
    size_bytes: int


def shape_of(snapshot: Snapshot) -> Shape:
    """The tables, columns and indexes of the file."""
    present = {row.name for row in snapshot.rows(_TABLES)}
    known = present & METADATA.tables.keys()
    return Shape(
        tables=tuple(_table_shape(snapshot, METADATA.tables[name]) for name in sorted(known)),
        missing_tables=tuple(sorted(METADATA.tables.keys() - present)),
        unknown_tables=sum(not _is_own(name) for name in present),
    )


def row_counts(snapshot: Snapshot) -> dict[str, dict[str, int]]:
    """How many rows each table of ours has; of document tables also how many of them are deleted."""
    counts: dict[str, dict[str, int]] = {}
    present = {row.name for row in snapshot.rows(_TABLES)}
    for name, table in sorted(METADATA.tables.items()):
        if name not in present:
            continue
        counts[name] = {"rows": _count(snapshot, table)}
        if name in RECORD_TABLES:
            counts[name]["deleted"] = _count(snapshot, table, table.c.local_server_deleted_at.is_not(None))
    return counts


def pages_of(snapshot: Snapshot) -> Pages:
    """How large the file is, and how much of it is free."""
    total, free, size = (int(snapshot.scalar(pragma)) for pragma in _PAGES)
    return Pages(total, free, size)


def _is_own(name: str) -> bool:
    return name in METADATA.tables or name in OTHER_TABLES


def _table_shape(snapshot: Snapshot, table: sa.Table) -> TableShape:
    names = [row.name for row in snapshot.rows(_COLUMNS, {"name": table.name})]
    expected = list(table.c.keys())
    return TableShape(
        name=table.name,
        columns=tuple(name for name in names if name in expected),
        missing_columns=tuple(name for name in expected if name not in names),
        unknown_columns=sum(name not in expected for name in names),
        indexes=_indexes_of(snapshot, table),
    )


def _indexes_of(snapshot: Snapshot, table: sa.Table) -> tuple[IndexShape, ...]:
    expected = set(table.c.keys())
    facts = snapshot.rows(_INDEXES, {"name": table.name})
    names = snapshot.rows(_INDEX_NAMES, {"name": table.name})
    shapes = []
    for fact, named in zip(facts, names, strict=True):
        columns = [row.name for row in snapshot.rows(_INDEX_COLUMNS, {"name": named.name})]
        shapes.append(
            IndexShape(
                columns=tuple(name if name in expected else EXPRESSION for name in columns),
                is_unique=bool(fact.is_unique),
                is_partial=bool(fact.partial),
            )
        )
    return tuple(shapes)


def _count(snapshot: Snapshot, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    return int(snapshot.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)))
