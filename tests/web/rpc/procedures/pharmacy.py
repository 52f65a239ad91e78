"""A clinic with a patient, a prescription for 10 of a drug, and two batches of it in stock. Knows nothing of tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from db.database import Database
from db.store import open_store
from tests.db.rows import KEY, put_rows, row_of
from tests.fakes.clock import AdjustableClock
from tests.web.rpc.procedures.desk import Desk

MORNING = 1_700_000_000_000
HOUR = 3_600_000


class Pharmacy:
    """At a desk: patient ``p1`` of the clinic, ``p2`` of another clinic, ``p3`` of none."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.database: Database = desk.database
        put_rows(desk.database, "clinics", [{"id": "south", "name": "South"}])
        patients = (("p1", "Élise", "Haddad", desk.clinic_id), ("p2", "أحمد", "Saleh", "south"), ("p3", "Sam", "", ""))
        self.put(
            "patients",
            *(
                {"id": patient, "given_name": given, "surname": surname, "primary_clinic_id": clinic}
                for patient, given, surname, clinic in patients
            ),
        )
        self.put("drug_catalogue", drug("d1", "Amoxicillin", barcode="111"), drug("d2", "Ibuprofen", is_active=False))
        self.put("clinic_inventory", self.batch("b1", 6), self.batch("b2", 20))
        self.put("prescriptions", {"id": "r1", "patient_id": "p1", "status": "pending", "prescribed_at": MORNING})
        self.put("prescription_items", self.item("i1"))

    def put(self, table: str, *rows: dict[str, Any]) -> None:
        put_rows(self.database, table, rows)

    def batch(self, batch_id: str, quantity: float, **columns: Any) -> dict[str, Any]:
        here = {"clinic_id": self.desk.clinic_id, "drug_id": "d1", "batch_number": f"N-{batch_id}"}
        return {"id": f"s-{batch_id}", "batch_id": batch_id, "quantity_available": quantity, **here, **columns}

    def item(self, item_id: str, **columns: Any) -> dict[str, Any]:
        of = {"prescription_id": "r1", "patient_id": "p1", "drug_id": "d1", "clinic_id": self.desk.clinic_id}
        amounts = {"quantity_prescribed": 10, "quantity_dispensed": 0, "refills_authorized": 0, "refills_used": 0}
        return {"id": item_id, **of, **amounts, "item_status": "active", "metadata": "{}", **columns}

    def row(self, table: str, record_id: str) -> dict[str, Any]:
        return row_of(self.database, table, record_id)

    def stock(self, batch_id: str) -> Any:
        return self.row("clinic_inventory", f"s-{batch_id}")["quantity_available"]

    def dispensed(self, patient_id: str = "p1") -> list[tuple[str, int]]:
        """Batch and quantity of every dispensing record of a patient."""
        rows = self.desk.query("dispensing.by_patient", patient_id=patient_id)["data"]
        return sorted((row["batch_id"] or "", row["quantity_dispensed"]) for row in rows)


def drug(drug_id: str, name: str, **columns: Any) -> dict[str, Any]:
    usual = {"form": "tablet", "route": "oral", "is_active": True, "metadata": "{}"}
    return {"id": drug_id, "generic_name": name, **usual, **columns}


@contextmanager
def opened_pharmacy(folder: Path) -> Iterator[Pharmacy]:
    """One with a store of its own in an empty folder."""
    clock = AdjustableClock()
    store = open_store(folder, KEY, clock)
    yield Pharmacy(Desk(store, clock))
    store.close()
