"""Request headers, read as they were sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bottle import Bottle

from tests.web.listener import ask, listening
from web.headers import header


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = Bottle()
    app.route("/", "GET", lambda: repr(header("X-Test")))
    with listening(app) as port:
        yield port


@pytest.mark.parametrize("value", [b"plain", b"\xc3\xa9", b"\xff\xfe", b"", b"a  b"])
def test_a_header_is_read_byte_by_byte(port: int, value: bytes) -> None:
    reply = ask(port, b"GET / HTTP/1.1\r\nX-Test: " + value + b"\r\n\r\n")
    assert reply.body.decode() == repr(value.decode("latin-1"))


def test_a_header_that_was_not_sent_is_empty(port: int) -> None:
    assert ask(port, b"GET / HTTP/1.1\r\n\r\n").body == b"''"
