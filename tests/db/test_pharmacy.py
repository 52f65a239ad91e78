"""Drugs, stock and what was dispensed are found by what is asked for, and nothing that is gone."""

from __future__ import annotations

from db.database import Database
from db.pharmacy import (
    DrugFilter,
    available_at,
    dispensings_of_patient,
    drugs_with_barcode,
    find_drugs,
    stock_of_clinic,
)
from tests.db.rows import delete_row, put_rows


def test_what_is_gone_is_neither_found_nor_counted(database: Database) -> None:
    put_rows(database, "drug_catalogue", [{"id": name, "generic_name": name, "barcode": "1"} for name in ("b", "a")])
    stock = {"clinic_id": "c", "drug_id": "a", "quantity_available": 3}
    put_rows(database, "clinic_inventory", [{"id": "s1", **stock}, {"id": "s2", **stock}])
    put_rows(database, "dispensing_records", [{"id": f"x{at}", "patient_id": "p", "dispensed_at": at} for at in (1, 2)])
    for table, gone in (("drug_catalogue", "b"), ("clinic_inventory", "s2"), ("dispensing_records", "x1")):
        delete_row(database, table, gone)
    with database.read() as snapshot:
        assert [row["id"] for row in find_drugs(snapshot, DrugFilter(), 9, 0)] == ["a"]
        assert [row["id"] for row in drugs_with_barcode(snapshot, "1")] == ["a"]
        assert [row["id"] for row in stock_of_clinic(snapshot, "c", "", 9, 0)] == ["s1"]
        assert [row["id"] for row in dispensings_of_patient(snapshot, "p")] == ["x2"]
        assert available_at(snapshot, "a", "c") == 3
        assert available_at(snapshot, "a", "elsewhere") == 0
