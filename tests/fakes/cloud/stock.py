"""The database trigger that takes dispensed drugs from a clinic's stock (CLOUD §4, references).

Knows nothing of pushes: it sees a new dispensing record, gives it a batch and lowers the stock, below zero if need be.
"""

from __future__ import annotations

import uuid

from tests.fakes.cloud import times
from tests.fakes.cloud.database import MS, Database, Row
from tests.fakes.cloud.schema import TABLES

YEAR_MS = 365 * 86_400_000


def take_from_stock(db: Database, record: Row) -> None:
    """To be called once for each dispensing record that is new."""
    stock = _stock_of(db, record)
    stamp_us = record["last_modified"]
    lowered = {
        **stock,
        "quantity_available": stock["quantity_available"] - record["quantity_dispensed"],
        "updated_at": stamp_us,
        "last_modified": stamp_us,
    }
    db.put("clinic_inventory", lowered)
    db.put("dispensing_records", {**record, "batch_id": stock["batch_id"]})


def _stock_of(db: Database, record: Row) -> Row:
    """Of the named batch, else of the drug's latest one, else of a batch nobody ever received."""
    of_drug = db.where("clinic_inventory", "drug_id", record["drug_id"])
    batch_id = record["batch_id"]
    if batch_id is None and of_drug:
        latest = max(of_drug, key=lambda row: row["batch_expiry_date"] or "")
        batch_id = latest["batch_id"]
    for row in of_drug:
        if row["clinic_id"] == record["clinic_id"] and row["batch_id"] == batch_id:
            return row
    return _new_stock(record, batch_id, next((row for row in of_drug if row["batch_id"] == batch_id), None))


def _new_stock(record: Row, batch_id: str | None, elsewhere: Row | None) -> Row:
    stamp_us = record["last_modified"]
    number = f"RECOVERED-{batch_id}" if batch_id else f"UNTRACKED-{record['drug_id']}-{stamp_us / 1e6:.6f}"
    expiry = times.iso(stamp_us + YEAR_MS * MS)[:10]
    return {
        **dict.fromkeys(TABLES["clinic_inventory"].names),
        "id": str(uuid.uuid4()),
        "clinic_id": record["clinic_id"],
        "drug_id": record["drug_id"],
        "batch_id": batch_id or str(uuid.uuid4()),
        "quantity_available": 0,
        "reserved_quantity": 0,
        "metadata": {},
        "is_deleted": False,
        **dict.fromkeys(("created_at", "updated_at", "last_modified", "server_created_at"), stamp_us),
        "batch_number": elsewhere["batch_number"] if elsewhere else number,
        "batch_expiry_date": elsewhere["batch_expiry_date"] if elsewhere else expiry,
    }
