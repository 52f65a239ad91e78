"""One request and its answer, and the bodies the cloud always answers in the same words (CLOUD §2).

Knows nothing of sockets.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tests.fakes.cloud.settings import Call

JSON = "application/json"
HTML = "text/html; charset=utf-8"
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/><title>Hikma Health EHR</title></head>'
    "<body>{content}</body></html>"
)
PORTAL = (
    "<!DOCTYPE html><html><head><title>Guest wifi</title></head>"
    '<body><form action="/accept"><button>Accept and continue</button></form></body></html>'
)
LARGEST_EXACT = 15  # digits of a whole number that JavaScript surely keeps
LONE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class NotJson(Exception):
    """A body that JavaScript's JSON.parse would not take."""


@dataclass(frozen=True)
class Request:
    """What arrived. ``path`` without query and trailing slash."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_of_hub(self) -> bool:
        return self.query.get("peerType") == "sync_hub"

    @cached_property
    def json(self) -> Any:
        """The body as JavaScript reads it. Raises NotJson."""
        return decoded(self.body)

    @property
    def call(self) -> Call:
        calls = {
            ("POST", "/api/hub/verify-key"): Call.VERIFY_KEY,
            ("GET", "/api/v2/sync"): Call.PULL,
            ("POST", "/api/v2/sync"): Call.PUSH,
            ("POST", "/api/login"): Call.LOGIN,
            ("POST", "/api/auth/sign-in"): Call.SIGN_IN,
        }
        return calls.get((self.method, self.path), Call.OTHER)


@dataclass(frozen=True)
class Reply:
    """``body`` in one piece or in many. Only what ``has_length`` says how long it is; all other answers are chunked."""

    status: int
    body: bytes | Iterable[bytes] = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    has_length: bool = False

    def whole(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else b"".join(self.body)


def request_of(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    """From the request line's target."""
    parts = urlsplit(target)
    query: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name, value)
    return Request(method, parts.path.removesuffix("/") or "/", query, headers, body)


def json_reply(status: int, value: Any, **headers: str) -> Reply:
    """A body in JSON, with more headers (underscores become dashes)."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, msgspec.json.encode(value), headers=named)


def server_error() -> Reply:
    """Every error after authentication."""
    body = msgspec.json.encode({"status": 500, "unhandled": True, "message": "HTTPError"})
    return Reply(500, body, "application/json;charset=UTF-8", has_length=True)


def unauthorized() -> Reply:
    return json_reply(401, {"error": "Unauthorized"})


def too_many_requests(retry_after_s: int) -> Reply:
    return json_reply(429, {"error": "Too many requests. Please try again later."}, Retry_After=str(retry_after_s))


def request_timeout() -> Reply:
    """The body had not arrived in time."""
    return Reply(408, content_type="", has_length=True)


def failed_item() -> Reply:
    """An abort like a 500, said with a 200."""
    return Reply(200, b"[object Object]", "text/plain;charset=UTF-8")


def page(status: int, content: str) -> Reply:
    return Reply(status, PAGE.format(content=content).encode(), HTML)


def decoded(body: bytes) -> Any:
    """As JavaScript reads JSON: 3.0 is 3, half surrogates become U+FFFD. Raises NotJson."""
    try:
        value = json.loads(
            body.decode("utf-8-sig", "replace"), parse_float=_number, parse_int=_whole_number, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        raise NotJson from None
    return _without_half_surrogates(value) if LONE_SURROGATE.search(body) else value


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if math.isfinite(number) and number.is_integer() and abs(number) < 1e21 else number


def _whole_number(text: str) -> int:
    return int(text) if len(text) <= LARGEST_EXACT else int(float(text))


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _without_half_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_half_surrogates(each) for each in value]
    if isinstance(value, dict):
        return {_without_half_surrogates(key): _without_half_surrogates(each) for key, each in value.items()}
    return value
