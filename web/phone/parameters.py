"""The query parameters of a sync, in every spelling that phones use (PROTOCOL §2.3).

Knows nothing of what they lead to. What cannot be read counts as absent: a phone must never get stuck on it.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, TypeGuard

import msgspec

from db.catalogue import CATALOGUE, FIRST_GENERATION_SCHEMA, LATEST_PHONE_SCHEMA
from db.errors import InvalidInput
from db.pull_plan import Migration

LARGEST_MARK = 2**62
_MARK_NAMES = ("lastPulledAt", "last_pulled_at")
_SCHEMA_NAMES = ("schema_version", "schemaVersion")


def parse_mark(query: dict[str, str]) -> int:
    """Epoch ms of the last pull as the phone shows it; 0 for none, nonsense or a negative number.

    A fraction is cut off, as the phone's library does when it reads its mark back (PROTOCOL §3).
    """
    text = _first(query, _MARK_NAMES)
    try:
        value = float(text)
        mark = int(text) if text.isascii() and text.strip().isdigit() else math.floor(value)
    except (ValueError, OverflowError):
        return 0
    return min(mark, LARGEST_MARK) if mark > 0 else 0


def parse_schema_version(query: dict[str, str]) -> int | None:
    """The app's schema version, or None when it does not say.

    Later versions count as the latest we know, earlier ones as the first: there was never a phone without its tables.
    """
    text = _first(query, _SCHEMA_NAMES)
    if not (text.isascii() and text.isdigit()):
        return None
    return min(max(int(text[:6]), FIRST_GENERATION_SCHEMA), LATEST_PHONE_SCHEMA)


def parse_migration(query: dict[str, str]) -> Migration:
    """What an upgraded app lacks (PROTOCOL §2.5). Names that are not in the catalogue are left out.

    Raises InvalidInput when it is not JSON or not of that shape: guessing would leave the phone without rows for
    ever, while after an error it asks again.
    """
    text = query.get("migration", "")
    if not text or text == "null":
        return Migration()
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise InvalidInput(path="migration") from None
    if document is None:
        return Migration()
    if not isinstance(document, dict):
        raise InvalidInput(path="migration")
    tables = _list(document.get("tables"), "migration.tables")
    columns: dict[str, tuple[str, ...]] = {}
    for index, entry in enumerate(_list(document.get("columns"), "migration.columns")):
        if not isinstance(entry, dict):
            raise InvalidInput(path=f"migration.columns[{index}]")
        name = entry.get("table")
        names = _list(entry.get("columns"), f"migration.columns[{index}].columns")
        if _is_phone_table(name):
            known = {column for column in names if isinstance(column, str) and column in CATALOGUE[name].columns}
            columns[name] = tuple(sorted(known | set(columns.get(name, ()))))
    return Migration(frozenset(name for name in tables if _is_phone_table(name)), MappingProxyType(columns))


def _is_phone_table(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and name in CATALOGUE and CATALOGUE[name].is_for_phones


def _list(value: Any, path: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(path=path)
    return value


def _first(query: dict[str, str], names: tuple[str, ...]) -> str:
    return next((query[name] for name in names if query.get(name)), "")
