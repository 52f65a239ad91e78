"""Drugs of the catalogue are found, and those that are gone are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from db.errors import NotFound
from tests.db.rows import delete_row
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.pharmacy import Pharmacy, drug, opened_pharmacy


@pytest.fixture
def pharmacy(desk: Desk) -> Pharmacy:
    return Pharmacy(desk)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pharmacy]:
    """The same for the whole module: for tests that change nothing others look at."""
    with opened_pharmacy(tmp_path_factory.mktemp("pharmacy")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["d1", "d2"]),
        ({"search_term": "MOXI"}, ["d1"]),
        ({"search_term": "111"}, ["d1"]),
        ({"search_term": "%"}, []),
        ({"is_active": False}, ["d2"]),
        ({"form": "syrup"}, []),
        ({"route": "oral", "limit": 1, "offset": 1}, ["d2"]),
    ],
)
def test_drugs_are_found(standing: Pharmacy, wanted: dict[str, Any], found: list[str]) -> None:
    assert [row["id"] for row in standing.desk.query("drugs.search", **wanted)["data"]] == found


def test_a_drug_that_is_gone_is_not_found(pharmacy: Pharmacy) -> None:
    pharmacy.put("drug_catalogue", drug("d2", "Ibuprofen", barcode="222", is_deleted=True))
    delete_row(pharmacy.database, "drug_catalogue", "d1")
    for name, params in (
        ("drugs.get", {"id": "d1"}),
        ("drugs.get", {"id": "d2"}),
        ("drugs.by_barcode", {"barcode": "111"}),
        ("drugs.by_barcode", {"barcode": "222"}),
    ):
        with pytest.raises(NotFound):
            pharmacy.desk.query(name, **params)
    assert pharmacy.desk.query("drugs.search") == {"data": []}
