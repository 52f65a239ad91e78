"""What leaves the stock is what is recorded, whatever is asked in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import InvalidInput, NotEnoughStock
from tests.examples import examples
from tests.web.rpc.procedures.pharmacy import MORNING, Pharmacy, opened_pharmacy

DISPENSE = "prescription_items.dispense"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pharmacy]:
    """The same for the whole module: for tests that change nothing others look at."""
    with opened_pharmacy(tmp_path_factory.mktemp("pharmacy")) as opened:
        yield opened


def _record(**columns: Any) -> dict[str, Any]:
    of = {"drug_id": "d1", "patient_id": "p1", "quantity_dispensed": 2, "dispensed_at": MORNING}
    return {**of, "batch_id": "b1", **columns}


_numbers = count(100)  # the pharmacy has batches b1 and b2 of its own
_KINDS = st.sampled_from(["dispense", "create", "create again"])
_STEPS = st.lists(st.tuples(_KINDS, st.sampled_from("abz"), st.integers(1, 9)), min_size=4, max_size=12)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_what_left_the_stock_is_what_was_recorded(standing: Pharmacy, steps: list[tuple[str, str, int]]) -> None:
    number = next(_numbers)
    rows = {f"a{number}": (4, 8), f"b{number}": (5, 0), f"z{number}": ()}
    for batch, quantities in rows.items():
        for row, quantity in enumerate(quantities):
            standing.put("clinic_inventory", standing.batch(batch, quantity, id=f"{batch}-{row}"))
    item, patient = f"item{number}", f"patient{number}"
    standing.put("patients", {"id": patient, "primary_clinic_id": standing.desk.clinic_id})
    standing.put("prescription_items", standing.item(item, patient_id=patient, quantity_prescribed=15))
    by_item, record = 0, _record(id=f"r{number}", patient_id=patient, batch_id=None)
    for step, (kind, letter, quantity) in enumerate(steps):
        batch = f"{letter}{number}"
        try:
            if kind == "dispense":
                standing.desk.command(DISPENSE, id=item, batch_quantities={batch: quantity})
                by_item += quantity
            else:
                if kind == "create":
                    record |= {"id": f"r{number}-{step}", "batch_id": batch, "quantity_dispensed": quantity}
                standing.desk.command("dispensing.create", **record)
        except (NotEnoughStock, InvalidInput):
            pass
    gone = standing.dispensed(patient)
    for batch, quantities in rows.items():
        left = [
            standing.row("clinic_inventory", f"{batch}-{row}")["quantity_available"] for row in range(len(quantities))
        ]
        assert all(quantity >= 0 for quantity in left)
        if quantities:
            assert sum(quantities) - sum(left) == sum(quantity for name, quantity in gone if name == batch)
    assert standing.row("prescription_items", item)["quantity_dispensed"] == by_item <= 15
