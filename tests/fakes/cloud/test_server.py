"""The double's HTTP: statuses, odd requests, and everything that may go wrong with a connection (CLOUD §1, §2)."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Call, Cloud, Fault, Moment, Settings, running_cloud
from tests.fakes.cloud.asking import DONE, PATIENT, SERVER_ERROR, SYNC, Answer, Asking, created, hub, record
from tests.fakes.cloud.organisation import CLINIC_A, EMAILS, HUB, PASSWORD, PROVIDER

VERIFY = "/api/hub/verify-key"
PUSH = f"{SYNC}?peerType=sync_hub"
A_PATIENT = json.dumps(created(("patients", record("patients")))).encode()
PATIENCE_S = 30


def verify(asking: Asking, api_key: str) -> Answer:
    return asking.ask("POST", VERIFY, json.dumps({"api_key": api_key}).encode())


def connected(cloud: Cloud) -> socket.socket:
    address = urlsplit(cloud.url)
    return socket.create_connection((address.hostname or "", address.port or 0), PATIENCE_S)


def head_of_push(cloud: Cloud, length: int) -> bytes:
    lines = (f"POST {PUSH} HTTP/1.1", "Host: x", f"Authorization: Bearer {cloud.api_key}", f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def read_to_end(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


# What is said


def test_a_key_is_verified_without_showing_its_hash(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §1."""
    answer = verify(asking, cloud.api_key)
    assert (answer.status, answer.body["id"], answer.body["clinic_ids"]) == (200, HUB, [CLINIC_A])
    assert "api_key_hash" not in answer.body


