"""The client on bad lines: broken, slow, idle, cut, encrypted wrongly, led astray by the settings of a computer."""

from __future__ import annotations

import gzip
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from db.errors import CloudFailure, CloudInterrupted, CloudNotTrusted, CloudOffline, NotTheCloud
from kiosk.cloud.client import KEEP_ALIVE_MS, CloudClient, Patience
from kiosk.cloud.reply_stream import PulledRow
from tests.fakes.certificates import DAY, certificate_file, server_side
from tests.fakes.clock import AdjustableClock
from tests.fakes.raw_http import RawHttpServer, Script, Visit, chunked, head, raw, reply, reset_after, silent_after
from tests.kiosk.cloud.clouds import (
    CHANGES,
    DEVICE,
    KEY,
    PORTAL,
    REPLY,
    ROW,
    SHORT,
    SUCCESS,
    cloud,
    failure_of_pull,
    failure_of_push,
)


@pytest.mark.parametrize(
    "script",
    [
        raw(b""),
        reset_after(b""),
        silent_after(b""),
        raw(b"HTTP/1.1 200 OK\r\nContent-"),
        silent_after(b"HTTP/1.1 200 OK\r\nContent-"),
        raw(head(200, "Content-Type: application/json", "Content-Length: 16") + b'{"succ'),
        reset_after(head(200, "Content-Type: application/json", "Content-Length: 16") + b'{"succ'),
        silent_after(head(200, "Content-Type: application/json", "Content-Length: 16") + b'{"succ'),
    ],
)
def test_a_line_that_breaks_before_the_end_of_an_answer_is_an_interruption(script: Script) -> None:
    failure = failure_of_push(script, SHORT)
    assert (type(failure), failure.context["phase"]) == (CloudInterrupted, "push")
    assert type(failure_of_pull(script, SHORT)) is CloudInterrupted


CODED = head(200, "Content-Type: application/json", "Transfer-Encoding: chunked")
PART = b"%x\r\n%s\r\n" % (len(REPLY) - 9, REPLY[:-9])


@pytest.mark.parametrize("ending", [raw, reset_after, silent_after])
@pytest.mark.parametrize("data", [CODED + PART, CODED + PART[:-20], CODED + PART + b"9", CODED + PART + b"0\r\n\r\n"])
def test_a_pull_that_breaks_off_is_never_complete(ending: Any, data: bytes) -> None:
    with cloud(ending(data), patience=SHORT) as (client, _), client.pull(0) as answer:
        found: list[PulledRow] = []
        with pytest.raises(CloudInterrupted):
            for row in answer:
                found.append(row)
        assert found in ([], [PulledRow("patients", "created", ROW)])
        assert not answer.is_complete


def test_a_pull_of_unknown_length_that_ends_early_is_an_interruption() -> None:
    assert type(failure_of_pull(raw(head(200, "Content-Type: application/json") + REPLY[:-1]))) is CloudInterrupted


