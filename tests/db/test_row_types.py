"""The fast and the patient way to read a push must not differ in anything that is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.catalogue import CATALOGUE, Column, ColumnType
from db.changeset import parse_changeset
from db.database import Database
from db.row_types import TypedRow, plain_row, push_decoder
from db.schema import OUTBOX, RECORD_COUNTS, RECORD_HISTORY, RECORD_TABLES, SERVER_CLOCK
from db.store import open_store
from tests.db.caller import contents, push_body, stored
from tests.db.rows import KEY
from tests.examples import examples
from tests.fakes.clock import START_MS, AdjustableClock

_TABLES = ("patients", "visits", "events", "patient_vitals")
_IDS = st.sampled_from(["a", "b", "c", "d"])
_NUMBERS = st.one_of(st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False))
_RIGHT: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.TEXT: st.one_of(st.sampled_from(["", "x", "a"]), st.text(max_size=5)),
    ColumnType.JSON: st.sampled_from(["", "{}", "[1]"]),
    ColumnType.DATE: st.sampled_from(["", "2000-01-31", "1/2/2000", "soon"]),
    ColumnType.NUMBER: _NUMBERS,
    ColumnType.TIME: _NUMBERS,
    ColumnType.BOOLEAN: st.booleans(),
}
_ODD = st.one_of(st.none(), st.integers(0, 2), st.text(max_size=3), st.lists(st.integers(), max_size=2), st.booleans())


def _values(column: Column, *, is_odd: bool) -> st.SearchStrategy[Any]:
    if column.name.endswith("_id"):
        return _IDS
    right = _RIGHT[column.type]
    if is_odd:
        return st.one_of(right, _ODD)
    return st.one_of(right, st.none()) if column.is_optional else right


def _rows(table: str, *, is_odd: bool) -> st.SearchStrategy[dict[str, Any]]:
    columns = CATALOGUE[table].columns.values()
    optional: dict[str, st.SearchStrategy[Any]] = {c.name: _values(c, is_odd=is_odd) for c in columns}
    optional["_status"] = st.sampled_from(["created", "updated", None])
    optional["_changed"] = st.sampled_from(["", None, "given_name", "metadata,is_deleted", "nothing_known"])
    if is_odd:
        optional["shoe_size"] = st.integers(30, 50)
    return st.fixed_dictionaries({"id": _IDS}, optional=optional)


@st.composite
def _pushes(draw: st.DrawFn) -> dict[str, Any]:
    is_odd = draw(st.integers(0, 4)) == 0  # mostly pushes that can be read the fast way
    changes: dict[str, Any] = {}
    for table in draw(st.lists(st.sampled_from(_TABLES), min_size=1, max_size=3, unique=True)):
        rows = st.lists(_rows(table, is_odd=is_odd), max_size=3)
        changes[table] = {"created": draw(rows), "updated": draw(rows), "deleted": draw(st.lists(_IDS, max_size=2))}
    return changes


class _Twins:
    """Two databases with the same past. What one reads the fast way, the other reads the patient way."""

    def __init__(self, one: Database, other: Database) -> None:
        self.one, self.other = one, other

    def push(self, changes: dict[str, Any], mark: int) -> None:
        fast = json.dumps(changes).encode()
        patient = json.dumps({**changes, "peers": "\0"}).encode()  # only the patient way reads an escaped NUL
        assert not any(
            isinstance(row, TypedRow) for table in parse_changeset(patient).tables.values() for row in table.upserts
        )
        results = [push_body(self.one, fast, "nurse", mark), push_body(self.other, patient, "nurse", mark)]
        assert results[0] == results[1]

    def forget_all(self) -> None:
        for database in (self.one, self.other):
            with database.write() as transaction:
                for table in (*RECORD_TABLES.values(), RECORD_HISTORY, OUTBOX, RECORD_COUNTS):
                    transaction.run(table.delete())
                transaction.run(SERVER_CLOCK.update().values(last_stamp=START_MS))


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Twins]:
    folders: list[Path] = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")]
    stores = [open_store(folder, KEY, AdjustableClock(START_MS)) for folder in folders]
    yield _Twins(stores[0].database, stores[1].database)
    for store in stores:
        store.database.close()


def _meaning(database: Database) -> dict[str, list[Any]]:
    """All that is stored; the order of columns inside a document means nothing."""
    return {
        name: sorted((tuple(map(_sorted_text, row)) for row in rows), key=repr)
        for name, rows in contents(database).items()
    }


def _sorted_text(value: Any) -> Any:
    is_document = isinstance(value, str) and value.startswith("{")
    return json.dumps(json.loads(value), sort_keys=True) if is_document else value


@settings(max_examples=examples(40), deadline=None)
@given(pushes=st.lists(_pushes(), min_size=1, max_size=3), is_unknown=st.booleans())
def test_both_ways_to_read_a_push_end_in_the_same(
    twins: _Twins, pushes: list[dict[str, Any]], is_unknown: bool
) -> None:
    twins.forget_all()
    for changes in pushes:
        # Mark 0 proves nothing; the mark of the last stamp says the phone has seen everything.
        twins.push(changes, 0 if is_unknown else START_MS + 10_000)
        assert _meaning(twins.one) == _meaning(twins.other)


def test_the_private_columns_of_a_row_read_the_fast_way_are_not_stored(database: Database) -> None:
    body = (
        b'{"patients": {"created": [{"id": "a", "given_name": "x", "_status": "created", "_changed": "given_name"}]}}'
    )
    assert isinstance(parse_changeset(body).tables["patients"].upserts[0], TypedRow)
    push_body(database, body, "nurse", 0)
    assert stored(database, "patients", "a").data == {"id": "a", "given_name": "x"}


@pytest.mark.parametrize("name", [table.name for table in CATALOGUE.values() if table.phones_may_write])
def test_every_column_of_every_table_can_be_read_the_fast_way(name: str) -> None:
    values = {
        ColumnType.TEXT: "x",
        ColumnType.JSON: "{}",
        ColumnType.DATE: "2000-01-31",
        ColumnType.NUMBER: 1.5,
        ColumnType.TIME: 5,
        ColumnType.BOOLEAN: True,
    }
    row = {"id": "a", **{column.name: values[column.type] for column in CATALOGUE[name].columns.values()}}
    read = getattr(push_decoder().decode(json.dumps({name: {"created": [row]}})), name)
    assert plain_row(read.created[0]) == row


@pytest.mark.parametrize(
    "row",
    [
        {"id": "a", "given_name": 5},
        {"id": "a", "given_name": None},
        {"id": "a", "is_deleted": 1},
        {"id": "a", "created_at": "5"},
        {"id": "a", "shoe_size": 43},
        {"id": "a", "date_of_birth": "2000-01-31T00:00:00Z"},
        {"id": ""},
        {},
    ],
)
def test_whatever_is_out_of_the_ordinary_is_left_to_the_patient_way(row: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        push_decoder().decode(json.dumps({"patients": {"created": [row]}}))
