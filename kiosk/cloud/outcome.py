"""What an answer of the cloud, or the lack of one, means: every failure by its class (CLOUD §2).

Knows nothing of requests. Reads texts of the cloud, keeps none: they may quote a record, or come from a stranger.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import BadStatusLine, LineTooLong, RemoteDisconnected, UnknownProtocol
from typing import Any, Final, Literal

import msgspec

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
from kiosk.cloud.backoff import read_http_date, read_retry_after

Phase = Literal["verify_key", "pull", "push"]
ITEM_FAILED: Final = b"[object Object]"
"""The whole body, as text/plain with status 200, when an operation on prescription_items failed (CLOUD §2)."""
RATE_WINDOW_S: Final = 60


@dataclass(frozen=True)
class Answer:
    """An answer whose head, and body unless it is the rows of a pull, has arrived. Names of headers in lower case."""

    phase: Phase
    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_json(self) -> bool:
        """Whether it calls itself JSON."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"

    @property
    def date_ms(self) -> int | None:
        """The sender's clock, exact to a second."""
        return read_http_date(self.headers.get("date"))

    def document(self) -> dict[str, Any] | None:
        """The object in the body; None when there is no such thing."""
        if not self.is_json:
            return None
        try:
            document = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return document if isinstance(document, dict) else None


def failure_of_answer(answer: Answer, now_ms: int) -> CloudFailure:
    """What an answer means that is not the one hoped for. ``now_ms``: our clock, for an answer without a date."""
    kind = _kind_of_answer(answer)
    context: dict[str, str | int] = {"phase": answer.phase, "status": answer.status}
    now = answer.date_ms if answer.date_ms is not None else now_ms
    wish_s = read_retry_after(answer.headers.get("retry-after"), now)
    if kind is CloudRateLimited and wish_s is None:
        wish_s = RATE_WINDOW_S
    if wish_s is not None and kind in (CloudRateLimited, CloudInTrouble):
        context["retry_after_s"] = wish_s
    return kind(**context)


def _kind_of_answer(answer: Answer) -> type[CloudFailure]:
    """A refusal that is not in the cloud's own words is not the cloud's: neither key nor record may suffer for it."""
    document = answer.document()
    match answer.status:
        case 200:
            return _kind_of_success(answer, document)
        case 401 if document is not None:
            return CloudKeyRefused if answer.phase == "verify_key" else CloudInTrouble
        case 400 if document is not None and answer.phase == "verify_key":
            return CloudKeyRefused
        case 408:
            return CloudInterrupted
        case 413 if answer.phase == "push":
            return CloudPushTooLarge
        case 429:
            return CloudRateLimited
        case 500 if document is not None and answer.phase == "push":
            return CloudPushAborted
        case 511:  # "network authentication required": a captive portal that says so
            return NotTheCloud
        case status if status >= 500:
            return CloudInTrouble
    return NotTheCloud


def _kind_of_success(answer: Answer, document: dict[str, Any] | None) -> type[CloudFailure]:
    """Of status 200, but not a success."""
    if "content-type" not in answer.headers:  # its head was cut off, which the library takes for its end
        return CloudInterrupted
    says_no = document is not None and "success" in document
    if answer.phase == "push" and (says_no or (not answer.is_json and answer.body.strip() == ITEM_FAILED)):
        return CloudPushAborted
    return NotTheCloud


def failure_of_line(error: BaseException, phase: Phase, *, was_connected: bool) -> CloudFailure:
    """What it means that no answer came, or not all of it. ``was_connected``: whether a connection was there for it,
    through which the cloud may have got what was sent."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CloudNotTrusted(phase=phase, verify_code=cause.verify_code)
    if was_connected:
        return (NotTheCloud if any(map(_is_no_http, causes)) else CloudInterrupted)(phase=phase)
    if isinstance(error, ValueError):  # nothing was tried: the system's settings name a proxy that is no address
        return CloudFailure(phase=phase)
    return (CloudNotTrusted if any(map(_is_no_tls, causes)) else CloudOffline)(phase=phase)


def _is_no_http(error: BaseException) -> bool:
    """Whether the other side spoke, but not HTTP. The library counts silence as a bad status line too."""
    return isinstance(error, BadStatusLine | LineTooLong | UnknownProtocol) and not isinstance(
        error, RemoteDisconnected
    )


def _is_no_tls(error: BaseException) -> bool:
    """Whether the other side spoke, but nothing that encryption could rest on; not that it, or the line, went away."""
    went_away = ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError
    return isinstance(error, ssl.SSLError) and not isinstance(error, went_away)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps, which libraries put into ``args``, ``reason`` or the cause."""
    yield error
    wrapped = (*error.args, getattr(error, "reason", None), error.__cause__)
    seen: set[int] = set()
    for inner in wrapped:
        if isinstance(inner, BaseException) and id(inner) not in seen:
            seen.add(id(inner))
            yield from _causes(inner)
