"""Typed rows: the fast way to read a push whose rows are all as the catalogue says.

Generated from the catalogue, so that the JSON reader itself checks every value. What does not fit is not an
error here: such a push is read again the patient way (db/changeset.py, db/coercion.py), with the same outcome.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from db.catalogue import CATALOGUE, Column, ColumnType, Table

LONGEST_ID = 255
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID)]
_TYPES: types.MappingProxyType[ColumnType, Any] = types.MappingProxyType(
    {
        ColumnType.TEXT: str,
        ColumnType.JSON: str,
        ColumnType.DATE: Annotated[str, msgspec.Meta(max_length=len("2000-01-31"))],
        ColumnType.NUMBER: int | float,
        ColumnType.TIME: int | float,
        ColumnType.BOOLEAN: bool,
    }
)


class TypedRow(msgspec.Struct):
    """What the rows of every table have; the columns are in generated subclasses. UNSET: not sent."""

    id: _Id
    _status: str | UnsetType | None = UNSET
    _changed: str | UnsetType | None = UNSET
    is_deleted: bool | UnsetType = UNSET
    updated_at: int | float | UnsetType = UNSET


@cache
def push_decoder() -> msgspec.json.Decoder[Any]:
    """Reads a whole push; its tables are attributes of the result, each with created, updated and deleted.

    Raises msgspec.ValidationError (or DecodeError) for anything out of the ordinary.
    """
    tables = [
        (table.name, _changes_type(table) | UnsetType, msgspec.field(default=UNSET))
        for table in CATALOGUE.values()
        if table.is_for_phones
    ]
    return msgspec.json.Decoder(msgspec.defstruct("Push", tables, gc=False))


def plain_row(row: TypedRow) -> dict[str, Any]:
    """The row as a dictionary of what was sent."""
    return {name: value for name, value in msgspec.structs.asdict(row).items() if value is not UNSET}


def _changes_type(table: Table) -> Any:
    row: Any = _row_type(table) if table.phones_may_write else msgspec.Raw
    names: dict[str, Any] = {"created": row, "updated": row, "deleted": _Id}
    lists: Any = [
        (name, types.GenericAlias(list, item), msgspec.field(default_factory=list)) for name, item in names.items()
    ]
    return msgspec.defstruct(f"Changes_{table.name}", lists, gc=False)


def _row_type(table: Table) -> Any:
    columns = [
        (column.name, _value_type(column), msgspec.field(default=UNSET))
        for column in table.columns.values()
        if column.name not in ("is_deleted", "updated_at")
    ]
    return msgspec.defstruct(f"Row_{table.name}", columns, bases=(TypedRow,), forbid_unknown_fields=True, gc=False)


def _value_type(column: Column) -> Any:
    return _TYPES[column.type] | (None if column.is_optional else UnsetType) | UnsetType
