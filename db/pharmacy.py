"""Finds drugs, the stock of clinics, and what was dispensed to a patient.

Knows nothing of permissions. What changes the stock: db/stock.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from db.database import Snapshot
from db.record_lists import (
    Condition,
    Listing,
    contains,
    contains_pattern,
    equals,
    is_live,
    list_records,
    some_records,
)
from db.records import Data
from db.schema import RECORD_TABLES
from db.sqlite.dialect import field

_DRUGS = RECORD_TABLES["drug_catalogue"]
_STOCK = RECORD_TABLES["clinic_inventory"]
_DRUG_NAMES = ("generic_name", "brand_name", "barcode")
_DRUG_ORDER = ("generic_name", "brand_name")


@dataclass(frozen=True)
class DrugFilter:
    """What drugs to list; what is None or empty does not matter."""

    search_term: str = ""
    form: str = ""
    route: str = ""
    is_active: bool | None = None


def find_drugs(snapshot: Snapshot, wanted: DrugFilter, limit: int, offset: int) -> list[Data]:
    """Drugs of the catalogue, by name."""
    conditions: list[Condition] = []
    parameters: dict[str, Any] = {}
    if wanted.search_term.strip():
        conditions.append(contains("drug_catalogue", _DRUG_NAMES, "term"))
        parameters["term"] = contains_pattern(wanted.search_term)
    for name, value in (("form", wanted.form), ("route", wanted.route)):
        if value:
            conditions.append(equals("drug_catalogue", name))
            parameters[name] = value
    if wanted.is_active is not None:
        conditions.append(sa.func.coalesce(field(_DRUGS, "is_active"), 0) == sa.bindparam("is_active"))
        parameters["is_active"] = int(wanted.is_active)
    listing = Listing("drug_catalogue", conditions, _DRUG_ORDER, parameters)
    return some_records(snapshot, listing, limit, offset)


def drugs_with_barcode(snapshot: Snapshot, barcode: str) -> list[Data]:
    """The drugs with this barcode; usually one."""
    conditions = [equals("drug_catalogue", "barcode")]
    return list_records(snapshot, Listing("drug_catalogue", conditions, _DRUG_ORDER, {"barcode": barcode}))


def stock_of_clinic(snapshot: Snapshot, clinic_id: str, search_term: str, limit: int, offset: int) -> list[Data]:
    """The batches a clinic has written down, what expires first before the rest. ``search_term``: only of batches
    of that number, or of drugs of that name."""
    conditions = [equals("clinic_inventory", "clinic_id")]
    parameters: dict[str, Any] = {"clinic_id": clinic_id}
    if search_term.strip():
        conditions.append(_is_of_drug_named("term") | contains("clinic_inventory", ("batch_number",), "term"))
        parameters["term"] = contains_pattern(search_term)
    order = ("batch_expiry_date", "batch_number")
    return some_records(snapshot, Listing("clinic_inventory", conditions, order, parameters), limit, offset)


def available_at(snapshot: Snapshot, drug_id: str, clinic_id: str) -> int:
    """How much of a drug a clinic has, over all batches. A batch below nothing counts as empty."""
    quantity = sa.func.coalesce(field(_STOCK, "quantity_available"), 0)
    query = sa.select(sa.func.coalesce(sa.func.sum(quantity), 0)).where(
        equals("clinic_inventory", "clinic_id"), equals("clinic_inventory", "drug_id"), is_live(_STOCK), quantity > 0
    )
    return int(snapshot.scalar(query, {"clinic_id": clinic_id, "drug_id": drug_id}))


def dispensings_of_patient(snapshot: Snapshot, patient_id: str) -> list[Data]:
    """What was dispensed to a patient, the latest first."""
    conditions = [equals("dispensing_records", "patient_id")]
    parameters = {"patient_id": patient_id}
    return list_records(snapshot, Listing("dispensing_records", conditions, ("-dispensed_at",), parameters))


def _is_of_drug_named(parameter: str) -> Condition:
    named = sa.select(_DRUGS.c.id).where(contains("drug_catalogue", _DRUG_NAMES, parameter))
    return field(_STOCK, "drug_id").in_(named)
