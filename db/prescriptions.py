"""Finds prescriptions and their items: of a status, a clinic, a patient, a visit.

Knows nothing of permissions but the clinics it is told (db/record_lists.py), nor of stock (db/pharmacy.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from db.database import Database, Snapshot
from db.patient_index import refresh_patient_index
from db.record_lists import (
    Condition,
    Listing,
    Page,
    at_least,
    equals,
    hidden_clinics,
    is_of_patient_named,
    list_records,
    name_pattern,
    one_of,
    page_of_records,
)
from db.records import Data
from db.sqlite.dialect import json_values


@dataclass(frozen=True)
class PrescriptionFilter:
    """What prescriptions to list; what is None or empty does not matter. ``clinic_id``: where they are picked up."""

    since_ms: float | None = None
    clinic_id: str = ""
    statuses: tuple[str, ...] = ()
    patient_name: str = ""


def find_prescriptions(
    database: Database, wanted: PrescriptionFilter, viewable: frozenset[str], limit: int, offset: int
) -> Page:
    """A page of prescriptions, the newest first."""
    conditions: list[Condition] = []
    parameters: dict[str, Any] = {}
    if wanted.clinic_id:
        conditions.append(equals("prescriptions", "pickup_clinic_id"))
        parameters["pickup_clinic_id"] = wanted.clinic_id
    if wanted.since_ms is not None:
        conditions.append(at_least("prescriptions", "prescribed_at", "since"))
        parameters["since"] = wanted.since_ms
    if wanted.statuses:
        conditions.append(one_of("prescriptions", "status"))
        parameters["status"] = json_values(sorted(wanted.statuses))
    if name := name_pattern(wanted.patient_name):
        refresh_patient_index(database)
        conditions.append(is_of_patient_named("prescriptions", "name"))
        parameters["name"] = name
    with database.read() as snapshot:
        hidden = hidden_clinics(snapshot, viewable)
        listing = Listing("prescriptions", conditions, ("-prescribed_at",), parameters, hidden)
        return page_of_records(snapshot, listing, limit, offset)


def prescriptions_of_visit(snapshot: Snapshot, patient_id: str, visit_id: str) -> list[Data]:
    """What was prescribed to a patient in a visit, the newest first."""
    conditions = [equals("prescriptions", "patient_id"), equals("prescriptions", "visit_id")]
    parameters = {"patient_id": patient_id, "visit_id": visit_id}
    return list_records(snapshot, Listing("prescriptions", conditions, ("-prescribed_at",), parameters))


def items_of_prescription(snapshot: Snapshot, prescription_id: str) -> list[Data]:
    """The items of a prescription, in the order in which they were written down."""
    conditions = [equals("prescription_items", "prescription_id")]
    parameters = {"prescription_id": prescription_id}
    return list_records(snapshot, Listing("prescription_items", conditions, ("created_at",), parameters))


def items_of_patient(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """Everything prescribed to a patient, the newest first."""
    conditions = [equals("prescription_items", "patient_id")]
    parameters = {"patient_id": patient_id}
    return list_records(snapshot, Listing("prescription_items", conditions, ("-created_at",), parameters))
