"""What was dispensed is recorded once, and its batch is reduced once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from db.errors import AlreadyExists, HubError, InvalidInput, NotAllowed, NotEnoughStock, NotFound
from tests.db.caller import contents
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.pharmacy import MORNING, Pharmacy, opened_pharmacy


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


def test_a_record_of_dispensing_reduces_its_batch_once_however_often_it_is_sent(pharmacy: Pharmacy) -> None:
    first = pharmacy.desk.command("dispensing.create", **_record(id="x1", prescription_item_id="i1"))
    before = contents(pharmacy.database)
    assert pharmacy.desk.command("dispensing.create", **_record(id="x1", prescription_item_id="i1")) == first
    assert contents(pharmacy.database) == before
    assert first == {"id": "x1", "untracked_batches": []}
    assert pharmacy.stock("b1") == 4
    assert pharmacy.row("prescription_items", "i1")["quantity_dispensed"] == 0


def test_a_record_without_a_batch_leaves_the_stock_alone(pharmacy: Pharmacy) -> None:
    pharmacy.desk.command("dispensing.create", **_record(batch_id=None))
    assert pharmacy.desk.command("dispensing.create", **_record(batch_id="zzz"))["untracked_batches"] == ["zzz"]
    assert (pharmacy.stock("b1"), pharmacy.stock("b2")) == (6, 20)


@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"quantity_dispensed": 7}, NotEnoughStock),
        ({"quantity_dispensed": 0}, InvalidInput),
        ({"quantity_dispensed": 2.5}, InvalidInput),
        ({"quantity_dispensed": "2"}, InvalidInput),
        ({"dispensed_at": "yesterday"}, InvalidInput),
        ({"drug_id": "d2"}, InvalidInput),
        ({"id": "a b"}, InvalidInput),
        ({"id": "x0"}, AlreadyExists),
        ({"patient_id": "nobody"}, NotFound),
        ({"patient_id": "p3", "prescription_item_id": "i1"}, InvalidInput),
        ({"prescription_item_id": "none"}, NotFound),
        ({"clinic_id": "south"}, NotAllowed),
    ],
)
def test_what_cannot_be_recorded_changes_nothing(
    standing: Pharmacy, record: dict[str, Any], error: type[HubError]
) -> None:
    standing.put("dispensing_records", _record(id="x0", quantity_dispensed=1))
    before = contents(standing.database)
    with pytest.raises(error):
        standing.desk.command("dispensing.create", **_record(**record))
    assert contents(standing.database) == before
