"""SQLite's own words (JSON functions, upserts) as SQLAlchemy expressions, so that no other module writes them.

Knows nothing of which tables and columns there are; names come from the catalogue, never from the wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def field(table: sa.Table, name: str) -> sa.ColumnElement[Any]:
    """The value of key ``name`` in the document, as SQL text, number or NULL.

    Spelled exactly as the expression indexes of the migrations spell it, or they are not used.
    """
    return sa.func.json_extract(table.c.data, sa.literal_column(f"'$.{name}'"))


def key_of(document: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[Any]:
    """The value of key ``name`` in a column that holds a document, where no index is wanted."""
    return sa.func.json_extract(document, sa.literal_column(f"'$.{name}'"))


def values_of(parameter: str) -> sa.TableValuedAlias:
    """The elements of a JSON array given as bound parameter ``parameter``, as a table with column ``value``."""
    return sa.func.json_each(sa.bindparam(parameter)).table_valued("value")


def json_values(values: Iterable[Any]) -> str:
    """What such a parameter is given."""
    return msgspec.json.encode(list(values)).decode()


def plain(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The same value, with a plus in front: no index is used to look it up."""
    return sa.UnaryExpression(column, operator=sa.sql.operators.custom_op("+"))


def insert_new(table: sa.Table) -> sa.Executable:
    """An INSERT of every column by name that leaves rows with the same key as they are."""
    values: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in table.c}
    return sqlite_insert(table).values(values).on_conflict_do_nothing()


def upsert(table: sa.Table) -> sa.Executable:
    """An INSERT of every column by name that replaces the row with the same key."""
    values: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in table.c}
    statement = sqlite_insert(table).values(values)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def replace_from(table: sa.Table, rows: sa.Select[Any]) -> sa.Executable:
    """Inserts what a query gives, every column in order; rows with the same key are replaced."""
    return table.insert().prefix_with("OR REPLACE").from_select(list(table.c.keys()), rows)
