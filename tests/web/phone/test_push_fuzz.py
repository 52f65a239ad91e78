"""Any push at all: mutated documents and mutated bytes, with one oracle (nothing breaks, nothing is stored by half)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.catalogue import CATALOGUE, ColumnType
from tests.examples import examples
from tests.web.phone.store_contents import contents, stored, what_a_phone_could_not_take
from tests.web.phones_listener import PhonesListener

PATHS = st.sampled_from(["/sync", "/api/v2/sync"])
IDS = st.sampled_from(["a", "b", "c", "é", " "])
WRITABLE = [name for name, table in CATALOGUE.items() if table.phones_may_write]
ALL_NAMES = [*CATALOGUE, "event_logs", "peers", "toys", ""]
GOOD: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.TEXT: st.text(max_size=5),
    ColumnType.JSON: st.sampled_from(["{}", "[]", "null", ""]),
    ColumnType.DATE: st.sampled_from(["", "1990-02-28"]),
    ColumnType.NUMBER: st.integers(0, 500),
    ColumnType.TIME: st.integers(0, 2_000_000_000_000),
    ColumnType.BOOLEAN: st.booleans(),
}
surrogates = st.text(st.characters(exclude_categories=()), max_size=6)
names = surrogates.filter(lambda name: name != "id")
numbers = (
    st.integers()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.sampled_from([2**53, 2**63, 2**64, -(2**63), 1e308])
)
dates = st.sampled_from(["2025-01-31T10:00:00Z", "0000-00-00", "9999-12-31T23:59:59-23:59", "1e9", "tomorrow"])
scalars = st.none() | st.booleans() | numbers | surrogates | dates
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(surrogates, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def rows(draw: st.DrawFn, table: str) -> dict[str, Any]:
    """A row as a phone holds it, some of whose columns are anything."""
    row: dict[str, Any] = {"id": draw(IDS), "_status": "created", "_changed": ""}
    for column in draw(st.lists(st.sampled_from(list(CATALOGUE[table].columns.values())), max_size=5)):
        row[column.name] = draw(GOOD[column.type] | junk if draw(st.booleans()) else GOOD[column.type])
    if draw(st.booleans()):
        row[draw(names | st.sampled_from(["_changed", "_status", "deleted_at", "id2"]))] = draw(junk)
    return row


@st.composite
def pushes(draw: st.DrawFn) -> dict[str, Any]:
    """A push of the right shape."""
    push: dict[str, Any] = {}
    for table in draw(st.lists(st.sampled_from(WRITABLE), max_size=3, unique=True)):
        deleted = st.lists(IDS | rows(table), max_size=2)
        lists = {"created": st.lists(rows(table), max_size=3), "updated": st.lists(rows(table), max_size=2)}
        push[table] = {name: draw(values) for name, values in {**lists, "deleted": deleted}.items()}
    return push


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a document."""
    found = [path]
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        found += places(value, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A push with a few things in it replaced, taken away, doubled or put under another name."""
    document: Any = draw(pushes())
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from([place for place in places(document) if place] or [(None,)]))
        if last is None:
            return draw(junk)
        parent = document
        for key in way:
            parent = parent[key]
        match draw(st.sampled_from(["replace", "remove", "double", "rename"])):
            case "replace":
                parent[last] = draw(junk)
            case "remove":
                del parent[last]
            case "double" if isinstance(parent, list):
                parent.append(parent[last])
            case _ if isinstance(parent, dict):
                parent[draw(surrogates | st.sampled_from(ALL_NAMES))] = parent.pop(last)
    return document


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    """The text of a push, cut and with bytes changed."""
    text = bytearray(json.dumps(draw(pushes())).encode())
    for _ in range(draw(st.integers(1, 4))):
        text[draw(st.integers(0, len(text) - 1))] = draw(st.integers(0, 255))
    return bytes(text[: draw(st.integers(1, len(text)))] if draw(st.booleans()) else text)


def must_survive(phones: PhonesListener, path: str, body: bytes, mark: int) -> None:
    """The oracle."""
    before = contents(phones.database)
    answer = phones.push(body, mark, path=path)
    if answer.status == 200:
        assert answer.json == {}
    else:
        assert answer.status == 400
        assert answer.json["code"] in ("invalid_json", "invalid_input")
        assert answer.json["error"] == answer.json["message"]
        assert isinstance(answer.json["path"], str)
        assert contents(phones.database) == before
    pulled = phones.pull(path=path, schema_version="9")
    assert what_a_phone_could_not_take(pulled) == []
    assert (
        phones.push({"visits": {"created": [{"id": "after"}], "updated": [], "deleted": []}}, path=path).status == 200
    )
    assert stored(phones.database, "visits", "after") is not None


FUZZ = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MARKS = st.sampled_from([0, 1, 1_760_000_000_000, 2**60])


@pytest.mark.slow
@FUZZ
@given(document=pushes(), path=PATHS, mark=MARKS)
def test_every_push_of_the_right_shape_is_taken(
    standing_phones: PhonesListener, document: Any, path: str, mark: int
) -> None:
    body = json.dumps(document).encode()
    must_survive(standing_phones, path, body, mark)
    if b"NaN" in body or b"Infinity" in body:  # which is not JSON
        return
    assert standing_phones.push(body, mark, path=path).status == 200
    for table, lists in document.items():
        for row in (*lists["created"], *lists["updated"]):
            assert stored(standing_phones.database, table, row["id"]) is not None


@pytest.mark.slow
@FUZZ
@given(document=mutated(), path=PATHS, mark=MARKS)
def test_a_mutated_push_is_taken_or_refused_whole(
    standing_phones: PhonesListener, document: Any, path: str, mark: int
) -> None:
    must_survive(standing_phones, path, json.dumps(document).encode(), mark)


@pytest.mark.slow
@FUZZ
@given(body=mutated_bytes(), path=PATHS, mark=MARKS)
def test_mutated_bytes_are_taken_or_refused_whole(
    standing_phones: PhonesListener, body: bytes, path: str, mark: int
) -> None:
    must_survive(standing_phones, path, body, mark)
