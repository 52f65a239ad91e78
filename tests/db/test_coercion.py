"""Values out of a phone's JSON become what the catalogue says, and nothing is lost without being kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.catalogue import CATALOGUE, ColumnType
from db.coercion import CleanRow, RowCleaner

_COLUMNS = {
    "text": ("patients", "given_name"),
    "text?": ("patients", "camp"),
    "json": ("patients", "additional_data"),
    "json?": ("event_forms", "translations"),
    "date": ("patients", "date_of_birth"),
    "number": ("clinic_inventory", "quantity_available"),
    "number?": ("patient_vitals", "weight_kg"),
    "time": ("patients", "created_at"),
    "time?": ("patients", "deleted_at"),
    "boolean": ("patients", "is_deleted"),
    "boolean?": ("patient_additional_attributes", "boolean_value"),
}
_NEVER = object()
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _clean(kind: str, value: Any) -> tuple[Any, CleanRow]:
    table, column = _COLUMNS[kind]
    clean = RowCleaner(CATALOGUE[table]).clean({"id": "a", column: value})
    return clean.data[column], clean


def test_the_columns_used_here_are_of_the_kinds_they_stand_for() -> None:
    for kind, (table, name) in _COLUMNS.items():
        column = CATALOGUE[table].columns[name]
        assert (column.type, column.is_optional) == (ColumnType(kind.rstrip("?")), kind.endswith("?"))


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("text", "x", "x"),
        ("text", None, ""),
        ("text?", None, None),
        ("json", '{"a": 1}', '{"a": 1}'),
        ("json", "not json", "not json"),
        ("json", None, ""),
        ("json?", None, None),
        ("date", "2000-01-31", "2000-01-31"),
        ("date", "", ""),
        ("date", None, ""),
        ("date", "31/01/2000", "31/01/2000"),
        ("date", "2000-01-31T00:00:00.000Z", "2000-01-31"),
        ("date", "2000-01-31T00:00:00+00:00", "2000-01-31"),
        ("date", "2000-01-31T10:00:00Z", "2000-01-31T10:00:00Z"),
        ("number", 7, 7),
        ("number", 1.5, 1.5),
        ("number", None, 0),
        ("number?", None, None),
        ("time", 5.5, 5.5),
        ("time", None, 0),
        ("time?", None, None),
        ("boolean", True, True),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", 1.0, True),
        ("boolean", None, False),
        ("boolean?", None, None),
        ("boolean?", 0, False),
    ],
)
def test_what_phones_send_as_a_matter_of_course_is_not_odd(kind: str, sent: Any, kept: Any) -> None:
    value, clean = _clean(kind, sent)
    assert (value, type(value)) == (kept, type(kept))
    assert clean.odd == {}
    assert clean.lost == {}


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("text", 5, "5"),
        ("text", 1.5, "1.5"),
        ("text", True, "true"),
        ("text?", {"a": ["ü"]}, '{"a":["ü"]}'),
        ("json", {"a": [1, None]}, '{"a":[1,null]}'),
        ("json", [], "[]"),
        ("json?", 5, "5"),
        ("date", 0, "1970-01-01"),
        ("date", -1, "1969-12-31"),
        ("date", 949_363_199_999.0, "2000-01-31"),
        ("number", "12", 12),
        ("number", " 1.50 ", 1.5),
        ("number?", "-3e2", -300.0),
        ("number", True, 1),
        ("time", "1700000000000", 1_700_000_000_000),
        ("time", "2024-01-02T03:04:05.678Z", 1_704_164_645_678),
        ("time", "2024-01-02T03:04:05", 1_704_164_645_000),
        ("time", "2024-01-02T05:04:05+02:00", 1_704_164_645_000),
        ("time?", "2024-01-02", 1_704_153_600_000),
        ("boolean", "true", True),
        ("boolean", " FALSE ", False),
        ("boolean", "1", True),
        ("boolean?", "", False),
    ],
)
def test_a_value_of_another_type_is_converted_and_noted_as_odd(kind: str, sent: Any, kept: Any) -> None:
    value, clean = _clean(kind, sent)
    assert (value, type(value)) == (kept, type(kept))
    assert clean.odd == {_COLUMNS[kind][1]: sent}
    assert clean.lost == {}


@pytest.mark.parametrize(
    ("kind", "sent", "default"),
    [
        ("date", 1e20, ""),
        ("number", "twelve", 0),
        ("number", "", 0),
        ("number", "[1]", 0),
        ("number?", {"a": 1}, None),
        ("number?", "true", None),
        ("time", "soon", 0),
        ("time", [], 0),
        ("time?", "2024-13-01", None),
        ("boolean", 2, False),
        ("boolean", "perhaps", False),
        ("boolean?", [True], None),
    ],
)
def test_what_cannot_be_converted_becomes_the_default_and_is_kept_aside(kind: str, sent: Any, default: Any) -> None:
    value, clean = _clean(kind, sent)
    assert (value, type(value)) == (default, type(default))
    assert clean.odd == clean.lost == {_COLUMNS[kind][1]: sent}


@given(value=st.one_of(st.lists(_JSON, max_size=3), st.dictionaries(st.text(), _JSON, max_size=3)))
def test_json_values_lose_nothing_as_text(value: Any) -> None:
    assert json.loads(_clean("json", value)[0]) == value


@given(value=st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_lose_nothing_on_the_way_to_text_and_back(value: float) -> None:
    text, _ = _clean("text", value)
    back, clean = _clean("number", text)
    assert back == value
    assert clean.lost == {}


@given(kind=st.sampled_from(sorted(_COLUMNS)), value=_JSON)
def test_the_outcome_always_has_the_right_type_and_cleaning_it_again_changes_nothing(kind: str, value: Any) -> None:
    kept, clean = _clean(kind, value)
    again, second = _clean(kind, kept)
    assert (again, type(again)) == (kept, type(kept))
    assert second.odd == {}
    assert clean.lost.keys() <= clean.odd.keys()
    if clean.odd:
        assert clean.odd[_COLUMNS[kind][1]] is value


def test_rows_of_one_shape_are_each_looked_at() -> None:
    cleaner = RowCleaner(CATALOGUE["patients"])
    outcomes = [cleaner.clean({"id": "a", "is_deleted": value}) for value in (1, 0, 2, 1)]
    assert [clean.data["is_deleted"] for clean in outcomes] == [True, False, False, True]
    assert [clean.lost for clean in outcomes] == [{}, {}, {"is_deleted": 2}, {}]


def test_a_shape_seen_before_does_not_hide_a_wrong_type() -> None:
    cleaner = RowCleaner(CATALOGUE["patients"])
    assert cleaner.clean({"id": "a", "given_name": "x"}).odd == {}
    assert cleaner.clean({"id": "b", "given_name": 5}).data["given_name"] == "5"
    assert cleaner.clean({"id": "c", "date_of_birth": "2000-01-31"}).data["date_of_birth"] == "2000-01-31"
    assert cleaner.clean({"id": "c", "date_of_birth": "2000-01-31T00:00Z"}).data["date_of_birth"] == "2000-01-31"


def test_unknown_columns_stay_as_they_came() -> None:
    clean = RowCleaner(CATALOGUE["patients"]).clean({"id": "a", "shoe_size": {"eu": 43}})
    assert clean.data == {"id": "a", "shoe_size": {"eu": 43}}
    assert clean.odd == {}


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ("given_name,phone", {"given_name", "phone"}),
        ("a,,b,", {"a", "b"}),
        ("", None),
        (None, None),
        (5, None),
        ([], None),
    ],
)
def test_the_private_columns_tell_what_changed_and_are_left_out(sent: Any, changed: set[str] | None) -> None:
    clean = RowCleaner(CATALOGUE["patients"]).clean({"id": "a", "_status": "updated", "_changed": sent})
    assert clean.data == {"id": "a"}
    assert clean.changed == changed
