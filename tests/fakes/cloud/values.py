"""What becomes of a pushed value on its way into a column (CLOUD §4, value rules).

Knows nothing of tables as a whole; what PostgreSQL would not take raises Refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from tests.fakes.cloud import times
from tests.fakes.cloud.columns import Column

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
VERSIONED_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
INTEGER = re.compile(r"\s*[+-]?\d+\s*")
LARGEST_INTEGER = 2**31 - 1
BOOLEANS = {
    **dict.fromkeys(("t", "true", "y", "yes", "on", "1"), True),
    **dict.fromkeys(("f", "false", "n", "no", "off", "0"), False),
}
Reader = Callable[[Any, int], Any]
"""From the value that was sent and the current epoch milliseconds to the value that is stored; raises Refused."""


class Refused(Exception):
    """The database says no: the request ends here (CLOUD §2)."""


def is_uuid(value: Any) -> bool:
    """Where the cloud looks before it asks the database: versions 1 to 8 only."""
    return isinstance(value, str) and VERSIONED_UUID.fullmatch(value) is not None


def is_truthy(value: Any) -> bool:
    """As JavaScript sees it: empty objects and arrays are true."""
    return isinstance(value, dict | list) or bool(value)


def reader_of(column: Column) -> Reader:
    """What stores a sent value of this column."""
    limits = column.limits
    readers: dict[str, Reader] = {
        "uuid": _uuid,
        "text": _text if not limits else lambda value, now_ms: _short_text(value, limits[0]),
        "integer": _integer,
        "double": _double,
        "numeric": lambda value, now_ms: _numeric(value, *limits),
        "boolean": _boolean,
        "jsonb": lambda value, now_ms: _json(value, column.default),
        "date": _date,
        "timestamptz": _timestamptz,
        "moment": lambda value, now_ms: times.safe(None if value in (0, "0") else value, now_ms),
        "moment_or_null": lambda value, now_ms: times.safe(value, now_ms) if value not in (0, "0", "") else None,
        "uuid[]": lambda value, now_ms: [_uuid(each, now_ms) for each in value],
    }
    read = readers[column.kind]
    if column.kind in ("moment", "jsonb"):
        return read
    return lambda value, now_ms: None if value is None else read(value, now_ms)


def _uuid(value: Any, now_ms: int = 0) -> str:
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise Refused("invalid input syntax for type uuid")
    return value.lower()


def _text(value: Any, now_ms: int = 0) -> str:
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool | dict | list):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    else:
        text = str(value)
    if "\0" in text:
        raise Refused("invalid byte sequence for encoding UTF8: 0x00")
    return text


def _short_text(value: Any, longest: int) -> str:
    text = _text(value)
    if len(text) > longest:
        raise Refused(f"value too long for type character varying({longest})")
    return text


def _integer(value: Any, now_ms: int) -> int:
    if isinstance(value, str) and INTEGER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise Refused("invalid input syntax for type integer")
    return value


def _double(value: Any, now_ms: int) -> int | float:
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError:
        raise Refused("invalid input syntax for type double precision") from None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Refused("invalid input syntax for type double precision")
    return int(number) if float(number).is_integer() else number


def _numeric(value: Any, precision: int, scale: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Refused("invalid input syntax for type numeric")
    try:
        number = Decimal(str(value).strip()).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    except InvalidOperation:
        raise Refused("invalid input syntax for type numeric") from None
    if not number.is_finite() or abs(number) >= 10 ** (precision - scale):
        raise Refused("numeric field overflow")
    return f"{number:f}"


def _boolean(value: Any, now_ms: int) -> bool:
    if isinstance(value, bool):
        return value
    found = BOOLEANS.get(str(value).strip().lower()) if isinstance(value, int | str) else None
    if found is None:
        raise Refused("invalid input syntax for type boolean")
    return found


def _json(value: Any, default: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return default
        return value if isinstance(value, dict | list) or value is None else default
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(default, list)):
        if "\\u0000" in json.dumps(value):
            raise Refused("unsupported Unicode escape sequence")
        return value
    return default


def _date(value: Any, now_ms: int) -> str | None:
    if value in (0, "0"):
        return None
    return times.iso(_timestamptz(value, now_ms) or 0)[:10]


def _timestamptz(value: Any, now_ms: int) -> int | None:
    if value in (0, "0"):
        return None
    try:
        return times.strict(value, now_ms)
    except (times.Unreadable, OverflowError):
        raise Refused("invalid input syntax for type timestamp with time zone") from None
