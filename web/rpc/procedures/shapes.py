"""The shapes that procedures share: rows as phones read them, pages, and parameters that come in many spellings.

Knows nothing of any one procedure. The newest app reads ``app_row`` without parsing; ``hub_row`` is what the earlier
hub sent (PROTOCOL §§4.2, 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from db.catalogue import CATALOGUE, ColumnType
from db.errors import InvalidInput
from db.records import Data

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 1_000
LONGEST_TEXT = 255

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
"""The id of a record that must be named."""
Time = int | float | str
"""A time in any spelling that ``time_ms`` reads; marked "t" in the protocol."""
Json = Any
"""JSON as a value or as text; marked "j" in the protocol. ``record_values`` makes text of it."""
MaybeText = str | UnsetType | None
MaybeTime = Time | UnsetType | None
MaybeNumber = int | float | UnsetType | None

_SECONDS_BELOW = 10_000_000_000
_LATEST_MS = 253_402_300_799_999  # the end of the year 9999, the last that the calendar of Python knows
_EARLIEST_MS = -62_135_596_800_000  # its first day
_LISTS = frozenset(
    {"form_data", "form_fields", "clinic_ids", "translations", "fields", "departments", "items"}
    | {"additional_capabilities"}
)
_NOT_FOR_HUB = frozenset({"is_deleted", "deleted_at"})


class Paged(msgspec.Struct, kw_only=True):
    """What every paged query takes; base of its parameters."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_LIMIT)] | None = None
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**31)] | None = None

    @property
    def rows_wanted(self) -> int:
        """``limit``, or the usual one."""
        return self.limit or DEFAULT_LIMIT

    @property
    def rows_skipped(self) -> int:
        """``offset``, or none."""
        return self.offset or 0


def page(rows: Sequence[Data], total: int, asked: Paged) -> Data:
    """One page of a list, as the app and the earlier hub have it."""
    return {"data": list(rows), "total": total, "limit": asked.rows_wanted, "offset": asked.rows_skipped}


def app_row(table: str, data: Data) -> Data:
    """A stored row as the newest app reads it: JSON columns as arrays and objects, flags as true and false."""
    row = _whole_row(table, data)
    for column in CATALOGUE[table].columns.values():
        if column.type is ColumnType.JSON:
            row[column.name] = _decoded(row[column.name], list if column.name in _LISTS else dict)
    return row


def hub_row(table: str, data: Data) -> Data:
    """A stored row as the earlier hub sent it: JSON columns as text, flags as 0 and 1, nothing about deletion."""
    row = _whole_row(table, data)
    for column in CATALOGUE[table].columns.values():
        value = row[column.name]
        if column.type is ColumnType.BOOLEAN and value is not None:
            row[column.name] = int(value)
        elif column.type is ColumnType.JSON and value is not None and not isinstance(value, str):
            row[column.name] = msgspec.json.encode(value).decode()
    return {name: value for name, value in row.items() if name not in _NOT_FOR_HUB}


def app_rows(table: str, rows: Iterable[Data]) -> list[Data]:
    """``app_row`` of each."""
    return [app_row(table, data) for data in rows]


def hub_rows(table: str, rows: Iterable[Data]) -> list[Data]:
    """``hub_row`` of each."""
    return [hub_row(table, data) for data in rows]


def record_values(table: str, parameters: msgspec.Struct) -> Data:
    """The columns of ``table`` among the parameters that were sent, times as milliseconds, JSON as text.

    Other parameters are left out. Raises InvalidInput naming the column whose time cannot be read.
    """
    values: Data = {}
    for name, column in CATALOGUE[table].columns.items():
        value = getattr(parameters, name, UNSET)
        if value is UNSET:
            continue
        if value == "" and column.type in (ColumnType.TIME, ColumnType.NUMBER):
            value = None  # a field of a form that was left empty
        elif column.type is ColumnType.TIME and value is not None:
            value = time_ms(value, name)
        elif column.type is ColumnType.JSON and value is not None:
            value = json_text(value)
        values[name] = value
    record_id = getattr(parameters, "id", UNSET)
    if record_id is not UNSET:
        values["id"] = record_id
    return values


def time_ms(value: Time, path: str) -> int:
    """Epoch milliseconds out of milliseconds, seconds (below 1e10), ISO 8601 text, ``YYYY-MM-DD`` or numeric text.

    Raises InvalidInput naming ``path``.
    """
    try:
        if isinstance(value, str):
            value = _number_of(value)
        found = round(value * 1000) if abs(value) < _SECONDS_BELOW else round(value)
    except (ValueError, OverflowError):
        raise InvalidInput(path=path) from None
    if not _EARLIEST_MS <= found <= _LATEST_MS:
        raise InvalidInput(path=path)
    return found


def json_text(value: Json) -> str:
    """JSON text out of a value; text stays as it is."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _number_of(text: str) -> int | float:
    """A number out of text: itself, or the milliseconds of a moment. Raises ValueError."""
    text = text.strip()
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
    milliseconds = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    # A moment within the first months of 1970 must not be taken for seconds.
    return milliseconds / 1000 if abs(milliseconds) < _SECONDS_BELOW else milliseconds


def _whole_row(table: str, data: Data) -> Data:
    """With every column of the catalogue, and without secrets."""
    secret = CATALOGUE[table].secret_columns
    whole = {"id": data.get("id", ""), **CATALOGUE[table].defaults, **data}
    return {name: value for name, value in whole.items() if name not in secret}


def _decoded(value: Any, kind: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """A value of the right kind: an empty one for text that is broken or says something else."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return kind()
    return value if isinstance(value, kind) else kind()
