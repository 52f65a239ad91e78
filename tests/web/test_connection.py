"""Requests as they come off the wire: what is served, refused, and cut off."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from typing import Any

import pytest

from tests.web.listener import GET, QUICK, RawClient, answer_ok, ask, listening
from web.server import HEADER_BYTES
from web.watchdog import Patience, Watchdog

REFUSAL_KEYS = {"code", "error", "message", "request_id", "path"}


def echo_length(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Reads the whole body and tells its length."""
    length = environ.get("CONTENT_LENGTH")
    received = environ["wsgi.input"].read(int(length) if length else 10_000_000)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(received)).encode()]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(answer_ok) as port:
        yield port


@pytest.fixture(scope="module")
def echo_port() -> Iterator[int]:
    with listening(echo_length) as port:
        yield port


CHUNKED = b"Transfer-Encoding: chunked\r\n"
REFUSED = {
    "no HTTP at all": b"hello\r\n\r\n",
    "a line without its return": b"GET / HTTP/1.1\n\n",
    "an unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a length that is no number": b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "a length with a sign": b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na",
    "a length with an underscore": b"POST / HTTP/1.1\r\nContent-Length: 1_0\r\n\r\n0123456789",
    "two ways to say the length": b"POST / HTTP/1.1\r\nContent-Length: 3\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "an unknown transfer coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks before they were invented": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a lower-case method": b"get / HTTP/1.1\r\n\r\n",
    "an absolute address": b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
    "a tunnel": b"CONNECT elsewhere:443 HTTP/1.1\r\n\r\n",
    "headers that are too long": b"GET / HTTP/1.1\r\nA: " + b"x" * HEADER_BYTES + b"\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\n" + b"A: bcdefgh\r\n" * (HEADER_BYTES // 10) + b"\r\n",
    "an address that is too long": b"GET /" + b"x" * HEADER_BYTES + b" HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_parsed_is_refused_in_the_shape_of_every_error(port: int, request_bytes: bytes) -> None:
    reply = ask(port, request_bytes)
    assert 400 <= reply.status < 600
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["connection"] == "close"
    body = json.loads(reply.body)
    assert body.keys() <= REFUSAL_KEYS
    assert body["code"] in ("invalid_input", "internal")
    assert body["error"] == body["message"] != ""
    assert ask(port, GET).status == 200


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [(REFUSED["headers that are too long"], 413), (REFUSED["an address that is too long"], 414)],
)
def test_what_is_too_long_is_told_with_its_own_status(port: int, request_bytes: bytes, status: int) -> None:
    assert ask(port, request_bytes).status == status


def test_several_requests_share_a_connection(port: int) -> None:
    with RawClient(port) as client:
        for _ in range(3):
            client.send(GET)
            assert client.reply().body == b"ok"


def test_requests_sent_ahead_are_all_answered_in_order(echo_port: int) -> None:
    with RawClient(echo_port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" * 3)
        assert [client.reply().body for _ in range(3)] == [b"3", b"3", b"3"]


def test_a_connection_goes_on_after_a_chunked_body_that_was_read_with_its_trailers(echo_port: int) -> None:
    chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nX-Trailer: 1\r\n\r\n"
    with RawClient(echo_port) as client:
        client.send(chunked)
        assert client.reply().body == b"4"
        client.send(chunked)
        assert client.reply().body == b"4"


UNREAD = {
    "of a known length": b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(GET) + GET,
    "in chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(GET), GET),
}


@pytest.mark.parametrize("request_bytes", UNREAD.values(), ids=UNREAD.keys())
def test_a_body_that_nobody_read_is_never_taken_for_a_request(port: int, request_bytes: bytes) -> None:
    with RawClient(port) as client:
        client.send(request_bytes)
        reply = client.reply()
        assert (reply.status, reply.headers["connection"]) == (200, "close")
        assert client.rest() == b""


def test_the_answer_reaches_a_client_that_first_sends_a_large_body_to_its_end(port: int) -> None:
    """Closing while the client still sends would reset the connection, and the client would never see why."""
    size = 30_000_000
    with RawClient(port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
        assert client.reply().body == b"ok"


def test_an_unread_body_without_end_is_cut_off(port: int) -> None:
    with RawClient(port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n")
        assert client.reply().body == b"ok"
        with pytest.raises(OSError):
            for _ in range(10_000_000):
                client.send(bytes(1000))


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(echo_port: int) -> None:
    with RawClient(echo_port) as client:
        client.send(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert client.receive(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"abc")
        assert client.reply().body == b"3"


def test_an_old_client_is_answered_and_its_connection_closed(port: int) -> None:
    with RawClient(port) as client:
        client.send(b"GET / HTTP/1.0\r\n\r\n")
        assert client.reply().body == b"ok"
        assert client.rest() == b""


def test_headers_that_come_drop_by_drop_are_cut_off_while_others_are_served() -> None:
    with listening(answer_ok, workers=2) as port, RawClient(port) as slow, pytest.raises(OSError):
        for position in range(100_000):
            slow.send(b"G" if position else b"GET /")
            assert ask(port, GET).status == 200


def test_clients_that_connect_and_say_nothing_hold_up_nobody() -> None:
    with listening(answer_ok, workers=2) as port:
        silent = [RawClient(port) for _ in range(30)]
        assert ask(port, GET).status == 200
        for client in silent:
            client.close()


def test_an_application_that_fails_in_mid_answer_leaves_an_answer_without_end(caplog: pytest.LogCaptureFixture) -> None:
    def failing(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        raise ValueError("a patient's name")

    with listening(failing) as port, RawClient(port) as client, caplog.at_level(logging.ERROR):
        client.send(GET)
        with pytest.raises(HTTPException):
            client.reply()
    assert [record.getMessage() for record in caplog.records] == ["a connection failed"]


def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """cheroot and Bottle write tracebacks there, whose texts may quote what was sent."""

    def failing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.errors"].write("a patient's name")
        raise ValueError("a patient's name")

    with listening(failing) as port:
        assert ask(port, GET).status == 500
    captured = capfd.readouterr()
    assert "patient" not in captured.out + captured.err


def test_a_slow_request_is_not_cut_off_while_the_application_works() -> None:
    def slow(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        entered.set()
        released.wait(10)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    entered, released = threading.Event(), threading.Event()
    patience = Patience(headers_s=0.05, look_every_s=0.01)
    with listening(slow, Watchdog(patience)) as port, RawClient(port) as client:
        client.send(GET)
        assert entered.wait(10)
        threading.Timer(0.3, released.set).start()
        assert client.reply().body == b"ok"


def test_the_quick_limits_of_these_tests_are_shorter_than_the_real_ones() -> None:
    real = Patience()
    assert (QUICK.headers_s, QUICK.receive_s, QUICK.send_s) < (real.headers_s, real.receive_s, real.send_s)
