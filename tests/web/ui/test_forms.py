"""Reading forms off the wire: bounded, strict, in memory."""

from __future__ import annotations

import io
from typing import Any

import pytest

from db.errors import InvalidInput, TooLarge
from web.ui.forms import BODY_LIMIT, read_form


def environ(body: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    } | changes


def test_fields_are_decoded_and_empty_ones_kept() -> None:
    body = b"name=%D8%B3%D8%A7%D8%B1%D8%A9+K&email="
    assert read_form(environ(body)) == {"name": "سارة K", "email": ""}


def test_a_charset_beside_the_type_is_fine() -> None:
    content_type = "application/x-www-form-urlencoded; charset=UTF-8"
    assert read_form(environ(b"a=1", CONTENT_TYPE=content_type)) == {"a": "1"}


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_anything_but_a_form_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidInput):
        read_form(environ(b"a=1", CONTENT_TYPE=content_type))


@pytest.mark.parametrize("body", [b"a=%ff%fe", b"\xff=1", b"&".join(b"a=1" for _ in range(60))])
def test_broken_text_and_too_many_fields_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_form(environ(body))


@pytest.mark.parametrize("length", ["-1", "1e3", "ten", "١٢"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(InvalidInput):
        read_form(environ(b"a=1", CONTENT_LENGTH=length))


def test_a_large_body_is_refused_before_it_is_read() -> None:
    class Untouchable(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the body was read")

    with pytest.raises(TooLarge):
        read_form(environ(b"", CONTENT_LENGTH=str(BODY_LIMIT + 1), **{"wsgi.input": Untouchable()}))


def test_a_chunked_body_is_read_to_its_end_and_no_further_than_the_limit() -> None:
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert read_form(environ(b"a=1", **chunked)) == {"a": "1"}
    with pytest.raises(TooLarge):
        read_form(environ(b"a=" + b"x" * BODY_LIMIT, **chunked))


def test_without_a_length_nothing_is_read() -> None:
    assert read_form(environ(b"a=1", CONTENT_LENGTH="")) == {}


def test_a_body_that_ends_early_is_taken_as_far_as_it_came() -> None:
    assert read_form(environ(b"a=1", CONTENT_LENGTH="10")) == {"a": "1"}
