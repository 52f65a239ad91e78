"""Lists that phones ask for online look rows up and do not go through whole tables."""

from __future__ import annotations

import pytest

from db.database import Database, Statement
from db.record_lists import Condition, Listing, at_least, at_most, equals, one_of, query_of

LOOKUPS: list[tuple[Listing, str]] = [
    (Listing("appointments", [equals("appointments", "clinic_id")], ("timestamp",)), "ix_appointments_clinic_id_"),
    (
        Listing("appointments", [at_least("appointments", "timestamp", "a")], ("timestamp",)),
        "ix_appointments_timestamp",
    ),
    (Listing("appointments", [equals("appointments", "patient_id")], ("-timestamp",)), "ix_appointments_patient_id"),
    (Listing("prescriptions", [one_of("prescriptions", "status")], ()), "ix_prescriptions_status_"),
    (Listing("prescriptions", [], ("-prescribed_at",)), "ix_prescriptions_prescribed_at"),
    (Listing("drug_catalogue", [equals("drug_catalogue", "barcode")], ()), "ix_drug_catalogue_barcode"),
    (Listing("clinic_inventory", [equals("clinic_inventory", "clinic_id")], ()), "ix_clinic_inventory_clinic_id_"),
]


def _plan(database: Database, listing: Listing) -> list[str]:
    question = Statement(query_of(listing))
    question.sql = f"EXPLAIN QUERY PLAN {question.sql}"
    names = ("clinic_id", "patient_id", "status", "barcode", "a", "b", "hidden")
    with database.read() as snapshot:
        return [row[3] for batch in snapshot.batches(question, dict.fromkeys(names, "[]")) for row in batch]


@pytest.mark.parametrize(("listing", "index"), LOOKUPS, ids=[index for _, index in LOOKUPS])
def test_a_list_is_read_from_an_index(database: Database, listing: Listing, index: str) -> None:
    assert index in " ".join(_plan(database, listing))


def test_a_page_of_a_time_at_a_clinic_is_neither_scanned_nor_sorted(database: Database) -> None:
    conditions: list[Condition] = [
        equals("appointments", "clinic_id"),
        at_least("appointments", "timestamp", "a"),
        at_most("appointments", "timestamp", "b"),
    ]
    plan = _plan(database, Listing("appointments", conditions, ("timestamp",), {}, frozenset()))
    assert "ix_appointments_clinic_id_timestamp (<expr>=? AND <expr>>? AND <expr><?)" in plan[0]
    assert not [line for line in plan if line.startswith("SCAN") and "VIRTUAL" not in line]
    assert [line for line in plan if "TEMP B-TREE" in line] in ([], ["USE TEMP B-TREE FOR LAST TERM OF ORDER BY"])
