"""The client against a server that answers byte for byte as the cloud was seen to, or as others do in its place."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator

import psutil
import pytest

from db.errors import (
    CloudFailure,
    CloudInterrupted,
    CloudInTrouble,
    CloudKeyRefused,
    CloudPushAborted,
    CloudPushTooLarge,
    CloudRateLimited,
    InvalidInput,
    NotTheCloud,
)
from kiosk import __version__
from kiosk.cloud.client import LONGEST_ANSWER, CloudClient, CloudDevice, why_unauthorized
from kiosk.cloud.reply_stream import PulledRow
from tests.fakes.clock import AdjustableClock
from tests.fakes.raw_http import RawHttpServer, Script, Visit, chunked, head, raw, reply, reset_after, silent_after
from tests.kiosk.cloud.clouds import (
    CHANGES,
    CLINIC,
    DATE,
    DATE_MS,
    DEVICE,
    KEY,
    MARK,
    PORTAL,
    REPLY,
    ROW,
    SHORT,
    SUCCESS,
    UNAUTHORIZED,
    cloud,
    failure_of_pull,
    failure_of_push,
    pulled,
)


def test_verify_key_tells_whose_the_key_is() -> None:
    with cloud(reply(200, json.dumps(DEVICE).encode())) as (client, server):
        assert client.verify_key() == CloudDevice(str(DEVICE["id"]), "hub-a", (CLINIC,), "sync_hub", "active")
        (request,) = server.requests
        assert (request.method, request.path) == ("POST", "/api/hub/verify-key")
        assert json.loads(request.body) == {"api_key": KEY}
        assert "authorization" not in request.headers


def test_a_device_without_clinics_has_none() -> None:
    for nothing in ([], None):
        with cloud(reply(200, json.dumps({**DEVICE, "clinic_ids": nothing, "name": None}).encode())) as (client, _):
            assert client.verify_key().clinic_ids == ()


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"id":5,"name":"x","clinic_ids":[]}', b'{"id":"a"', PORTAL])
def test_an_answer_that_is_no_device_is_not_the_cloud(body: bytes) -> None:
    with cloud(reply(200, body)) as (client, _), pytest.raises(NotTheCloud):
        client.verify_key()


def test_a_pull_asks_with_its_key_and_mark_and_gives_rows_and_the_next_mark() -> None:
    with cloud(chunked([REPLY[:20], REPLY[20:]], DATE)) as (client, server):
        with client.pull(1_795_000_000_000) as answer:
            assert answer.server_date_ms == DATE_MS
            assert list(answer) == [PulledRow("patients", "created", ROW)]
            assert (answer.is_complete, answer.timestamp, answer.received_bytes) == (True, MARK, len(REPLY))
        (request,) = server.requests
        assert (request.method, request.path) == ("GET", "/api/v2/sync")
        assert request.query == {"lastPulledAt": "1795000000000", "peerType": "sync_hub"}
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["user-agent"] == f"hikma-local-server/{__version__}"


def test_the_mark_of_a_pull_is_not_to_be_had_before_its_end() -> None:
    with cloud(chunked([REPLY])) as (client, _), client.pull(0) as answer:
        next(iter(answer))
        assert not answer.is_complete
        with pytest.raises(ValueError):
            _ = answer.timestamp


def test_a_packed_reply_is_unpacked() -> None:
    with cloud(chunked([gzip.compress(REPLY)], "Content-Encoding: gzip")) as (client, _):
        assert pulled(client) == [PulledRow("patients", "created", ROW)]


@pytest.mark.slow
def test_a_large_pull_takes_no_more_memory_than_a_small_one() -> None:
    row = json.dumps({**ROW, "form_data": [{"id": str(number), "value": "نعم"} for number in range(12)]}).encode()
    megabyte = b",".join([row] * (1_000_000 // len(row)))

    def pieces() -> Iterator[bytes]:
        yield b'{"success":true,"changes":{"events":{"created":[' + megabyte
        for _ in range(199):
            yield b"," + megabyte
        yield b'],"updated":[],"deleted":[]}},"timestamp":5}'

    process = psutil.Process()
    with cloud(chunked(pieces())) as (client, _), client.pull(0) as answer:
        rows = iter(answer)
        next(rows)
        before = most = process.memory_info().rss
        for number, _row in enumerate(rows):
            if number % 5000 == 0:
                most = max(most, process.memory_info().rss)
        assert answer.timestamp == 5
        assert answer.received_bytes > 199_000_000
        assert most - before < 40_000_000


def test_a_pull_that_is_left_early_ends_the_connection() -> None:
    def endless() -> Iterator[bytes]:
        yield REPLY[: REPLY.index(b"]")]
        while True:
            yield b"," + json.dumps(ROW).encode()

    with cloud(chunked(endless())) as (client, server):
        with client.pull(0) as answer:
            next(iter(answer))
        assert server.wait_for_end_of_connection()


def test_a_push_sends_the_bare_tables() -> None:
    with cloud(reply(200, b'{"success":true}', "application/json", DATE)) as (client, server):
        answer = client.push(CHANGES)
        (request,) = server.requests
        assert (request.method, request.path, request.query) == ("POST", "/api/v2/sync", {"peerType": "sync_hub"})
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["content-type"] == "application/json"
        assert json.loads(request.body) == CHANGES
        assert (answer.sent_bytes, answer.server_date_ms) == (len(request.body), DATE_MS)


def test_a_push_tells_how_long_it_took() -> None:
    clock = AdjustableClock()

    def slow(visit: Visit) -> None:
        clock.advance(2_500)
        SUCCESS(visit)

    with RawHttpServer(slow) as server, CloudClient(server.url, KEY, clock) as client:
        assert client.push({}).duration_ms == 2_500


def test_an_answer_without_a_date_has_none() -> None:
    with cloud(SUCCESS) as (client, _):
        assert client.push({}).server_date_ms is None


def test_section_2_a_500_is_an_ended_push() -> None:
    body = b'{"status":500,"unhandled":true,"message":"HTTPError"}'
    failure = failure_of_push(reply(500, body, "application/json;charset=UTF-8"))
    assert (type(failure), str(failure)) == (CloudPushAborted, "cloud_push_aborted (phase=push, status=500)")
    assert type(failure_of_pull(reply(500, body))) is CloudInTrouble


def test_section_2_a_200_object_object_is_an_ended_push() -> None:
    assert type(failure_of_push(reply(200, b"[object Object]", "text/plain;charset=UTF-8"))) is CloudPushAborted


def test_section_2_a_429_is_a_wish_to_wait() -> None:
    limited = reply(429, b'{"error":"Too many requests."}', "application/json", "Retry-After: 42")
    for failure in (failure_of_push(limited), failure_of_pull(limited)):
        assert (type(failure), failure.retry_after_s) == (CloudRateLimited, 42)


def test_section_2_a_408_is_an_interruption() -> None:
    assert type(failure_of_push(reply(408, b"", "text/plain", "Connection: close"))) is CloudInterrupted


def test_section_2_a_413_is_too_much_at_once() -> None:
    assert type(failure_of_push(reply(413, b"", "text/plain"))) is CloudPushTooLarge


@pytest.mark.parametrize(
    ("of_verify_key", "meaning"),
    [
        (reply(401, b'{"error":"Invalid API key"}'), CloudKeyRefused),
        (reply(500, b'{"error":"Internal server error"}'), CloudInTrouble),
        (reply(200, json.dumps(DEVICE).encode()), CloudInTrouble),
        (reply(302, PORTAL, "text/html", "Location: http://portal.example/"), NotTheCloud),
        (reset_after(b""), CloudInterrupted),
    ],
)
def test_section_2_verify_key_decides_what_a_401_means(of_verify_key: Script, meaning: type[CloudFailure]) -> None:
    with cloud(UNAUTHORIZED, of_verify_key) as (client, _):
        with pytest.raises(CloudInTrouble) as caught:
            client.push(CHANGES)
        assert caught.value.status == 401
        assert type(why_unauthorized(client)) is meaning


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_anywhere(status: int) -> None:
    with RawHttpServer(SUCCESS) as other:
        for target in (f"{other.url}/api/v2/sync", "/elsewhere"):
            moved = reply(status, PORTAL, "text/html", f"Location: {target}")
            with cloud(moved) as (client, server), pytest.raises(NotTheCloud):
                client.push(CHANGES)
            assert len(server.requests) == 1
        assert other.requests == []


@pytest.mark.parametrize("status", [200, 404, 511])
def test_the_page_of_a_captive_portal_is_not_the_cloud(status: int) -> None:
    assert type(failure_of_pull(reply(status, PORTAL, "text/html; charset=utf-8"))) is NotTheCloud
    assert type(failure_of_push(reply(status, PORTAL, "text/html; charset=utf-8"))) is NotTheCloud


def test_a_page_that_calls_itself_json_is_not_the_cloud() -> None:
    assert type(failure_of_pull(reply(200, PORTAL))) is NotTheCloud
    assert type(failure_of_push(reply(200, PORTAL))) is NotTheCloud


def test_an_endless_answer_to_a_push_is_not_read_to_its_end() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * LONGEST_ANSWER

    assert type(failure_of_push(chunked(endless()))) is NotTheCloud


def test_an_address_or_key_that_cannot_be_used_is_refused_at_once() -> None:
    with pytest.raises(InvalidInput):
        CloudClient("http://cloud.example.org", KEY, AdjustableClock())
    with pytest.raises(InvalidInput) as refusal:
        CloudClient("https://cloud.example.org", f"{KEY}\r\nX: y", AdjustableClock())
    assert KEY not in repr(refusal.value)


def everything_in(error: BaseException | None) -> str:
    """All that a careless log could show of an error: its texts, attributes, and what it came from."""
    shown = ""
    while error is not None:
        shown += f"{error} {error!r} {error.args} {vars(error)} "
        for part in (getattr(error, "request", None), getattr(error, "response", None)):
            shown += f"{vars(part)} " if part is not None else ""
        error = error.__cause__ or error.__context__
    return shown


@pytest.mark.parametrize(
    "script",
    [
        *(raw(b""), reset_after(b""), silent_after(b""), raw(b"SSH-2.0\r\n\r\n"), UNAUTHORIZED),
        *(reply(status, b'{"error":"Leila"}') for status in (200, 302, 400, 404, 408, 413, 429, 500, 503)),
        raw(head(200, "Content-Type: application/json", "Content-Length: 99") + b'{"error":"Leila'),
        reply(200, b"[object Object]", "text/plain"),
    ],
)
def test_neither_key_nor_patient_is_in_any_failure_or_log(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with cloud(script, patience=SHORT) as (client, _):
        for ask in (client.verify_key, lambda: pulled(client), lambda: client.push(CHANGES)):
            with pytest.raises(CloudFailure) as caught:
                ask()
            shown = everything_in(caught.value)
            assert caught.value.code in shown
            assert KEY not in shown
            assert "Leila" not in shown
        assert KEY not in f"{client} {client!r} {vars(client)}"
    assert KEY not in caplog.text
    assert "Leila" not in caplog.text
