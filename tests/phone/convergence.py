"""What it means that phones hold the same records.

Knows nothing of how they came to hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.phone.client import Phone
from tests.phone.outcome import Row

FIRST_GENERATION_TABLES = frozenset(
    {
        "patients",
        "events",
        "visits",
        "clinics",
        "users",
        "event_forms",
        "registration_forms",
        "patient_additional_attributes",
        "appointments",
        "prescriptions",
    }
)
PHONE_ONLY_TABLES = frozenset({"event_logs", "peers"})
_LIBRARY_COLUMNS = frozenset({"_status", "_changed"})
_TOUCHED = frozenset({"updated_at"})  # by a hub's phone, when it marks as synced what it has pushed

Difference = tuple[str, str, str, Any, Any]
"""Table, row id, column (or "row"), what the first phone holds, what the other holds."""


def visible(rows: dict[str, Row]) -> dict[str, Row]:
    """The rows that a person sees: an app keeps the rows it deleted by flag, and hides them."""
    return {row_id: row for row_id, row in rows.items() if row.get("is_deleted") is not True}


def differences(phones: Sequence[Phone]) -> list[Difference]:
    """Where the phones differ from the first of them, in the tables that both sync and the columns that both know."""
    first, *others = phones
    ours = first.snapshot()
    found: list[Difference] = []
    for other in others:
        theirs = other.snapshot()
        ignored = _LIBRARY_COLUMNS | (_TOUCHED if "hub" in (first.style, other.style) else frozenset())
        for table in sorted(_synced_tables(first, ours) & _synced_tables(other, theirs)):
            found += _table_differences(table, visible(ours[table]), visible(theirs[table]), ignored)
    return found


def _synced_tables(phone: Phone, snapshot: dict[str, dict[str, Row]]) -> set[str]:
    """What it gets: one that does not say its schema may have no more than the first ten tables."""
    tables = snapshot.keys() - PHONE_ONLY_TABLES
    return tables & FIRST_GENERATION_TABLES if phone.style == "legacy" or not phone.gets_every_table else tables


def _table_differences(
    table: str, ours: dict[str, Row], theirs: dict[str, Row], ignored: frozenset[str]
) -> list[Difference]:
    found: list[Difference] = []
    for row_id in sorted(ours.keys() | theirs.keys()):
        our, their = ours.get(row_id), theirs.get(row_id)
        if our is None or their is None:
            found.append((table, row_id, "row", our is not None, their is not None))
            continue
        for column in sorted((our.keys() & their.keys()) - ignored):
            if our[column] != their[column] or type(our[column]) is not type(their[column]):
                found.append((table, row_id, column, our[column], their[column]))
    return found
