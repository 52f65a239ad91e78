"""Finds appointments: of a time, a clinic, a status, a patient.

Knows nothing of permissions but the clinics it is told (db/record_lists.py).
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
    at_most,
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
class AppointmentFilter:
    """What appointments to list; what is None or empty does not matter. Both times belong to the range."""

    start_ms: float | None = None
    end_ms: float | None = None
    clinic_id: str = ""
    statuses: tuple[str, ...] = ()
    patient_name: str = ""


def find_appointments(
    database: Database, wanted: AppointmentFilter, viewable: frozenset[str], limit: int, offset: int
) -> Page:
    """A page of appointments, the earliest first."""
    conditions: list[Condition] = []
    parameters: dict[str, Any] = {}
    if wanted.clinic_id:
        conditions.append(equals("appointments", "clinic_id"))
        parameters["clinic_id"] = wanted.clinic_id
    if wanted.start_ms is not None:
        conditions.append(at_least("appointments", "timestamp", "start"))
        parameters["start"] = wanted.start_ms
    if wanted.end_ms is not None:
        conditions.append(at_most("appointments", "timestamp", "end"))
        parameters["end"] = wanted.end_ms
    if wanted.statuses:
        conditions.append(one_of("appointments", "status"))
        parameters["status"] = json_values(sorted(wanted.statuses))
    if name := name_pattern(wanted.patient_name):
        refresh_patient_index(database)
        conditions.append(is_of_patient_named("appointments", "name"))
        parameters["name"] = name
    with database.read() as snapshot:
        listing = Listing("appointments", conditions, ("timestamp",), parameters, hidden_clinics(snapshot, viewable))
        return page_of_records(snapshot, listing, limit, offset)


def appointments_of_patient(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """The appointments of a patient, the latest first."""
    conditions = [equals("appointments", "patient_id")]
    return list_records(snapshot, Listing("appointments", conditions, ("-timestamp",), {"patient_id": patient_id}))
