"""Lists of living records: those that meet some conditions and whose patient the caller may look at.

Knows nothing of permissions: whoever asks says at which clinics. A record is where its patient is; one whose patient
is of no clinic that this hub knows, or is not here, is everybody's; one of a deleted patient is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from db.database import Snapshot
from db.record_clinics import known_clinics
from db.records import Data, load_rows
from db.schema import PATIENT_INDEX, PATIENT_WORDS, RECORD_TABLES
from db.search_text import search_text
from db.sqlite.dialect import field as document_field
from db.sqlite.dialect import json_values, key_of, values_of
from db.sqlite.fulltext import contains_any, matches

Condition = sa.ColumnElement[bool]
_PATIENTS = RECORD_TABLES["patients"]
_NAMES = ("given_name", "surname")
_MOST_WORDS = 8
"""More are left out: nobody has so many names, and SQLite refuses very long patterns."""


@dataclass(frozen=True)
class Page:
    """Some of the records, and how many there are in all."""

    rows: list[Data]
    total: int


@dataclass(frozen=True)
class Listing:
    """What to list. ``order``: columns of the catalogue, with ``-`` the largest first; the id decides between equals.
    ``hidden``: the clinics whose patients' records are left out (``hidden_clinics``); None: that does not matter."""

    table: str
    conditions: Sequence[Condition]
    order: tuple[str, ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] | None = None

    @property
    def where(self) -> Sequence[Condition]:
        """Every condition."""
        table = RECORD_TABLES[self.table]
        patients = () if self.hidden is None else (_is_visible(table),)
        return (*self.conditions, is_live(table), *patients)

    @property
    def values(self) -> dict[str, Any]:
        """Every parameter."""
        if self.hidden is None:
            return self.parameters
        return {**self.parameters, "hidden": json_values(sorted(self.hidden))}


def hidden_clinics(snapshot: Snapshot, viewable: frozenset[str]) -> frozenset[str]:
    """The clinics of this hub at which somebody may not look at records who may at ``viewable``."""
    return known_clinics(snapshot) - viewable


def find_record(snapshot: Snapshot, table: str, record_id: str) -> Data | None:
    """The living record with this id, or None."""
    row = load_rows(snapshot, table, [record_id]).get(record_id)
    if row is None or row.is_deleted or row.data.get("is_deleted") is True:
        return None
    return row.data


def list_records(snapshot: Snapshot, listing: Listing) -> list[Data]:
    """All of them: for lists that are short by nature, like those of one patient."""
    return _decoded(snapshot.rows(query_of(listing), listing.values))


def some_records(snapshot: Snapshot, listing: Listing, limit: int, offset: int) -> list[Data]:
    """Some of them, where nobody asks how many there are."""
    query = query_of(listing).limit(sa.bindparam("limit")).offset(sa.bindparam("offset"))
    return _decoded(snapshot.rows(query, {**listing.values, "limit": limit, "offset": offset}))


def page_of_records(snapshot: Snapshot, listing: Listing, limit: int, offset: int) -> Page:
    """A page of them with their number."""
    table = RECORD_TABLES[listing.table]
    total = snapshot.scalar(sa.select(sa.func.count()).select_from(table).where(*listing.where), listing.values)
    return Page(some_records(snapshot, listing, limit, offset), int(total))


def is_live(table: sa.FromClause) -> Condition:
    """Neither deleted nor marked so by the app itself."""
    return table.c.local_server_deleted_at.is_(None) & (sa.func.coalesce(key_of(table.c.data, "is_deleted"), 0) == 0)


def equals(table: str, column: str) -> Condition:
    """Whether a column has the value of the parameter of that name."""
    return document_field(RECORD_TABLES[table], column) == sa.bindparam(column)


def one_of(table: str, column: str) -> Condition:
    """Whether a column has one of the values of the parameter of that name, of ``json_values``."""
    return document_field(RECORD_TABLES[table], column).in_(sa.select(values_of(column).c.value))


def at_least(table: str, column: str, parameter: str) -> Condition:
    """Whether a number or time is not below that parameter."""
    return document_field(RECORD_TABLES[table], column) >= sa.bindparam(parameter)


def at_most(table: str, column: str, parameter: str) -> Condition:
    """Whether a number or time is not above that parameter."""
    return document_field(RECORD_TABLES[table], column) <= sa.bindparam(parameter)


def contains(table: str, columns: Iterable[str], parameter: str) -> Condition:
    """Whether any of the columns contains that parameter, a ``contains_pattern``."""
    sql = RECORD_TABLES[table]
    return sa.or_(*(_contains(document_field(sql, column), parameter) for column in columns))


def is_of_patient_named(table: str, parameter: str) -> Condition:
    """Whether the name of the record's patient is like that parameter, a ``name_pattern``.

    Reads the index of patients: bring it up to date first (db/patient_index.py).
    """
    numbers = sa.select(PATIENT_WORDS.c.rowid).where(matches(PATIENT_WORDS, parameter))
    named = sa.select(PATIENT_INDEX.c.patient_id).where(PATIENT_INDEX.c.number.in_(numbers))
    return document_field(RECORD_TABLES[table], "patient_id").in_(named)


def name_pattern(text: str) -> str:
    """A parameter for ``is_of_patient_named``: each word is in one of the names. Empty for a text without words."""
    words = search_text(text).split()[:_MOST_WORDS]
    return " AND ".join(contains_any(_NAMES, (word,)) for word in words)


def contains_pattern(text: str) -> str:
    """A parameter for ``contains``. Letters that stand for others in patterns stand for themselves."""
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text.strip()}%"


def query_of(listing: Listing) -> sa.Select[Any]:
    """The documents, in order."""
    table = RECORD_TABLES[listing.table]
    order = [
        document_field(table, name.removeprefix("-")).desc() if name.startswith("-") else document_field(table, name)
        for name in listing.order
    ]
    return sa.select(table.c.data).where(*listing.where).order_by(*order, table.c.id)


def _is_visible(table: sa.Table) -> Condition:
    theirs = _PATIENTS.alias("theirs")
    clinic = sa.func.coalesce(key_of(theirs.c.data, "primary_clinic_id"), "")
    is_hidden = sa.not_(is_live(theirs)) | clinic.in_(sa.select(values_of("hidden").c.value))
    return sa.not_(sa.exists().where(theirs.c.id == document_field(table, "patient_id"), is_hidden))


def _contains(text: sa.ColumnElement[Any], parameter: str) -> Condition:
    return text.ilike(sa.bindparam(parameter), escape="\\")


def _decoded(rows: Iterable[Any]) -> list[Data]:
    return [msgspec.json.decode(row.data) for row in rows]
