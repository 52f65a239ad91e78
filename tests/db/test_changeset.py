"""What a phone may push and what is refused, with the place of the fault; nothing here is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from db.changeset import DEEPEST_VALUE, Changeset, Deletion, parse_changeset
from db.errors import InvalidInput, InvalidJson
from db.row_types import LONGEST_ID, TypedRow, plain_row


def _parse(document: Any) -> Changeset:
    return parse_changeset(json.dumps(document).encode())


def _rows(changeset: Changeset, table: str = "patients") -> list[dict[str, Any]]:
    return [row if isinstance(row, dict) else plain_row(row) for row in changeset.tables[table].upserts]


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], "body"),
        (None, "body"),
        ("patients", "body"),
        ({"patients": []}, "patients"),
        ({"patients": None}, "patients"),
        ({"visits": {"created": {}}}, "visits.created"),
        ({"visits": {"updated": None}}, "visits.updated"),
        ({"visits": {"deleted": "v1"}}, "visits.deleted"),
        ({"patients": {"created": [{"id": "a"}, 3]}}, "patients.created[1]"),
        ({"patients": {"updated": [{"id": "a"}, {"given_name": "x"}]}}, "patients.updated[1].id"),
        ({"patients": {"created": [{"id": ""}]}}, "patients.created[0].id"),
        ({"patients": {"created": [{"id": 7}]}}, "patients.created[0].id"),
        ({"patients": {"created": [{"id": None}]}}, "patients.created[0].id"),
        ({"patients": {"created": [{"id": "a" * (LONGEST_ID + 1)}]}}, "patients.created[0].id"),
        ({"patients": {"created": [{"id": "a\0"}]}}, "patients.created[0].id"),
        ({"patients": {"deleted": ["a", 7]}}, "patients.deleted[1]"),
        ({"patients": {"deleted": [""]}}, "patients.deleted[0]"),
        ({"patients": {"deleted": [{"id": ""}]}}, "patients.deleted[0].id"),
        ({"patients": {"deleted": [{"id": "a", "x": _nested(DEEPEST_VALUE + 1)}]}}, "patients.deleted[0]"),
        ({"patients": {"created": [{"id": "a", "x": _nested(DEEPEST_VALUE + 1)}]}}, "patients.created[0]"),
        ({"changes": {"patients": {"created": [5]}}}, "patients.created[0]"),
    ],
)
def test_a_fault_of_shape_is_refused_with_its_place(document: Any, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _parse(document)
    assert refusal.value.context == {"path": path}
    assert not isinstance(refusal.value, InvalidJson)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"patients": NaN}', b'{"a": 1} x', b"[" * 100_000],
    ids=lambda body: repr(body[:9]),
)
def test_what_is_not_json_is_refused_as_such(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        parse_changeset(body)


def test_the_deepest_value_and_the_longest_id_are_taken() -> None:
    row = {"id": "a" * LONGEST_ID, "additional_data": _nested(DEEPEST_VALUE)}
    assert _rows(_parse({"patients": {"created": [row]}})) == [row]


def test_created_rows_come_before_updated_ones_and_missing_lists_are_empty() -> None:
    changeset = _parse({"patients": {"updated": [{"id": "b"}], "created": [{"id": "a"}]}, "visits": {"deleted": ["v"]}})
    assert [row["id"] for row in _rows(changeset)] == ["a", "b"]
    assert changeset.tables["visits"].deletions == [Deletion("v", None)]
    assert changeset.tables["visits"].upserts == []
    assert not changeset.sends_deleted_rows


def test_a_deletion_may_be_a_whole_row() -> None:
    row = {"id": "a", "given_name": "x"}
    changeset = _parse({"patients": {"deleted": ["b", row]}})
    assert changeset.tables["patients"].deletions == [Deletion("b", None), Deletion("a", row)]
    assert changeset.sends_deleted_rows


@pytest.mark.parametrize("extra", [{}, {"timestamp": 5}])
def test_wrapped_changes_are_the_same_as_bare_ones(extra: dict[str, Any]) -> None:
    changes = {"patients": {"created": [{"id": "a", "given_name": "x"}], "updated": [], "deleted": ["b"]}}
    bare, wrapped = _parse(changes), _parse({"changes": changes, **extra})
    assert _rows(wrapped) == _rows(bare) == [{"id": "a", "given_name": "x"}]
    assert wrapped.tables["patients"].deletions == bare.tables["patients"].deletions


def test_a_body_that_names_tables_is_not_unwrapped() -> None:
    changeset = _parse({"visits": {"deleted": ["v"]}, "changes": {"patients": {"deleted": ["a"]}}})
    assert set(changeset.tables) == {"visits"}


@pytest.mark.parametrize("content", [{"created": [{"id": "x"}], "updated": [], "deleted": []}, 5, None, {"created": 1}])
@pytest.mark.parametrize("name", ["peers", "event_logs", "secrets", "sqlite_master", "patient_allergies"])
def test_tables_that_no_phone_shares_are_left_out_whatever_is_in_them(name: str, content: Any) -> None:
    changeset = _parse({name: content, "patients": {"created": [{"id": "a"}]}})
    assert set(changeset.tables) == {"patients"}
    assert changeset.ignored == {}


@pytest.mark.parametrize("odd", [False, True])
def test_rows_for_server_owned_tables_are_counted_and_never_refused(odd: bool) -> None:
    rows: list[Any] = [5, None] if odd else [{"id": "u1"}, {"id": "u2", "hashed_password": "x"}]
    changeset = _parse({"users": {"created": rows, "deleted": ["u3"]}, "app_config": {"created": []}})
    assert changeset.tables == {}
    assert changeset.ignored == {"users": 3}


def test_an_empty_push_changes_nothing() -> None:
    assert _parse({}) == Changeset({})
    assert _parse({"patients": {"created": [], "updated": [], "deleted": []}}) == Changeset({})


def test_a_right_push_is_read_the_fast_way() -> None:
    changeset = _parse({"patients": {"created": [{"id": "a", "given_name": "x", "is_deleted": False, "camp": None}]}})
    assert all(isinstance(row, TypedRow) for row in changeset.tables["patients"].upserts)
    assert _rows(changeset) == [{"id": "a", "given_name": "x", "is_deleted": False, "camp": None}]


def test_unknown_columns_are_kept() -> None:
    row = {"id": "a", "shoe_size": 43, "given_name": "x"}
    assert _rows(_parse({"patients": {"created": [row]}})) == [row]


def test_half_surrogates_are_replaced_and_whole_ones_kept() -> None:
    body = rb'{"patients": {"created": [{"id": "a", "given_name": "\ud83d x \ud83d\ude00", "camp": ["\ude00"]}]}}'
    changeset = parse_changeset(body)
    assert changeset.is_mended
    assert _rows(changeset) == [{"id": "a", "given_name": "\ufffd x \U0001f600", "camp": ["\ufffd"]}]


def test_half_surrogates_in_ids_and_names_of_columns_do_not_stop_a_push() -> None:
    changeset = parse_changeset(rb'{"patients": {"created": [{"id": "a\ud83d", "\ude00": 1}], "deleted": ["\ud83d"]}}')
    assert _rows(changeset) == [{"id": "a\ufffd", "\ufffd": 1}]
    assert changeset.tables["patients"].deletions == [Deletion("\ufffd", None)]


def test_integers_of_any_size_are_read() -> None:
    changeset = _parse({"patients": {"created": [{"id": "a", "created_at": 10**30, "updated_at": 2**63}]}})
    assert _rows(changeset) == [{"id": "a", "created_at": 10**30, "updated_at": 2**63}]


def test_a_number_beyond_all_numbers_becomes_nothing() -> None:
    changeset = parse_changeset(b'{"patients": {"created": [{"id": "a", "created_at": 1e999}]}}')
    assert changeset.is_mended
    assert _rows(changeset) == [{"id": "a", "created_at": None}]


def test_a_push_without_faults_is_not_mended() -> None:
    assert not _parse({"patients": {"created": [{"id": "a", "given_name": 5}]}}).is_mended
