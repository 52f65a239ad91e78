"""Every error on the phones' listener has one shape (DESIGN §9): each route and method, and what reaches no route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType

import pytest

from db.accounts import NewAccount, add_account
from db.store import open_store
from tests.fakes.clock import AdjustableClock
from tests.gates.route_auth import all_routes
from tests.gates.test_error_docs import known_codes
from tests.web.listener import RawReply, ask
from tests.web.phones_listener import AS_NURSE, BODY_LIMIT, NURSE, PhonesListener

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
KEYS = {"code", "error", "message", "request_id"}
CREDENTIALS: Mapping[str, str] = MappingProxyType(
    {"none": "", "right": AS_NURSE["Authorization"], "wrong": "Basic YTpi", "rubbish": "Basic \xff"}
)
BODIES: Mapping[str, bytes] = MappingProxyType(
    {
        "no": b"Content-Length: 0\r\n\r\n",
        "good": b"Content-Length: 2\r\n\r\n{}",
        "broken": b"Content-Length: 1\r\n\r\n{",
        "too large": b"Content-Length: %d\r\n\r\n" % (BODY_LIMIT + 1),
        "unknown packing": b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
        "broken chunks": b"Transfer-Encoding: chunked\r\n\r\nx\r\n" + bytes(16 * 1024),
        "two lengths": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    }
)


@pytest.fixture(scope="module")
def phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonesListener]:
    clock = AdjustableClock()
    store = open_store(tmp_path_factory.mktemp("shape"), bytes(range(32)), clock)
    email, password, name = NURSE
    add_account(store.database, NewAccount(email, name, password), "command")
    with PhonesListener(store, clock) as listener:
        yield listener
    store.close()


def faults_of_shape(reply: RawReply, *, has_body: bool) -> list[str]:
    """What is wrong with an error's answer."""
    faults = []
    if not has_body:
        return [] if reply.body == b"" else ["a body where none may be"]
    try:
        body = json.loads(reply.body)
    except ValueError:
        return ["not JSON"]
    if reply.headers.get("content-type") != "application/json":
        faults.append("content type")
    if not body.keys() <= KEYS | {"path"} or not body.keys() >= KEYS:
        faults.append(f"keys {sorted(body)}")
    elif body["code"] not in known_codes() or body["error"] != body["message"] or not body["message"]:
        faults.append("values")
    elif not re.fullmatch("[0-9a-f]{8}", body["request_id"]):
        faults.append("request_id")
    elif reply.headers.get("x-request-id", body["request_id"]) != body["request_id"]:
        faults.append("another id in the header")
    return faults


def addresses(phones: PhonesListener) -> list[str]:
    rules = {route.rule.replace("<name>", "x") for route in all_routes(phones.app)}
    return [*sorted(rules), "/nowhere", "/sync/x", "/sync?migration=%7B"]


# A wrong password takes a quarter of a second, and is found out before the body matters: two bodies are enough.
CASES = [pair for pair in product(CREDENTIALS, BODIES) if pair[0] != "wrong" or pair[1] in ("good", "two lengths")]


@pytest.mark.parametrize(("credentials", "body"), CASES)
def test_every_error_of_every_route_has_the_one_shape(phones: PhonesListener, credentials: str, body: str) -> None:
    found = []
    for address, method in product(addresses(phones), METHODS):
        lines = f"{method} {address} HTTP/1.1\r\nAuthorization: {CREDENTIALS[credentials]}\r\nConnection: close\r\n"
        reply = ask(phones.port, lines.encode("latin-1") + BODIES[body])
        if reply.status == 500:
            found.append(f"{method} {address}: 500")
        if reply.status >= 400:
            faults = faults_of_shape(reply, has_body=method != "HEAD")
            found += [f"{method} {address}: {reply.status}: {fault}" for fault in faults]
        # A real sign-in would make everybody wait after ten wrong ones: that is another test's business.
        phones.clock.advance(60_000)
    assert found == []


GOOD = b'{"code":"internal","error":"Oh.","message":"Oh.","request_id":"0123abcd"}'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<h1>Error</h1>", "application/json"),
        (GOOD, "text/html"),
        (GOOD.replace(b'"error"', b'"fault"'), "application/json"),
        (GOOD.replace(b"internal", b"surprise"), "application/json"),
        (GOOD.replace(b'"Oh."', b'"Ah."', 1), "application/json"),
        (GOOD[:-1] + b',"trace":"x"}', "application/json"),
        (GOOD.replace(b"0123abcd", b""), "application/json"),
    ],
)
def test_another_shape_is_found(body: bytes, kind: str) -> None:
    assert faults_of_shape(RawReply(400, {"content-type": "application/json"}, GOOD), has_body=True) == []
    assert faults_of_shape(RawReply(400, {"content-type": kind}, body), has_body=True)
