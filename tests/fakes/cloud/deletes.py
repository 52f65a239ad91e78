"""Deletes as the cloud does them: no last-write-wins, no clinic check, children without tombstones (CLOUD §4).

Knows nothing of requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.fakes.cloud.database import Database
from tests.fakes.cloud.values import UUID, Refused

CASCADES: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "patients": (
            ("patient_additional_attributes", "patient_id"),
            ("appointments", "patient_id"),
            ("prescriptions", "patient_id"),
            ("events", "patient_id"),
            ("visits", "patient_id"),
            ("prescription_items", "patient_id"),
            ("patient_vitals", "patient_id"),
            ("patient_problems", "patient_id"),
        ),
        "visits": (("prescriptions", "visit_id"), ("events", "visit_id"), ("appointments", "current_visit_id")),
    }
)
UPDATED_AT_STAYS = frozenset({"patient_vitals", "patient_problems"})


def delete(db: Database, table: str, id: Any) -> None:
    """One id of a push's ``deleted``. An unknown one is no error; raises Refused for what is no uuid."""
    if not isinstance(id, str) or not UUID.fullmatch(id):
        raise Refused("invalid input syntax for type uuid")
    with db.lock:
        if table == "prescription_items":
            _remove_item(db, id.lower())
        else:
            bury(db, table, id.lower())


def bury(db: Database, table: str, id: str) -> None:
    """A tombstone, renewed if there was one; children vanish without theirs."""
    stamp_us = db.statement_us()
    for child_table, column in CASCADES.get(table, ()):
        for child in db.where(child_table, column, id):
            db.put(child_table, {**child, "is_deleted": True, "updated_at": stamp_us, "last_modified": stamp_us})
    row = db.find(table, id)
    if row is not None:
        moved = {} if table in UPDATED_AT_STAYS else {"updated_at": stamp_us, "last_modified": stamp_us}
        db.put(table, {**row, "is_deleted": True, "deleted_at": stamp_us, **moved})


def _remove_item(db: Database, id: str) -> None:
    """For good, unless something was dispensed from it."""
    if db.where("dispensing_records", "prescription_item_id", id):
        raise Refused("still referenced from table dispensing_records")
    db.remove("prescription_items", id)
