"""Rows, times and pages as phones read them."""

from __future__ import annotations

import msgspec
import pytest

from db.catalogue import CATALOGUE, ColumnType
from db.errors import InvalidInput
from web.rpc.procedures.shapes import Paged, app_row, hub_row, page, time_ms

MIDNIGHT = 1_704_153_600_000


@pytest.mark.parametrize(
    "spelling",
    [
        *(MIDNIGHT, MIDNIGHT // 1000, float(MIDNIGHT), str(MIDNIGHT), f" {MIDNIGHT // 1000} "),
        *("2024-01-02", "2024-01-02 00:00", "2024-01-02T00:00:00Z", "2024-01-02T02:00:00+02:00"),
    ],
)
def test_a_time_is_read_in_every_spelling(spelling: int | float | str) -> None:
    assert time_ms(spelling, "t") == MIDNIGHT


def test_a_date_of_the_seventies_is_not_taken_for_seconds() -> None:
    assert time_ms("1970-01-02", "t") == 86_400_000


@pytest.mark.parametrize("nonsense", ["", "soon", "nan", "inf", 1e300, -(10**20), "2024-13-01", "9" * 400])
def test_what_is_no_time_is_refused_by_its_place(nonsense: float | str) -> None:
    with pytest.raises(InvalidInput) as caught:
        time_ms(nonsense, "check_in_timestamp")
    assert caught.value.context == {"path": "check_in_timestamp"}


@pytest.mark.parametrize("broken", ["", "{", "5", "null", None, '"text"'])
@pytest.mark.parametrize("table", sorted(name for name, table in CATALOGUE.items() if table.is_for_phones))
def test_the_app_is_sent_arrays_and_objects_whatever_is_stored(table: str, broken: str | None) -> None:
    json_columns = [column.name for column in CATALOGUE[table].columns.values() if column.type is ColumnType.JSON]
    row = app_row(table, {"id": "r", **dict.fromkeys(json_columns, broken)})
    for name in json_columns:
        assert row[name] == ({} if name in ("metadata", "additional_data") else [])


def test_a_row_for_the_app_and_one_for_the_earlier_hub_hold_the_same() -> None:
    stored = {"id": "f", "form_fields": '[{"id":"a"}]', "is_editable": True, "metadata": "{}", "shoe_size": 43}
    app, hub = app_row("event_forms", stored), hub_row("event_forms", stored)
    assert (app["form_fields"], app["is_editable"], app["is_deleted"], app["shoe_size"]) == (
        [{"id": "a"}],
        True,
        False,
        43,
    )
    assert (hub["form_fields"], hub["is_editable"], hub["shoe_size"]) == ('[{"id":"a"}]', 1, 43)
    assert {"is_deleted", "deleted_at"}.isdisjoint(hub)


def test_no_secret_is_ever_in_a_row() -> None:
    stored = {"id": "u", "email": "a@b", "hashed_password": "secret"}
    assert "secret" not in f"{app_row('users', stored)}{hub_row('users', stored)}"


def test_a_page_says_what_was_asked() -> None:
    assert page([], 7, Paged()) == {"data": [], "total": 7, "limit": 20, "offset": 0}
    assert page([], 7, Paged(limit=3, offset=6)) == {"data": [], "total": 7, "limit": 3, "offset": 6}


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"limit": True}, {"offset": "x"}])
def test_a_page_beyond_the_bounds_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(asked, Paged)
