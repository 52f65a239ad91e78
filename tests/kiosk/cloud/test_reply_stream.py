"""A reply read in pieces gives what it gives when read at once; a cut or wrong one is known for what it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import CloudFailure, CloudInterrupted, NotTheCloud
from kiosk.cloud import reply_stream
from kiosk.cloud.reply_stream import PulledRow, read_reply

MARK = 1_795_355_051_089
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=12) | st.sampled_from(
    ['"', "\\", '\\"', "{", "}", "[", "]", ",", ":", "لا أعرف", "\u2028", "\0", "🩺"]
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
rows = st.dictionaries(texts, values, max_size=4)
tables = st.fixed_dictionaries(
    {
        "created": st.lists(rows, max_size=3),
        "updated": st.lists(rows, max_size=2),
        "deleted": st.lists(texts, max_size=2),
    }
)
names = st.sampled_from(["patients", "events", "undefined", "", 'a"b']) | texts
layouts = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r\n ")])


@st.composite
def shuffled(draw: st.DrawFn, members: dict[str, Any]) -> dict[str, Any]:
    return {name: members[name] for name in draw(st.permutations(list(members)))}


@st.composite
def replies(draw: st.DrawFn) -> dict[str, Any]:
    """Replies with their keys in any order, and some that nobody knows yet."""
    changes = {
        name: draw(shuffled({**table, **draw(st.dictionaries(st.just("notes"), values, max_size=1))}))
        for name, table in draw(st.dictionaries(names, tables, max_size=3)).items()
    }
    whole = {"success": True, "changes": changes, "timestamp": draw(st.integers(1, 2**53))}
    return draw(shuffled({**whole, **draw(st.dictionaries(st.just("more"), values, max_size=1))}))


def written(reply: Any, layout: tuple[str, str] = (",", ":"), *, is_ascii: bool = False) -> bytes:
    return json.dumps(reply, ensure_ascii=is_ascii, separators=layout).encode("utf-8", "surrogatepass")


def cut_at(text: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def read(pieces: Iterable[bytes]) -> tuple[list[PulledRow], int]:
    found: list[PulledRow] = []
    stream = read_reply(pieces)
    while True:
        try:
            found.append(next(stream))
        except StopIteration as end:
            return found, end.value


def expected(text: bytes) -> tuple[list[PulledRow], int]:
    reply = json.loads(text)
    return [
        PulledRow("devices" if table == "undefined" else table, kind, row)
        for table, lists in reply["changes"].items()
        for kind in lists
        if kind in ("created", "updated", "deleted")
        for row in lists[kind]
    ], reply["timestamp"]


@given(replies(), layouts, st.booleans(), st.lists(st.integers(0), max_size=8))
def test_any_reply_in_any_pieces_gives_what_it_gives_at_once(
    reply: dict[str, Any], layout: tuple[str, str], is_ascii: bool, places: list[int]
) -> None:
    text = written(reply, layout, is_ascii=is_ascii)
    assert read(cut_at(text, places)) == expected(text)


@given(replies(), st.booleans())
def test_a_reply_that_comes_byte_by_byte_gives_the_same(reply: dict[str, Any], is_ascii: bool) -> None:
    text = written(reply, is_ascii=is_ascii)
    assert read([text[at : at + 1] for at in range(len(text))]) == expected(text)


@given(replies(), st.integers(0), st.lists(st.integers(0), max_size=3))
def test_any_cut_reply_is_known_as_cut(reply: dict[str, Any], length: int, places: list[int]) -> None:
    text = written(reply)
    with pytest.raises(CloudInterrupted):
        read(cut_at(text[: length % len(text)], places))


@given(replies(), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=3))
def test_a_spoilt_reply_is_refused_or_still_a_reply(reply: dict[str, Any], spots: list[tuple[int, int]]) -> None:
    text = bytearray(written(reply))
    for place, byte in spots:
        text[place % len(text)] = byte
    try:
        _, mark = read([bytes(text)])
    except CloudFailure:
        return
    understood = json.loads(text.decode("utf-8", "replace"))
    assert (understood["success"], understood["timestamp"]) == (True, mark)


def whole(changes: str, rest: str = f'"success":true,"timestamp":{MARK}') -> bytes:
    return f'{{{rest},"changes":{changes}}}'.encode()


def test_the_devices_of_section_3_are_found_under_their_wrong_name() -> None:
    text = whole('{"undefined":{"created":[{"id":"a"}],"updated":[],"deleted":["b"]}}')
    assert read([text]) == ([PulledRow("devices", "created", {"id": "a"}), PulledRow("devices", "deleted", "b")], MARK)


def test_a_row_is_given_before_the_next_has_arrived() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"changes":{"visits":{"created":[{"id":"a"},'
        raise AssertionError("asked for more than it needs")

    assert next(read_reply(pieces())) == PulledRow("visits", "created", {"id": "a"})


@pytest.mark.parametrize("broken", [b"\\ud83d", b"\xff"])
def test_a_broken_letter_does_not_stop_a_pull(broken: bytes) -> None:
    (row,), _ = read([whole('{"visits":{"created":[{"id":"a","b":"x?"}]}}').replace(b"?", broken)])
    assert row.value == {"id": "a", "b": "x\ufffd"}


@pytest.mark.parametrize(
    "text",
    [
        b"<!DOCTYPE html><html>",
        b"[]",
        b"null",
        b"{}",
        b"{bad",
        b'{"error":"Unauthorized"}',
        b'{"status":500,"unhandled":true,"message":"HTTPError"}',
        whole("{}", '"success":false,"timestamp":5'),
        whole("{}", '"success":1,"timestamp":5'),
        whole("{}", '"success":true'),
        whole("{}", '"success":true,"timestamp":null'),
        whole("{}", '"success":true,"timestamp":"5"'),
        whole("{}", '"success":true,"timestamp":5.5'),
        whole("{}", '"success":true,"timestamp":true'),
        whole("{}", '"success":true,"timestamp":0'),
        b'{"success":true,"timestamp":5}',
        whole("null"),
        whole("[]"),
        whole('{"visits":null}'),
        whole('{"visits":[]}'),
        whole('{"visits":{"created":null}}'),
        whole('{"visits":{"created":{}}}'),
        whole('{"visits":{"created":[null]}}'),
        whole('{"visits":{"created":["a"]}}'),
        whole('{"visits":{"deleted":[{"id":"a"}]}}'),
        whole('{"visits":{"deleted":[5]}}'),
        whole('{"visits":{"created":[{"id":"a"},]}}'),
        whole('{"visits":{"created":[{"id":"a"} {"id":"b"}]}}'),
        whole('{"visits":{"created":[{"id":NaN}]}}'),
        whole('{"visits":{"created":[{"id":[}]}]}}'),
        whole('{"visits":{"created":[{"id":' + "[" * 100_000 + "]" * 100_000 + "}]}}"),
        whole("{5:{}}"),
        whole('{"visits" {}}'),
        whole("{}") + b"{}",
        whole("{}") + b"\0",
    ],
)
def test_what_is_no_reply_of_the_cloud_is_refused(text: bytes) -> None:
    with pytest.raises(NotTheCloud) as refusal:
        read([text])
    assert str(refusal.value) == "not_the_cloud (phase=pull)"


def test_an_empty_answer_is_a_cut_one() -> None:
    with pytest.raises(CloudInterrupted):
        read([])


def test_white_space_after_the_end_is_nothing() -> None:
    assert read([whole("{}"), b"\r\n", b"", b" "]) == ([], MARK)


def test_a_row_of_64_megabytes_is_taken_whole() -> None:
    piece = 'é"\\'.encode() * 20_000
    escaped = json.dumps(piece.decode(), ensure_ascii=False).encode()[1:-1]

    def pieces() -> Iterator[bytes]:
        yield b'{"success":true,"timestamp":5,"changes":{"events":{"created":[{"id":"a","form_data":["'
        for _ in range(64_000_000 // len(escaped)):
            yield escaped
        yield b'"]},{"id":"b"}]}}}'

    (large, small), _ = read(pieces())
    assert large.value["form_data"][0] == piece.decode() * (64_000_000 // len(escaped))
    assert small.value == {"id": "b"}


def test_a_value_without_end_is_given_up() -> None:
    received = 0

    def pieces() -> Iterator[bytes]:
        nonlocal received
        yield b'{"changes":{"visits":{"created":[{"id":"'
        while True:
            received += 1_000_000
            yield b"x" * 1_000_000

    with pytest.raises(NotTheCloud):
        list(read_reply(pieces()))
    assert received <= reply_stream.LARGEST_VALUE + 2_000_000
