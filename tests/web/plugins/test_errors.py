"""The HTTP edge: whatever goes wrong, one shape comes out, and nothing about anybody."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bottle import Bottle, HTTPError, HTTPResponse

from db.errors import DiskFull, HubError, InvalidInput, StorageBusy
from tests.web.listener import RawReply, ask, listening
from web.i18n import load_catalogue
from web.plugins.errors import ErrorPlugin

SECRET = "Amal Haddad"


def raising(error: Exception) -> Callable[[], str]:
    def callback() -> str:
        raise error

    return callback


def failing_stream() -> Iterator[bytes]:
    raise ValueError(SECRET)
    yield b""


def recursing() -> str:
    return recursing()


ROUTES: dict[str, Callable[[], Any]] = {
    "/input": raising(InvalidInput(path="patients.created[0].id")),
    "/busy": raising(StorageBusy()),
    "/full": raising(DiskFull()),
    "/hub": raising(HubError()),
    "/value": raising(ValueError(SECRET)),
    "/key": raising(KeyError(SECRET)),
    "/os": raising(OSError(5, SECRET)),
    "/recursion": recursing,
    "/stream": failing_stream,
    "/bottle": raising(HTTPError(404, SECRET)),
    "/teapot": raising(HTTPError(418, SECRET)),
    "/kind": lambda: object(),
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = Bottle()
    ErrorPlugin(load_catalogue()).install(app)
    for path, callback in ROUTES.items():
        app.route(path, "GET", callback)
    app.route("/fine", "GET", raising(HTTPResponse("fine", status=202)))  # type: ignore[arg-type]
    with listening(app) as port:
        yield port


def get(port: int, path: str, *headers: str, method: str = "GET") -> RawReply:
    return ask(port, "\r\n".join([f"{method} {path} HTTP/1.1", *headers, "", ""]).encode("latin-1"))


STATUSES = {
    "/input": (400, "invalid_input"),
    "/busy": (503, "storage_busy"),
    "/full": (507, "disk_full"),
    "/hub": (500, "internal"),
    "/value": (500, "internal"),
    "/key": (500, "internal"),
    "/os": (500, "internal"),
    "/recursion": (500, "internal"),
    "/stream": (500, "internal"),
    "/kind": (500, "internal"),
    "/bottle": (404, "not_found"),
    "/nowhere": (404, "not_found"),
    "/%ff%fe": (404, "not_found"),
    "//": (404, "not_found"),
}


@pytest.mark.parametrize(("path", "expected"), STATUSES.items())
def test_every_failure_is_answered_with_its_status_and_code_as_json(
    port: int, path: str, expected: tuple[int, str]
) -> None:
    reply = get(port, path)
    body = json.loads(reply.body)
    assert (reply.status, body["code"]) == expected
    assert reply.headers["content-type"] == "application/json"
    assert body["error"] == body["message"]
    assert body["request_id"] == reply.headers["x-request-id"]


@pytest.mark.parametrize("path", ROUTES)
def test_no_answer_holds_the_text_of_an_exception(port: int, path: str) -> None:
    assert SECRET.encode() not in get(port, path).body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_wrong_method_is_told_so(port: int, method: str) -> None:
    reply = get(port, "/input", method=method)
    assert (reply.status, json.loads(reply.body)["code"]) == (405, "method_not_allowed")
    assert reply.headers["content-type"] == "application/json"
    assert "GET" in reply.headers["allow"]


@pytest.mark.parametrize(
    ("accepts", "sentence"),
    [
        ("en", "There is no such thing here"),
        ("es-MX,es;q=0.9,en;q=0.1", "Aquí no existe"),
        ("ar", "لا يوجد"),
        ("fr, ar;q=0.5", "لا يوجد"),
        ("xx", "There is no such thing here"),
        (";;;q=,,", "There is no such thing here"),
    ],
)
def test_the_sentence_is_in_the_language_of_the_client(port: int, accepts: str, sentence: str) -> None:
    body = json.loads(get(port, "/nowhere", f"Accept-Language: {accepts}").body)
    translator = load_catalogue().translator({"A": "es", "ل": "ar"}.get(sentence[0], "en"))
    assert body["message"] == translator.error("not_found")


def test_an_answer_that_is_no_error_passes(port: int) -> None:
    assert get(port, "/fine").status == 202


def test_what_nobody_foresaw_is_logged_with_its_id(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        reply = get(port, "/value")
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [f"request {reply.headers['x-request-id']} failed"]
    assert all(record.exc_info for record in caplog.records)


def test_what_fails_while_an_answer_begins_is_logged_too(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        get(port, "/stream")
    assert len(caplog.records) == 1


def test_an_expected_error_is_not_logged_as_a_fault(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        get(port, "/input")
        get(port, "/nowhere")
    assert caplog.records == []
