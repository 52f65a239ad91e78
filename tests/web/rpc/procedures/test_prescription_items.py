"""Items of prescriptions are dispensed from batches in stock, or nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from db.errors import HubError, InvalidInput, NotAllowed, NotEnoughStock, NotFound
from db.permissions import Flag
from tests.db.caller import contents, history
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.pharmacy import MORNING, Pharmacy, opened_pharmacy

DISPENSE = "prescription_items.dispense"


@pytest.fixture
def pharmacy(desk: Desk) -> Pharmacy:
    return Pharmacy(desk)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pharmacy]:
    """The same for the whole module: for tests that change nothing others look at."""
    with opened_pharmacy(tmp_path_factory.mktemp("pharmacy")) as opened:
        yield opened


def _record(**columns: Any) -> dict[str, Any]:
    of = {"drug_id": "d1", "patient_id": "p1", "quantity_dispensed": 2, "dispensed_at": MORNING}
    return {**of, "batch_id": "b1", **columns}


def test_dispensing_takes_from_each_batch_and_counts_the_item_up(pharmacy: Pharmacy) -> None:
    answer = pharmacy.desk.command(DISPENSE, id="i1", provider_id="u1", batch_quantities={"b1": 3, "b2": 4})
    assert answer == {"ok": True, "total_dispensed": 7, "untracked_batches": []}
    assert (pharmacy.stock("b1"), pharmacy.stock("b2")) == (3, 16)
    assert pharmacy.dispensed() == [("b1", 3), ("b2", 4)]
    item = pharmacy.row("prescription_items", "i1")
    assert (item["quantity_dispensed"], item["item_status"]) == (7, "active")
    row = pharmacy.desk.query("dispensing.by_patient", patient_id="p1")["data"][0]
    assert (row["dispensed_by"], row["recorded_by_user_id"]) == ("u1", pharmacy.desk.account.id)
    assert [kind for kind, _, _ in history(pharmacy.database, "s-b1")] == ["replaced"]


@pytest.mark.parametrize(("refills", "status"), [(0, "completed"), (1, "active")])
def test_an_item_is_completed_with_the_last_of_its_last_fill(pharmacy: Pharmacy, refills: int, status: str) -> None:
    pharmacy.put("prescription_items", pharmacy.item("i2", refills_authorized=refills))
    pharmacy.desk.command(DISPENSE, id="i2", batch_quantities={"b2": 10})
    assert pharmacy.row("prescription_items", "i2")["item_status"] == status


def test_a_batch_nobody_has_written_down_is_dispensed_and_named(pharmacy: Pharmacy) -> None:
    answer = pharmacy.desk.command(DISPENSE, id="i1", batch_quantities={"b1": 1, "unknown": 2})
    assert answer == {"ok": True, "total_dispensed": 3, "untracked_batches": ["unknown"]}
    assert pharmacy.dispensed() == [("b1", 1), ("unknown", 2)]


def test_a_batch_in_two_rows_is_taken_from_both_and_an_odd_one_is_left_alone(pharmacy: Pharmacy) -> None:
    pharmacy.put("clinic_inventory", pharmacy.batch("b1", -4, id="s-b0"), pharmacy.batch("b1", 2.5, id="s-b9"))
    pharmacy.desk.command(DISPENSE, id="i1", batch_quantities={"b1": 8})
    left = [pharmacy.row("clinic_inventory", record)["quantity_available"] for record in ("s-b0", "s-b1", "s-b9")]
    assert left == [-4, 0, 0.5]


@pytest.mark.parametrize(
    ("item", "batches", "error", "context"),
    [
        ({}, {"b2": 1, "b1": 7}, NotEnoughStock, {"available": 6, "wanted": 7}),
        ({}, {"b2": 11}, InvalidInput, {"path": "batch_quantities"}),
        ({"quantity_dispensed": 8}, {"b2": 3}, InvalidInput, {"path": "batch_quantities"}),
        ({"item_status": "cancelled"}, {"b2": 1}, InvalidInput, {"path": "id"}),
        ({"drug_id": "d2"}, {"b2": 1}, InvalidInput, {"path": "batch_quantities"}),
        ({"patient_id": "nobody"}, {"b2": 1}, NotFound, {"table": "patients"}),
        ({}, {}, InvalidInput, {"path": "batch_quantities"}),
        ({}, {"b2": 0}, InvalidInput, {"path": "batch_quantities[...]"}),
        ({}, {"b2": -1}, InvalidInput, {"path": "batch_quantities[...]"}),
        ({}, {"b2": 1.5}, InvalidInput, {"path": "batch_quantities[...]"}),
        ({}, {"b2": True}, InvalidInput, {"path": "batch_quantities[...]"}),
        ({}, {"b2": 10**30}, InvalidInput, {"path": "batch_quantities[...]"}),
    ],
)
def test_what_cannot_be_dispensed_changes_nothing(
    standing: Pharmacy, item: dict[str, Any], batches: dict[str, Any], error: type[HubError], context: dict[str, Any]
) -> None:
    standing.put("prescription_items", standing.item("i2") | item)
    before = contents(standing.database)
    with pytest.raises(error) as refused:
        standing.desk.command(DISPENSE, id="i2", batch_quantities=batches)
    assert refused.value.context == context
    assert contents(standing.database) == before


def test_an_item_that_is_not_there_is_not_found(standing: Pharmacy) -> None:
    with pytest.raises(NotFound):
        standing.desk.command(DISPENSE, id="none", batch_quantities={"b2": 1})


def test_dispensing_needs_its_permission_where_the_item_is(pharmacy: Pharmacy) -> None:
    desk = pharmacy.desk
    pharmacy.put("prescription_items", pharmacy.item("i2", clinic_id="south"))
    with pytest.raises(NotAllowed):
        desk.command(DISPENSE, id="i2", batch_quantities={"b1": 1})
    nobody = desk.without(Flag.DISPENSE)
    for name, data in ((DISPENSE, {"id": "i1", "batch_quantities": {"b1": 1}}), ("dispensing.create", _record())):
        with pytest.raises(NotAllowed):
            desk.command(name, nobody, **data)
    assert pharmacy.stock("b1") == 6
