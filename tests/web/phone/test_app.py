"""The phones' application: its routes, what each asks for, and the ones without data."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from db.database import Database
from db.files import CEILING_NAME
from db.stamps import StampCeiling
from db.store import Store
from db.sync_log import SyncKind, recent_syncs
from tests.fakes.clock import AdjustableClock
from tests.gates.route_auth import all_routes, open_routes
from tests.web.phones_listener import PhonesListener
from web.plugins.auth import Auth
from web.rpc.sealing import encode

CHANNEL_PATHS = ["/rpc/handshake", "/rpc/command", "/rpc/query"]
SYNC_PATHS = ["/sync", "/sync/", "/api/v2/sync", "/api/v2/sync/"]


def test_only_these_routes_are_open(standing_phones: PhonesListener) -> None:
    assert sorted(open_routes(standing_phones.app, Auth.NONE)) == [
        "GET /",
        "GET /health",
        "GET /hello/<name>",
        "GET /rpc/heartbeat",
        "POST /api/auth/sign-in",
        "POST /api/login",
    ]


def test_the_encrypted_channel_asks_for_a_phone_that_was_let_in(standing_phones: PhonesListener) -> None:
    assert open_routes(standing_phones.app, Auth.SEALED) == [f"POST {path}" for path in CHANNEL_PATHS]
    stranger = {"client_id": "stranger", "client_public_key": encode(bytes(range(32))), "payload": "AAAA"}
    for path in CHANNEL_PATHS:
        answer = standing_phones.ask("POST", path, body=json.dumps(stranger).encode(), headers={})
        assert answer.status == 401, path


def test_every_other_route_asks_for_a_staff_account(standing_phones: PhonesListener) -> None:
    declared = (Auth.NONE, Auth.SEALED)
    routes = [route for route in all_routes(standing_phones.app) if route.config.get("auth") not in declared]
    assert sorted({route.rule for route in routes}) == sorted(SYNC_PATHS)
    for route in routes:
        answer = standing_phones.ask(route.method, route.rule, headers={})
        assert (answer.status, route.config.get("auth")) == (401, Auth.BASIC)


@pytest.mark.parametrize("path", SYNC_PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_a_sync_answers_every_method_that_phones_use(standing_phones: PhonesListener, path: str, method: str) -> None:
    answer = standing_phones.ask(method, path, body=b"{}" if method == "POST" else None)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", SYNC_PATHS)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(standing_phones: PhonesListener, path: str, method: str) -> None:
    answer = standing_phones.ask(method, path)
    assert (answer.status, answer.json["code"]) == (405, "method_not_allowed")


def test_a_head_of_a_sync_begins_no_pull(phones: PhonesListener, store: Store) -> None:
    answer = phones.ask("HEAD", "/sync")
    assert (answer.status, answer.body) == (200, b"")
    with store.database.read() as snapshot:
        assert [sync for sync in recent_syncs(snapshot, 10) if sync.entry.kind is SyncKind.PULL] == []


@pytest.mark.parametrize("path", ["/", "/health", "/hello/nurse"])
def test_a_head_of_an_open_page_answers_without_a_body(standing_phones: PhonesListener, path: str) -> None:
    answer = standing_phones.ask("HEAD", path, headers={})
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        *("/nowhere", "/status", "/open", "/session", "/static/app.css", "/first-run", "/quit", "/rpc", "/rpc/other"),
        *("/sync/patients", "/api", "/api/v1/sync", "/../sync", "/%2e%2e/etc/passwd", "/%00", "/SYNC"),
    ],
)
def test_unknown_addresses_are_not_found(standing_phones: PhonesListener, path: str) -> None:
    answer = standing_phones.ask("GET", path)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_the_welcome_page_shows_the_name_and_the_address_and_no_data(standing_phones: PhonesListener) -> None:
    answer = standing_phones.ask("GET", "/", headers={"Host": "clinic.local:4001"})
    page = answer.body.decode()
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert "North Clinic" in page
    assert "http://clinic.local:4001" in page
    assert "nurse@example.org" not in page


@pytest.mark.parametrize(("accepts", "direction"), [("ar", "rtl"), ("es", "ltr"), ("\xe9", "ltr")])
def test_the_welcome_page_is_in_the_reader_s_language(
    standing_phones: PhonesListener, accepts: str, direction: str
) -> None:
    page = standing_phones.ask("GET", "/", headers={"Accept-Language": accepts}).body.decode()
    assert re.search(rf'dir="?{direction}', page)


def test_nothing_a_visitor_sends_becomes_markup(standing_phones: PhonesListener) -> None:
    script = "<script>alert(1)</script>"
    for headers in ({"Host": script}, {"X-Forwarded-Host": script}, {"X-Forwarded-Proto": script}):
        assert script.encode() not in standing_phones.ask("GET", "/", headers=headers).body
    answer = standing_phones.ask("GET", "/hello/%3Cscript%3Ealert(1)%3C%2Fscript%3E", headers={})
    assert b"<script" not in answer.body
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_health_tells_version_and_ok_and_nothing_else(standing_phones: PhonesListener) -> None:
    answer = standing_phones.ask("GET", "/health", headers={})
    assert (answer.status, answer.json) == (200, {"ok": True, "version": "1.2.3"})


def test_health_tells_when_the_database_cannot_be_read(store: Store, clock: AdjustableClock) -> None:
    unreadable = Database(store.database.path, bytes(32), clock, StampCeiling(store.folder / CEILING_NAME))
    with PhonesListener(replace(store, database=unreadable), clock) as phones:
        answer = phones.ask("GET", "/health", headers={})
        assert (answer.status, answer.json) == (503, {"ok": False, "version": "1.2.3"})
        answer = phones.ask("GET", "/sync")
        assert (answer.status, answer.json["code"]) == (503, "wrong_key")
    unreadable.close()


def test_whoever_opens_the_welcome_page_is_noted_and_nobody_else(phones: PhonesListener) -> None:
    phones.ask("GET", "/health", headers={})
    phones.ask("GET", "/?code=K7PQ", headers={})
    phones.ask("GET", "/?code=%FF%00", headers={})
    assert [(visitor.address, visitor.code) for visitor in phones.visits.since(0)] == [
        ("127.0.0.1", ""),
        ("127.0.0.1", "K7PQ"),
    ]