def test_a_deleted_hub_is_unknown_everywhere(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §1, §2."""
    cloud.delete("devices", HUB)
    assert verify(asking, cloud.api_key).outcome == (401, {"error": "Invalid API key"})
    assert asking.push({}).outcome == (401, {"error": "Unauthorized"})


def test_while_the_database_is_down_only_verify_key_tells_it_from_a_wrong_key(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §2 [180, 182, 183]."""
    cloud.change(is_database_down=True)
    assert asking.push({}).outcome == (401, {"error": "Unauthorized"})
    assert verify(asking, cloud.api_key).outcome == (500, {"error": "Internal server error"})
    credentials = json.dumps({"email": EMAILS[PROVIDER], "password": PASSWORD}).encode()
    assert asking.ask("POST", "/api/login", credentials).outcome == (401, {})
    cloud.change(is_database_down=False)
    assert asking.push({}).outcome == (200, DONE)


@pytest.mark.parametrize("authorization", ["bearer {key}", "Bearer  {key}", "{key}", "Basic {key}", ""])
def test_the_schemes_word_is_taken_literally(cloud: Cloud, authorization: str) -> None:
    """CLOUD §1."""
    assert Asking(cloud.url, authorization.format(key=cloud.api_key)).push({}).status == 401


def test_a_key_without_its_peer_type_is_no_key(cloud: Cloud) -> None:
    """CLOUD §1."""
    assert Asking(cloud.url, f"Bearer {cloud.api_key}", is_hub=False).push({}).status == 401


@pytest.mark.parametrize("body", [b"", b"null", b"{bad", b"NaN", gzip.compress(b"{}", mtime=0), b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_server_error_never_a_400(asking: Asking, body: bytes) -> None:
    """CLOUD §1, §2 [120 to 122]: compression is not known."""
    answer = asking.ask("POST", PUSH, body)
    assert answer.outcome == (500, SERVER_ERROR)
    assert answer.headers["content-length"] == "53"


def test_the_type_of_a_body_is_not_looked_at(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §1."""
    assert asking.ask("POST", PUSH, A_PATIENT, Content_Type="text/plain").outcome == (200, DONE)
    assert len(cloud.rows("patients")) == 1


def test_answers_are_never_compressed(asking: Asking) -> None:
    """CLOUD §1."""
    answer = asking.ask("GET", PUSH, Accept_Encoding="gzip")
    assert (answer.status, answer.headers.get("content-encoding")) == (200, None)


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", SYNC, 200), ("GET", VERIFY, 200), ("GET", "/x", 404)])
def test_other_methods_and_paths_give_pages_of_the_web_app(asking: Asking, method: str, path: str, status: int) -> None:
    """CLOUD §1."""
    answer = asking.ask(method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.body.startswith("<!DOCTYPE html>")


def test_a_trailing_slash_changes_nothing(asking: Asking) -> None:
    """CLOUD §1."""
    assert asking.ask("POST", f"{SYNC}/?peerType=sync_hub", b"{}").outcome == (200, DONE)


# How much


@pytest.fixture
def limited(clock: AdjustableClock) -> Iterator[Cloud]:
    with running_cloud(clock, Settings()) as cloud:
        yield cloud


def test_the_61st_request_in_a_minute_is_turned_away_until_the_first_is_a_minute_old(
    limited: Cloud, clock: AdjustableClock
) -> None:
    """CLOUD §2: pulls and pushes share a sliding window; refused requests do not lengthen it."""
    asking = hub(limited.url, limited.api_key)
    asking.pull()
    clock.advance(20_000)
    for _ in range(59):
        assert asking.push({}).status == 200
    for _ in range(2):
        refused = asking.push({})
        assert refused.outcome == (429, {"error": "Too many requests. Please try again later."})
        assert refused.headers["retry-after"] == "40"
    clock.advance(40_000)
    assert asking.push({}).status == 200
    assert asking.push({}).status == 429


def test_requests_count_by_their_first_forwarded_address_and_before_anybody_asks_who_they_are(
    limited: Cloud, clock: AdjustableClock
) -> None:
    """CLOUD §2; verify-key is not limited."""
    nobody = Asking(limited.url, "Bearer nobody")
    for _ in range(60):
        assert nobody.ask("GET", PUSH, X_Forwarded_For="198.51.100.7, 10.0.0.1").status == 401
    assert nobody.ask("GET", PUSH, X_Forwarded_For="198.51.100.7").status == 429
    assert nobody.ask("GET", PUSH).status == 401
    for _ in range(61):
        assert verify(nobody, limited.api_key).status == 200


# Connections


def test_a_connection_serves_one_request_after_the_other(cloud: Cloud) -> None:
    """CLOUD §2: keep-alive."""
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc, timeout=PATIENCE_S)
    sockets = set()
    for _ in range(3):
        connection.request("POST", PUSH, b"{}", {"Authorization": f"Bearer {cloud.api_key}"})
        response = connection.getresponse()
        assert (response.read(), response.getheader("Keep-Alive")) == (b'{"success":true}', "timeout=5")
        sockets.add(connection.sock)
    connection.close()
    assert len(sockets) == 1


def test_an_idle_connection_is_closed(cloud: Cloud) -> None:
    """CLOUD §2: keep-alive idle timeout."""
    cloud.change(keep_alive_s=0.01)
    with connected(cloud) as connection:
        connection.sendall(head_of_push(cloud, 2) + b"{}")
        assert read_to_end(connection).endswith(b"0\r\n\r\n")


def test_a_body_in_chunks_is_read(cloud: Cloud, asking: Asking) -> None:
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {cloud.api_key}"}
    connection.request("POST", PUSH, iter((A_PATIENT[:100], A_PATIENT[100:])), headers, encode_chunked=True)
    assert connection.getresponse().read() == b'{"success":true}'
    connection.close()
    assert len(cloud.rows("patients")) == 1


def test_a_body_that_is_too_slow_is_answered_408_and_the_connection_ends(cloud: Cloud) -> None:
    """CLOUD §2."""
    cloud.change(body_timeout_s=0.05)
    with connected(cloud) as connection:
        connection.sendall(head_of_push(cloud, len(A_PATIENT)) + A_PATIENT[:-1])
        answer = read_to_end(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nConnection: close\r\n" in answer
    assert cloud.rows("patients") == []


def test_of_a_body_that_ends_too_early_nothing_is_applied(cloud: Cloud) -> None:
    """CLOUD §2."""
    with connected(cloud) as connection:
        connection.sendall(head_of_push(cloud, len(A_PATIENT) + 1) + A_PATIENT)
        connection.shutdown(socket.SHUT_WR)
        assert read_to_end(connection) == b""
    assert cloud.rows("patients") == []
    assert cloud.received == []


def test_a_push_goes_on_after_its_client_has_gone(cloud: Cloud) -> None:
    """CLOUD §2: client disconnect does not stop a push."""
    is_reached, may_go_on, is_done = threading.Event(), threading.Event(), threading.Event()

    def watch(moment: Moment, table: str, sent: Any) -> None:
        is_last = sent["id"] != PATIENT
        if moment is Moment.AFTER and is_last:
            is_done.set()
        elif moment is Moment.BEFORE and not is_last:
            is_reached.set()
            may_go_on.wait(PATIENCE_S)

    cloud.watch_records(watch)
    other = record("patients", id="0f000000-0000-4000-8000-00000000000f")
    body = json.dumps(created(("patients", record("patients")), ("patients", other))).encode()
    with connected(cloud) as connection:
        connection.sendall(head_of_push(cloud, len(body)) + body)
        assert is_reached.wait(PATIENCE_S)
    may_go_on.set()
    assert is_done.wait(PATIENCE_S)
    assert len(cloud.rows("patients")) == 2


def test_the_same_push_four_times_at_once_stores_each_record_once(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §2."""
    outcomes: list[int] = []
    body = created(*(("patients", record("patients", id=f"0b000000-0000-4000-8000-{n:012d}")) for n in range(50)))
    threads = [threading.Thread(target=lambda: outcomes.append(asking.push(body).status)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert outcomes == [200] * 4
    assert len(cloud.rows("patients")) == 50


def test_while_it_is_offline_connections_are_refused_and_then_it_is_there_again(cloud: Cloud, asking: Asking) -> None:
    cloud.go_offline()
    with pytest.raises(ConnectionRefusedError):
        asking.pull()
    cloud.go_online()
    assert asking.pull()["success"] is True


# Faults


@pytest.mark.parametrize(
    ("fault", "status", "content_type"),
    [
        (Fault.SERVER_ERROR, 500, "application/json;charset=UTF-8"),
        (Fault.TOO_MANY_REQUESTS, 429, "application/json"),
        (Fault.UNAUTHORIZED, 401, "application/json"),
        (Fault.REQUEST_TIMEOUT, 408, None),
        (Fault.BAD_GATEWAY, 502, "text/html"),
        (Fault.CAPTIVE_PORTAL, 200, "text/html; charset=utf-8"),
        (Fault.PORTAL_REDIRECT, 302, "text/html; charset=utf-8"),
    ],
)
def test_an_answer_can_be_replaced_and_then_nothing_is_applied(
    cloud: Cloud, asking: Asking, fault: Fault, status: int, content_type: str | None
) -> None:
    cloud.fail(fault, Call.PUSH)
    answer = asking.ask("POST", PUSH, A_PATIENT)
    assert (answer.status, answer.headers.get("content-type")) == (status, content_type)
    assert cloud.rows("patients") == []
    assert asking.create("patients") == (200, DONE)


@pytest.mark.parametrize("fault", [Fault.DISCONNECT, Fault.REPLY_LOST, Fault.APPLIED_LATE])
def test_a_connection_can_end_without_an_answer(cloud: Cloud, asking: Asking, fault: Fault) -> None:
    """CLOUD §2: whether the push was applied is not to be seen."""
    cloud.fail(fault)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        asking.create("patients")
    assert len(cloud.rows("patients")) == (1 if fault is Fault.REPLY_LOST else 0)
    assert cloud.apply_late_pushes() == (1 if fault is Fault.APPLIED_LATE else 0)
    assert len(cloud.rows("patients")) == (0 if fault is Fault.DISCONNECT else 1)
    assert [each.status for each in cloud.received] == [None]


def test_an_answer_can_end_in_the_middle_of_its_json(cloud: Cloud, asking: Asking) -> None:
    cloud.fail(Fault.TRUNCATED_JSON, Call.PULL)
    with pytest.raises(json.JSONDecodeError):
        asking.pull()


@pytest.mark.parametrize("details", [{}, {"cut_after": 100}, {"cut_after": 0}])
def test_an_answer_can_be_reset_in_the_middle(cloud: Cloud, asking: Asking, details: dict[str, int]) -> None:
    cloud.fail(Fault.RESET_IN_REPLY, Call.PULL, **details)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        asking.pull()


@pytest.mark.parametrize("is_only_slow", [False, True])
def test_a_server_can_hang_or_be_slow_until_it_is_stopped(clock: AdjustableClock, is_only_slow: bool) -> None:
    with running_cloud(clock) as cloud:
        if is_only_slow:
            cloud.change(latency_ms=3_600_000)
        else:
            cloud.fail(Fault.HANG, Call.VERIFY_KEY)
        with connected(cloud) as connection:
            connection.sendall(f"POST {VERIFY} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            connection.settimeout(0.1)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            cloud.stop()
            connection.settimeout(PATIENCE_S)
            assert is_only_slow or read_to_end(connection) == b""


def test_faults_can_wait_repeat_and_be_called_off(cloud: Cloud, asking: Asking) -> None:
    cloud.fail(Fault.SERVER_ERROR, Call.PUSH, after=1, times=2)
    assert [asking.push({}).status for _ in range(4)] == [200, 500, 500, 200]
    cloud.keep_failing(Fault.TOO_MANY_REQUESTS, retry_after_s=7)
    assert [asking.push({}).headers["retry-after"] for _ in range(3)] == ["7"] * 3
    assert verify(asking, cloud.api_key).status == 200
    cloud.heal()
    assert asking.push({}).status == 200
