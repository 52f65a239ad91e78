"""Two values of one part of a record, in words and short enough to compare.

Knows nothing of where they come from. What it returns is text, to be escaped like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from db.catalogue import CATALOGUE, ColumnType
from web.i18n import Translator

LONGEST = 160
MOST_LINES = 8
DEEPEST = 5
LAST_MS = 253_402_300_800_000  # the year 10,000, beyond which no calendar goes

Lines = tuple[str, ...]


def two_values(table: str, column: str, one: str, other: str, words: Translator) -> tuple[Lines, Lines]:
    """Both values as lines; none for a value that is missing."""
    kind = _type_of(table, column)
    if kind in (None, ColumnType.JSON):
        parts, others = _parts(one, words), _parts(other, words)
        if parts is not None and others is not None and parts != others:
            return _differing(parts, others, words), _differing(others, parts, words)
    return _lines(kind, one, words), _lines(kind, other, words)


def column_name(column: str, words: Translator) -> str:
    """What a column is called; its own name where nobody has given it another."""
    key = f"column.{column}"
    return words.text(key) if words.has(key) else column


def _type_of(table: str, column: str) -> ColumnType | None:
    known = CATALOGUE[table].columns.get(column) if table in CATALOGUE else None
    return known.type if known else None


def _lines(kind: ColumnType | None, text: str, words: Translator) -> Lines:
    if not text:
        return ()
    if kind is ColumnType.TIME and text.isascii() and text.isdigit() and int(text) < LAST_MS:
        return (words.date_time(int(text)),)
    if kind is ColumnType.BOOLEAN and text in ("true", "false"):
        return (_yes_or_no(text == "true", words),)
    return (_short(text),)


def _differing(parts: dict[str, str], others: dict[str, str], words: Translator) -> Lines:
    """Those parts that the other value does not have, or has differently."""
    lines = [f"{name}: {text}" if name else text for name, text in parts.items() if others.get(name) != text]
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    return (*lines[:MOST_LINES], words.text("value.more", count=len(lines) - MOST_LINES))


def _parts(text: str, words: Translator) -> dict[str, str] | None:
    """The parts of a JSON value by name; None for what is not JSON with parts."""
    if not text:
        return {}
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    return {_short(name): _short(_told(part, words)) for name, part in _leaves(value, "", DEEPEST)}


def _leaves(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Names and values inside; an object with a name and a value of its own (an answer of a form) is one of them."""
    if depth and isinstance(value, dict):
        if isinstance(value.get("name"), str) and "value" in value:
            yield from _leaves(value["value"], _joined(name, value["name"]), depth - 1)
            return
        for key, part in value.items():
            yield from _leaves(part, _joined(name, key), depth - 1)
    elif depth and isinstance(value, list):
        for number, part in enumerate(value, 1):
            is_answer = isinstance(part, dict) and isinstance(part.get("name"), str) and "value" in part
            yield from _leaves(part, name if is_answer else _joined(name, str(number)), depth - 1)
    elif value is not None and value != "":
        yield name, value


def _joined(name: str, part: str) -> str:
    return f"{name} › {part}" if name else part


def _told(value: Any, words: Translator) -> str:
    if isinstance(value, bool):
        return _yes_or_no(value, words)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _yes_or_no(value: bool, words: Translator) -> str:
    return words.text("value.yes" if value else "value.no")


def _short(text: str) -> str:
    tidy = " ".join(text.split())
    return tidy if len(tidy) <= LONGEST else f"{tidy[: LONGEST - 1]}…"
