"""Each status and body that the cloud gives (CLOUD §2), and what others give in its place, by its meaning."""

from __future__ import annotations

import errno
import socket
import ssl
from http.client import BadStatusLine, IncompleteRead, LineTooLong, RemoteDisconnected

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError
from urllib3.exceptions import SSLError as TlsError

from db.errors import (
    CloudFailure,
    CloudInterrupted,
    CloudInTrouble,
    CloudKeyRefused,
    CloudNotTrusted,
    CloudOffline,
    CloudPushAborted,
    CloudPushTooLarge,
    CloudRateLimited,
    NotTheCloud,
)
from kiosk.cloud.outcome import RATE_WINDOW_S, Answer, Phase, failure_of_answer, failure_of_line

NOW_MS = 1_795_348_800_000  # Sun, 22 Nov 2026 12:00:00 GMT
PHASES: tuple[Phase, ...] = ("verify_key", "pull", "push")
PATIENT = "Leila Haddad"
UNHANDLED = b'{"status":500,"unhandled":true,"message":"HTTPError"}'
HTML = b"<!DOCTYPE html><html><title>Hikma Health EHR</title></html>"


def answer(phase: Phase, status: int, body: bytes = b"", kind: str = "application/json", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(phase, status, {"content-type": kind, **named}, body)


def meaning(given: Answer) -> CloudFailure:
    return failure_of_answer(given, NOW_MS)


@pytest.mark.parametrize("phase", ["pull", "push"])
def test_section_2_a_401_leaves_open_whether_it_is_the_key(phase: Phase) -> None:
    failure = meaning(answer(phase, 401, b'{"error":"Unauthorized"}'))
    assert (type(failure), failure.status) == (CloudInTrouble, 401)


def test_section_2_verify_key_knows_a_refused_key_from_a_cloud_in_trouble() -> None:
    assert type(meaning(answer("verify_key", 401, b'{"error":"Invalid API key"}'))) is CloudKeyRefused
    assert type(meaning(answer("verify_key", 400, b'{"error":"Missing or invalid api_key"}'))) is CloudKeyRefused
    assert type(meaning(answer("verify_key", 500, b'{"error":"Internal server error"}'))) is CloudInTrouble


@pytest.mark.parametrize("phase", PHASES)
def test_a_401_that_is_not_in_the_clouds_words_is_no_word_about_the_key(phase: Phase) -> None:
    assert type(meaning(answer(phase, 401, HTML, "text/html"))) is NotTheCloud
    assert type(meaning(answer(phase, 401, b""))) is NotTheCloud


def test_section_2_a_500_ends_a_push_and_is_trouble_of_a_pull() -> None:
    kind = "application/json;charset=UTF-8"
    assert type(meaning(answer("push", 500, UNHANDLED, kind))) is CloudPushAborted
    assert type(meaning(answer("pull", 500, UNHANDLED, kind))) is CloudInTrouble


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_500_of_what_stands_before_the_cloud_blames_no_record(status: int) -> None:
    assert type(meaning(answer("push", status, HTML, "text/html"))) is CloudInTrouble


def test_section_2_a_200_that_says_object_object_has_ended_the_push() -> None:
    failure = meaning(answer("push", 200, b"[object Object]", "text/plain;charset=UTF-8"))
    assert (type(failure), failure.status) == (CloudPushAborted, 200)


def test_a_200_that_says_no_success_has_ended_the_push() -> None:
    assert type(meaning(answer("push", 200, b'{"success":false}'))) is CloudPushAborted
    assert type(meaning(answer("push", 200, b'{"success":"true"}'))) is CloudPushAborted


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[object Object]", "application/json"),
        (b"[object Array]", "text/plain"),
        (b'{"success":true}', "text/plain"),
        (b"{}", "application/json"),
        (b"[]", "application/json"),
        (b"true", "application/json"),
        (b'{"success":tr', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xff", "application/json"),
        (b"", "application/json"),
        (HTML, "text/html; charset=utf-8"),
    ],
)
def test_a_200_that_is_no_word_of_the_clouds_is_somebody_elses(body: bytes, kind: str) -> None:
    assert type(meaning(answer("push", 200, body, kind))) is NotTheCloud


@pytest.mark.parametrize("phase", PHASES)
def test_a_200_whose_head_was_cut_off_is_an_interruption(phase: Phase) -> None:
    assert type(meaning(Answer(phase, 200, {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}))) is CloudInterrupted


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 403, 404, 405, 407, 410, 451, 511])
def test_redirects_pages_of_a_portal_and_unknown_addresses_are_not_the_cloud(phase: Phase, status: int) -> None:
    assert type(meaning(answer(phase, status, HTML, "text/html"))) is NotTheCloud


