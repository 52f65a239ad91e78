"""Every answer carries the id of its request."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bottle import Bottle, HTTPResponse

from db.errors import NotFound
from tests.web.listener import RawReply, ask, listening
from web.i18n import load_catalogue
from web.plugins.errors import ErrorPlugin
from web.plugins.request_id import RequestIdPlugin


def fail() -> str:
    raise NotFound


def break_down() -> str:
    raise ValueError


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = Bottle()
    ErrorPlugin(load_catalogue()).install(app)
    app.install(RequestIdPlugin())
    app.route("/text", "GET", lambda: "text")
    app.route("/stream", "GET", lambda: iter([b"a", b"b"]))
    app.route("/object", "GET", lambda: HTTPResponse("body", status=201))
    app.route("/fail", "GET", fail)
    app.route("/break", "GET", break_down)
    with listening(app) as port:
        yield port


def get(port: int, path: str, method: str = "GET") -> RawReply:
    return ask(port, f"{method} {path} HTTP/1.1\r\n\r\n".encode())


@pytest.mark.parametrize("path", ["/text", "/stream", "/object", "/fail", "/break", "/nowhere"])
def test_every_answer_has_an_id(port: int, path: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", get(port, path).headers["x-request-id"])


def test_a_wrong_method_has_one_too(port: int) -> None:
    assert get(port, "/text", "DELETE").headers["x-request-id"]


def test_no_two_requests_have_the_same(port: int) -> None:
    ids = {get(port, "/text").headers["x-request-id"] for _ in range(20)}
    assert len(ids) == 20


@pytest.mark.parametrize("path", ["/fail", "/break", "/nowhere"])
def test_the_id_in_an_error_is_the_one_in_the_header(port: int, path: str) -> None:
    reply = get(port, path)
    assert f'"request_id":"{reply.headers["x-request-id"]}"'.encode() in reply.body
