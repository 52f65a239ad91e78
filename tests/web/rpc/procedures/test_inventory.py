"""The stock of a clinic is found and counted."""

from __future__ import annotations

from typing import Any

import pytest

from db.errors import InvalidInput
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.pharmacy import Pharmacy


@pytest.fixture
def pharmacy(desk: Desk) -> Pharmacy:
    return Pharmacy(desk)


def test_stock_is_found_by_drug_and_by_batch_number(pharmacy: Pharmacy) -> None:
    desk = pharmacy.desk
    pharmacy.put("clinic_inventory", pharmacy.batch("b3", 9, drug_id="d2"), pharmacy.batch("b4", 9, clinic_id="south"))

    def found(**params: Any) -> list[str]:
        name = "inventory.search" if "search_term" in params else "inventory.by_clinic"
        return [row["batch_id"] for row in desk.query(name, **params)["data"]]

    assert found(clinic_id=desk.clinic_id) == ["b1", "b2", "b3"]
    assert found(clinic_id=desk.clinic_id, search_term="amox") == ["b1", "b2"]
    assert found(clinic_id=desk.clinic_id, search_term="n-b3") == ["b3"]
    assert found(clinic_id="south", search_term="amox") == ["b4"]


def test_what_is_available_leaves_out_what_is_below_nothing(pharmacy: Pharmacy) -> None:
    pharmacy.put("clinic_inventory", pharmacy.batch("b3", -5), pharmacy.batch("b4", 100, is_deleted=True))
    ask = {"drug_id": "d1", "clinic_id": pharmacy.desk.clinic_id}
    enough = pharmacy.desk.query("inventory.check_availability", **ask, required_quantity=26)
    assert enough == {"available": True, "total_available": 26}
    assert not pharmacy.desk.query("inventory.check_availability", **ask, required_quantity=27)["available"]
    with pytest.raises(InvalidInput):
        pharmacy.desk.query("inventory.check_availability", **ask, required_quantity=-1)
