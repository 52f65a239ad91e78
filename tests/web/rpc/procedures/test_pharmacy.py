"""The exact answers of the procedures about drugs, stock and dispensing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.golden import Golden
from tests.web.rpc.procedures.pharmacy import MORNING, Pharmacy

DISPENSE = "prescription_items.dispense"


@pytest.fixture
def pharmacy(desk: Desk) -> Pharmacy:
    return Pharmacy(desk)


def _record(**columns: Any) -> dict[str, Any]:
    of = {"drug_id": "d1", "patient_id": "p1", "quantity_dispensed": 2, "dispensed_at": MORNING}
    return {**of, "batch_id": "b1", **columns}


def test_the_exact_answers_are_what_they_were(pharmacy: Pharmacy) -> None:
    golden = Golden(pharmacy.desk)
    clinic = pharmacy.desk.clinic_id
    golden.command(DISPENSE, id="i1", provider_id="u1", batch_quantities={"b1": 3})
    golden.command(DISPENSE, id="i1", provider_id="u1", batch_quantities={"b1": 4})
    golden.command(DISPENSE, id="i1", provider_id="u1", batch_quantities={"b2": 99})
    golden.command("dispensing.create", **_record(id="x1", days_supply=2, metadata={"a": 1}))
    golden.command("dispensing.create", **_record(id="x2", quantity_dispensed=50))
    golden.query("dispensing.by_patient", patient_id="p1")
    golden.query("drugs.search", search_term="amox")
    golden.query("drugs.get", id="d1")
    golden.query("drugs.get", id="none")
    golden.query("drugs.by_barcode", barcode="111")
    golden.query("drugs.by_barcode", barcode="999")
    golden.query("inventory.by_clinic", clinic_id=clinic)
    golden.query("inventory.search", clinic_id=clinic, search_term="b2")
    golden.query("inventory.check_availability", drug_id="d1", clinic_id=clinic, required_quantity=5)
    for name in (
        *(DISPENSE, "dispensing.create", "dispensing.by_patient", "drugs.search", "drugs.get", "drugs.by_barcode"),
        *("inventory.by_clinic", "inventory.search", "inventory.check_availability"),
    ):
        golden.check(name)