def test_a_packed_pull_that_is_spoilt_is_an_interruption() -> None:
    packed = bytearray(gzip.compress(REPLY))
    packed[len(packed) // 2] ^= 0xFF
    failure = failure_of_pull(chunked([bytes(packed)], "Content-Encoding: gzip"))
    assert isinstance(failure, CloudInterrupted | NotTheCloud)


@pytest.mark.parametrize(
    "noise", [b"SSH-2.0-OpenSSH_9.6\r\n", b"220 mail.example ESMTP\r\n", b"\x15\x03\x01\x00\x02\x02\x16"]
)
def test_what_does_not_speak_http_is_not_the_cloud(noise: bytes) -> None:
    assert type(failure_of_push(raw(noise + b"\r\n"))) is NotTheCloud


def test_where_nobody_listens_the_computer_is_offline() -> None:
    with RawHttpServer(SUCCESS) as server:
        url = server.url
    with CloudClient(url, KEY, AdjustableClock()) as client:
        for ask in (client.verify_key, lambda: client.pull(0), lambda: client.push(CHANGES)):
            with pytest.raises(CloudOffline) as caught:
                ask()
            assert caught.value.status is None


def test_a_connection_lost_while_sending_is_an_interruption() -> None:
    def hang_up(visit: Visit) -> None:
        visit.read(10)
        visit.reset()

    with cloud(hang_up) as (client, _), pytest.raises(CloudInterrupted):
        client.push({"patients": {"created": [{"id": "a", "notes": "x" * 20_000_000}]}})


def test_a_slow_line_may_take_longer_for_a_body_than_for_a_connection() -> None:
    """What is sent at once by the library must be sent within ``connect_s``: so it is sent piece by piece."""
    pause = threading.Event()

    def slow(visit: Visit) -> None:
        while visit.read(300_000):
            pause.wait(0.05)
        visit.send(head(200, "Content-Type: application/json", "Content-Length: 16") + b'{"success":true}')

    patience = Patience(connect_s=1.0, read_s=30.0)
    with RawHttpServer(slow, receive_buffer=64 * 1024) as server:
        with CloudClient(server.url, KEY, AdjustableClock(), patience) as client:
            client.push({"patients": {"created": [{"id": "a", "notes": "x" * 16_000_000}]}})
        assert len(server.requests[0].body) > 16_000_000


def test_an_idle_connection_is_dropped_before_the_cloud_drops_it() -> None:
    clock = AdjustableClock()
    with RawHttpServer(SUCCESS) as server, CloudClient(server.url, KEY, clock) as client:
        client.push({})
        clock.advance(KEEP_ALIVE_MS)
        client.push({})
        assert server.connections == 1
        clock.advance(KEEP_ALIVE_MS + 1)
        client.push({})
        assert server.connections == 2


def test_a_pull_that_took_long_leaves_a_connection_that_is_not_idle() -> None:
    clock = AdjustableClock()
    with RawHttpServer(chunked([REPLY]), SUCCESS) as server, CloudClient(server.url, KEY, clock) as client:
        with client.pull(0) as answer:
            clock.advance(60_000)
            assert len(list(answer)) == 1
        client.push({})
        assert server.connections == 1


def test_nothing_is_sent_a_second_time_by_itself() -> None:
    with cloud(SUCCESS, reset_after(b""), SUCCESS) as (client, server):
        client.push({})
        with pytest.raises(CloudInterrupted):
            client.push(CHANGES)
        assert len(server.requests) == 2


def test_no_cookie_is_kept() -> None:
    with cloud(reply(200, b'{"success":true}', "application/json", "Set-Cookie: a=b; Path=/")) as (client, server):
        client.push({})
        client.push({})
        assert "cookie" not in server.requests[1].headers


def test_another_thread_stops_what_is_under_way_and_what_comes() -> None:
    asked = threading.Event()

    def never(visit: Visit) -> None:
        asked.set()
        visit.fall_silent()
        visit.close()

    with cloud(never) as (client, _):

        def stop_once_asked() -> None:
            assert asked.wait(30)
            client.stop()

        stopper = threading.Thread(target=stop_once_asked)
        stopper.start()
        for _ in range(2):
            with pytest.raises(CloudInterrupted):
                client.push(CHANGES)
        stopper.join()


@pytest.mark.parametrize(
    ("wrong", "number"),
    [({}, 18), ({"ends": -DAY / 2}, 10), ({"starts": DAY / 2}, 9), ({"address": "192.0.2.7"}, 64)],
    ids=["unknown root", "expired", "not valid yet", "for another"],
)
def test_a_certificate_that_is_not_right_lets_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], number: int
) -> None:
    file = certificate_file(tmp_path, **wrong)
    if wrong:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with RawHttpServer(SUCCESS, tls=server_side(file)) as server:
        with CloudClient(server.url, KEY, AdjustableClock()) as client, pytest.raises(CloudNotTrusted) as caught:
            client.push(CHANGES)
        assert caught.value.context == {"phase": "push", "verify_code": number}
        assert server.requests == []


def test_over_a_connection_that_can_be_trusted_a_push_goes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate_file(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with RawHttpServer(SUCCESS, tls=server_side(file)) as server:
        with CloudClient(server.url, KEY, AdjustableClock()) as client:
            client.push(CHANGES)
        assert len(server.requests) == 1


def test_a_server_without_encryption_where_there_should_be_one_is_not_trusted() -> None:
    with RawHttpServer(SUCCESS, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        url = f"https://127.0.0.1:{server.port}"
        with CloudClient(url, KEY, AdjustableClock()) as client, pytest.raises(CloudNotTrusted):
            client.push(CHANGES)


def test_no_netrc_file_decides_who_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(file))
    with cloud(SUCCESS, reply(200, json.dumps(DEVICE).encode())) as (client, server):
        client.push({})
        client.verify_key()
        assert [request.headers.get("authorization") for request in server.requests] == [f"Bearer {KEY}", None]


def test_a_proxy_of_the_system_is_used_and_its_own_words_are_not_the_clouds(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawHttpServer(reply(407, PORTAL, "text/html")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with CloudClient("http://localhost:9", KEY, AdjustableClock()) as client, pytest.raises(NotTheCloud):
            client.push(CHANGES)
        assert proxy.requests[0].target.startswith("http://localhost:9/api/v2/sync")


def test_a_proxy_that_is_no_address_is_a_failure_without_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://")
    with CloudClient("https://cloud.invalid", KEY, AdjustableClock()) as client, pytest.raises(CloudFailure) as caught:
        client.push(CHANGES)
    assert type(caught.value) is CloudFailure
