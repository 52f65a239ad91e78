"""Makes the values of a pushed row phone-native (DESIGN §3), losslessly, and says what it could not.

Knows nothing of storage. Rows of the same shape share one plan, so that a right row costs almost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from db.catalogue import Column, ColumnType, Table

_PRIVATE_KEYS = ("_status", "_changed")
_NONE_TYPE = type(None)
_RIGHT_TYPES: MappingProxyType[ColumnType, frozenset[type]] = MappingProxyType(
    {
        ColumnType.TEXT: frozenset({str}),
        ColumnType.JSON: frozenset({str}),
        ColumnType.DATE: frozenset({str}),
        ColumnType.NUMBER: frozenset({int, float}),
        ColumnType.TIME: frozenset({int, float}),
        ColumnType.BOOLEAN: frozenset({bool}),
    }
)
_TRUE_WORDS = frozenset({"1", "true"})
_FALSE_WORDS = frozenset({"0", "false", ""})
_DATE_LENGTH = len("2000-01-31")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CACHED_SHAPES = 2_000


@dataclass(slots=True)
class CleanRow:
    """A row as it will be stored.

    ``data``: phone-native values. ``changed``: the columns the phone says it changed, None if it does not say.
    ``odd``: the values as received of columns that the phone itself cannot hold as sent (it will see the
    repaired ones when the row goes back to it). ``lost``: the ones among them that could not be converted.
    """

    data: dict[str, Any]
    changed: frozenset[str] | None
    odd: dict[str, Any]
    lost: dict[str, Any]


class RowCleaner:
    """Cleans the rows of one table. Not for several threads at once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._dates = tuple(c.name for c in table.columns.values() if c.type is ColumnType.DATE)
        self._plans: dict[tuple[Any, ...], tuple[Column, ...]] = {}

    def clean(self, row: dict[str, Any]) -> CleanRow:
        """Takes the row over: it is changed in place."""
        changed = _changed_columns(row.pop("_changed", None))
        row.pop("_status", None)
        shape = (*row, *map(type, row.values()))
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._plan(shape, row)
        odd: dict[str, Any] = {}
        lost: dict[str, Any] = {}
        for column in plan:
            _mend(row, column, odd, lost)
        for name in self._dates:
            value = row.get(name)
            if value and len(value) != _DATE_LENGTH:
                row[name] = _date_text(value)
        return CleanRow(row, changed, odd, lost)

    def _plan(self, shape: tuple[Any, ...], row: dict[str, Any]) -> tuple[Column, ...]:
        """The columns of rows of this shape whose values have to be looked at one by one."""
        known = self._table.columns
        plan = tuple(
            known[name]
            for name, value in row.items()
            if name in known and type(value) not in _RIGHT_TYPES[known[name].type]
            if not (value is None and known[name].is_optional)
        )
        if len(self._plans) < _CACHED_SHAPES:
            self._plans[shape] = plan
        return plan


def _changed_columns(value: Any) -> frozenset[str] | None:
    if not isinstance(value, str) or not value:
        return None
    return frozenset(name for name in value.split(",") if name)


def _mend(row: dict[str, Any], column: Column, odd: dict[str, Any], lost: dict[str, Any]) -> None:
    """Converts one value in place. What SQLite-backed phones send as a matter of course (0/1, null) is not odd."""
    value = row[column.name]
    if value is None:
        row[column.name] = column.default
        return
    if column.type is ColumnType.BOOLEAN and value in (0, 1):
        row[column.name] = bool(value)
        return
    odd[column.name] = value
    try:
        row[column.name] = _CONVERTERS[column.type](value)
    except (ValueError, OverflowError, RecursionError):
        lost[column.name] = value
        row[column.name] = column.default


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _to_date(value: Any) -> str:
    """Numbers are epoch milliseconds, at any time of that day in UTC."""
    if type(value) in (int, float):
        return (
            (_EPOCH + timedelta(milliseconds=value)).date().isoformat()
        )  # fromtimestamp() fails on Windows before 1970
    return _to_text(value)


def _date_text(value: str) -> str:
    """``YYYY-MM-DD`` out of an ISO date-time at midnight UTC; any other text stays as the phone holds it."""
    date, separator, time = value.partition("T")
    is_midnight = separator and time.strip("Z0:.+") == ""
    return date if is_midnight and len(date) == _DATE_LENGTH else value


def _to_number(value: Any) -> int | float:
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, str):
        raise ValueError("not a number")  # noqa: TRY004 - one kind of failure for every converter
    try:
        number = msgspec.json.decode(value.strip())
    except msgspec.DecodeError:
        raise ValueError("not a number") from None
    if type(number) not in (int, float):
        raise ValueError("not a number")
    return number  # type: ignore[no-any-return]


def _to_time(value: Any) -> int | float:
    """Epoch milliseconds out of a number as text or ISO 8601 text (without an offset: UTC)."""
    try:
        return _to_number(value)
    except ValueError:
        if not isinstance(value, str):
            raise
    moment = datetime.fromisoformat(value.strip())
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _to_boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if word in _TRUE_WORDS:
        return True
    if word in _FALSE_WORDS:
        return False
    raise ValueError("not a boolean")


_CONVERTERS: MappingProxyType[ColumnType, Callable[[Any], Any]] = MappingProxyType(
    {
        ColumnType.TEXT: _to_text,
        ColumnType.JSON: _to_text,
        ColumnType.DATE: _to_date,
        ColumnType.NUMBER: _to_number,
        ColumnType.TIME: _to_time,
        ColumnType.BOOLEAN: _to_boolean,
    }
)
