"""What a phone sends although a strict reader refuses it is read, in a form that can be stored and sent on."""

from __future__ import annotations

from typing import Any

import pytest

from db.errors import InvalidJson
from db.lenient_json import decode_leniently


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"a": "\ud800"}', {"a": "\ufffd"}),
        (rb'{"\udc00": ["x\ud83d\ude00"]}', {"\ufffd": ["x\U0001f600"]}),
        (b"[1e999, 123456789012345678901234567890]", [None, 123456789012345678901234567890]),
        (b'"\xff"', "\ufffd"),
    ],
)
def test_it_is_mended(body: bytes, expected: Any) -> None:
    assert decode_leniently(body) == expected


@pytest.mark.parametrize("body", [b"", b"{", b"[NaN]", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        decode_leniently(body)
