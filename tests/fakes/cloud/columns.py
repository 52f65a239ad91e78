"""How a table of the cloud is described: its columns, their types, what they refer to.

Knows no table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# name type(limits)! -> table that must have the row = default; "!" forbids NULL.
# A moment is a time that becomes now when it cannot be read; moment_or_null stays NULL when nothing was sent;
# a timestamptz that cannot be read is refused (CLOUD §4, value rules).
LINE = re.compile(
    r"(?P<name>\w+) (?P<kind>[\w\[\]]+)(?:\((?P<limits>[\d,]+)\))?(?P<required>!)?"
    r"(?: -> (?P<references>\w+))?(?: = (?P<default>.+))?"
)
DEFAULTS: Mapping[str | None, Any] = MappingProxyType(
    {"false": False, "true": True, "{}": {}, "[]": [], "0": 0, "3": 3}
)
STAMPS = """
    is_deleted boolean = false
    created_at moment
    updated_at moment
    last_modified timestamptz
    server_created_at timestamptz
    deleted_at timestamptz
"""


@dataclass(frozen=True)
class Column:
    """``limits``: longest text; or precision and scale of a numeric. ``default``: what is stored when it is missing."""

    name: str
    kind: str
    limits: tuple[int, ...]
    is_required: bool
    references: str | None
    default: Any

    @property
    def stored_default(self) -> Any:
        """A numeric is kept as it is shown, with its scale."""
        is_numeric = self.kind == "numeric" and self.default is not None
        return f"{self.default:.{self.limits[1]}f}" if is_numeric else self.default


@dataclass(frozen=True)
class Table:
    """One server table; pulls call it ``pulled_as``. Hubs see the rows of their clinics only (``scope``)."""

    name: str
    pulled_as: str
    columns: tuple[Column, ...]
    scope: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def has_tombstones(self) -> bool:
        return "deleted_at" in self.names

    @property
    def references(self) -> Iterator[tuple[str, str]]:
        return ((column.name, column.references) for column in self.columns if column.references)


def _column(line: str) -> Column:
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(line)
    limits = tuple(int(limit) for limit in (match["limits"] or "").split(",") if limit)
    default = DEFAULTS.get(match["default"], match["default"])
    return Column(match["name"], match["kind"], limits, bool(match["required"]), match["references"], default)


def table(name: str, text: str, scope: str | None = None, pulled_as: str | None = None) -> Table:
    lines = [line.strip() for line in text.strip().splitlines()]
    return Table(name, pulled_as or name, tuple(_column(line) for line in lines if line), scope)
