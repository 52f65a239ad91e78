"""Prescriptions are found in a stable order, page by page, and their items with them."""

from __future__ import annotations

from db.database import Database
from db.prescriptions import PrescriptionFilter, find_prescriptions, items_of_patient, items_of_prescription
from tests.db.rows import put_rows


def test_pages_together_hold_each_prescription_once(database: Database) -> None:
    put_rows(database, "prescriptions", [{"id": f"r{n}", "patient_id": "p", "prescribed_at": n // 3} for n in range(7)])
    pages = [find_prescriptions(database, PrescriptionFilter(), frozenset(), 2, offset) for offset in (0, 2, 4, 6)]
    assert [row["id"] for page in pages for row in page.rows] == ["r6", "r3", "r4", "r5", "r0", "r1", "r2"]
    assert {page.total for page in pages} == {7}


def test_items_come_in_the_order_of_a_prescription_and_of_a_life(database: Database) -> None:
    items = [{"id": f"i{n}", "prescription_id": "r", "patient_id": "p", "created_at": n} for n in (2, 1)]
    put_rows(database, "prescription_items", items)
    with database.read() as snapshot:
        assert [row["id"] for row in items_of_prescription(snapshot, "r")] == ["i1", "i2"]
        assert [row["id"] for row in items_of_patient(snapshot, "p")] == ["i2", "i1"]
