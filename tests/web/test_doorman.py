"""Slow clients wait at the door: they hold up no worker, and not for ever."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest

from db.errors import HubError
from tests.polling import eventually
from tests.web.listener import GET, QUICK, RawClient, answer_ok, ask, listening
from tests.web.test_arriving import CHUNKED, PARTS, POST
from web.arriving import SMALL_BODY_BYTES
from web.body import BodyReader
from web.server import most_connections
from web.watchdog import Patience, Watchdog

WORKERS = 2
CROWD = 50
SMALL = POST + b"Content-Length: 2\r\n\r\n{}"


def reading(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """An application that reads a small body before it answers, as a sign-in does."""
    with suppress(HubError):
        BodyReader(SMALL_BODY_BYTES, Watchdog(QUICK)).read(environ)
    return answer_ok(environ, start_response)


STALLED = {
    "silent": b"",
    **PARTS,
    "waits for leave to send": POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
    "half a request after a whole one": GET + GET[:10],
    "a large body that nobody reads": POST + b"Content-Length: 1000000000\r\n\r\n",
    "a body of large chunks": CHUNKED + (b"400\r\n" + b"a" * 1024 + b"\r\n") * 31,
    "a body of tiny chunks": CHUNKED + b"1\r\na\r\n" * SMALL_BODY_BYTES,
}


@pytest.mark.parametrize("sent", STALLED.values(), ids=STALLED.keys())
def test_a_crowd_that_stalls_holds_up_nobody(sent: bytes) -> None:
    patient = Watchdog(Patience(headers_s=60, linger_s=60))
    with listening(reading, patient, workers=WORKERS) as port:
        crowd = [RawClient(port) for _ in range(CROWD)]
        for client in crowd:
            with suppress(OSError):  # refused meanwhile
                client.send(sent)
        for _ in range(3):
            assert ask(port, GET).body == b"ok"
        for client in crowd:
            client.close()


def test_who_stalls_too_long_is_told_so_and_cut_off() -> None:
    with listening(reading, workers=WORKERS) as port:
        crowd = [RawClient(port) for _ in range(20)]
        for client in crowd:
            client.send(POST + b"Content-Length: 2\r\n\r\n{")
        for client in crowd:
            reply = client.reply()
            assert (reply.status, json.loads(reply.body)["code"]) == (408, "invalid_input")
            assert client.rest() == b""


def test_who_is_slow_but_in_time_is_served() -> None:
    with listening(reading, Watchdog(), workers=WORKERS) as port, RawClient(port) as client:
        for position in range(len(SMALL)):
            client.send(SMALL[position : position + 1])
        assert client.reply().body == b"ok"


def test_a_small_request_in_two_parts_is_served_at_once() -> None:
    with listening(reading, workers=WORKERS) as port, RawClient(port) as client:
        for _ in range(5):
            client.send(POST + b"Content-Length: 2\r\n\r\n")
            client.send(b"{}")
            assert client.reply().body == b"ok"


def test_what_is_sent_ahead_waits_for_its_end() -> None:
    with listening(reading, workers=WORKERS) as port, RawClient(port) as client:
        client.send(GET + SMALL[:-1])
        assert client.reply().body == b"ok"
        client.send(SMALL[-1:] + GET)
        assert [client.reply().body for _ in range(2)] == [b"ok", b"ok"]


def test_leave_to_send_a_body_is_given_once_and_only_to_who_waits_for_it() -> None:
    asking = POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with listening(reading, workers=WORKERS) as port, RawClient(port) as client:
        client.send(asking)
        assert client.receive(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"{}")
        assert client.receive(1000).startswith(b"HTTP/1.1 200")
    with listening(reading, workers=WORKERS) as port, RawClient(port) as client:
        client.send(asking + b"{}")
        assert client.receive(1000).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_nothing_but_framing_is_refused() -> None:
    with listening(reading, Watchdog(), workers=WORKERS) as port, RawClient(port) as client:
        client.send(STALLED["a body of tiny chunks"])
        assert client.reply().status == 413


def test_when_the_door_is_crowded_newcomers_get_in_and_the_oldest_are_sent_away() -> None:
    patient = Watchdog(Patience(headers_s=60))
    with listening(reading, patient, workers=WORKERS) as port:
        crowd = [RawClient(port) for _ in range(most_connections() // 2 + 5)]
        for client in crowd:
            client.send(GET[:-1])
        assert crowd[0].rest() == b""
        assert ask(port, GET).body == b"ok"
        crowd[-1].send(GET[-1:])
        assert crowd[-1].reply().body == b"ok"
        for client in crowd:
            client.close()


def test_those_at_the_door_do_not_outlive_a_stop() -> None:
    before = threading.active_count()
    with listening(reading, Watchdog(), workers=WORKERS) as port:
        client = RawClient(port)
        client.send(POST)
        assert ask(port, GET).body == b"ok"
    assert client.rest() == b""
    client.close()
    eventually(lambda: threading.active_count() <= before)  # threads of others may end meanwhile