@pytest.mark.parametrize("phase", ["pull", "push"])
def test_section_2_a_429_says_when_to_come_back(phase: Phase) -> None:
    body = b'{"error":"Too many requests. Please try again later."}'
    failure = meaning(answer(phase, 429, body, retry_after="17"))
    assert (type(failure), failure.status, failure.retry_after_s) == (CloudRateLimited, 429, 17)
    assert meaning(answer(phase, 429, body)).retry_after_s == RATE_WINDOW_S


def test_a_moment_to_come_back_is_counted_by_the_clock_of_who_names_it() -> None:
    late = {"date": "Sun, 22 Nov 2026 15:00:00 GMT", "retry_after": "Sun, 22 Nov 2026 15:00:40 GMT"}
    assert meaning(answer("pull", 503, **late)).retry_after_s == 40
    assert meaning(answer("pull", 503, retry_after="Sun, 22 Nov 2026 12:00:30 GMT")).retry_after_s == 30
    assert meaning(answer("pull", 503)).retry_after_s is None


def test_section_2_a_408_is_a_line_that_was_too_slow() -> None:
    assert type(meaning(answer("push", 408))) is CloudInterrupted


def test_section_2_a_push_may_be_too_large_and_nothing_else_can() -> None:
    assert type(meaning(answer("push", 413, HTML, "text/html"))) is CloudPushTooLarge
    assert type(meaning(answer("pull", 413, HTML, "text/html"))) is NotTheCloud


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 408, 413, 429, 500, 503])
def test_no_failure_keeps_a_text_of_the_other_side(phase: Phase, status: int) -> None:
    body = f'{{"error":"{PATIENT}","success":"{PATIENT}"}}'.encode()
    failure = meaning(answer(phase, status, body, location=f"https://x.example/{PATIENT}", retry_after=PATIENT))
    assert PATIENT not in f"{failure} {failure!r} {failure.context} {failure.args}"
    assert (failure.context["phase"], failure.status) == (phase, status)


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
RESET = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
UNKNOWN_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
BAD_CERTIFICATE = ssl.SSLCertVerificationError(1, "certificate verify failed")
WRONG_VERSION = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")


def wrapped(error: Exception) -> requests.RequestException:
    """As requests gives what happened while a connection was made or used."""
    if isinstance(error, ssl.SSLError):
        return requests.exceptions.SSLError(MaxRetryError(None, "/", TlsError(error)))  # type: ignore[arg-type]
    made = NewConnectionError(HTTPConnection("cloud"), "failed")
    made.__cause__ = error
    return requests.ConnectionError(MaxRetryError(None, "/", made))  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [REFUSED, UNKNOWN_NAME, TimeoutError(), ssl.SSLEOFError(8, "EOF")])
def test_without_a_connection_the_computer_is_offline_and_nothing_was_sent(error: Exception) -> None:
    assert type(failure_of_line(wrapped(error), "push", was_connected=False)) is CloudOffline


@pytest.mark.parametrize("error", [RESET, RemoteDisconnected("closed"), IncompleteRead(b"half"), TimeoutError()])
def test_once_connected_nobody_knows_what_arrived(error: Exception) -> None:
    broken = requests.ConnectionError(ProtocolError("Connection aborted.", error))
    assert type(failure_of_line(broken, "push", was_connected=True)) is CloudInterrupted


@pytest.mark.parametrize("was_connected", [True, False])
def test_a_certificate_that_cannot_be_trusted_is_named_by_its_number(was_connected: bool) -> None:
    BAD_CERTIFICATE.verify_code = 10
    failure = failure_of_line(wrapped(BAD_CERTIFICATE), "pull", was_connected=was_connected)
    assert (type(failure), failure.context) == (CloudNotTrusted, {"phase": "pull", "verify_code": 10})


def test_who_speaks_something_other_than_tls_is_not_trusted() -> None:
    assert type(failure_of_line(wrapped(WRONG_VERSION), "pull", was_connected=False)) is CloudNotTrusted


@pytest.mark.parametrize("error", [BadStatusLine("SSH-2.0"), LineTooLong("header line")])
def test_who_speaks_something_other_than_http_is_not_the_cloud(error: Exception) -> None:
    broken = requests.ConnectionError(ProtocolError("Connection aborted.", error))
    assert type(failure_of_line(broken, "pull", was_connected=True)) is NotTheCloud


def test_settings_that_make_a_request_impossible_are_a_failure_without_a_class() -> None:
    failure = failure_of_line(requests.exceptions.InvalidProxyURL("x"), "pull", was_connected=False)
    assert type(failure) is CloudFailure
