"""Which requests are let in, by what their Authorization header says."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from bottle import Bottle

from db.accounts import NewAccount, add_account, change_password, remove_account
from db.store import Store
from tests.fakes.clock import AdjustableClock
from tests.web.listener import ask, listening
from tests.web.phones_listener import NURSE, PhonesListener, basic
from web.credentials import Credentials
from web.i18n import load_catalogue
from web.plugins.auth import Auth, BasicAuthPlugin
from web.plugins.errors import ErrorPlugin

EMAIL, PASSWORD, _ = NURSE


def status(phones: PhonesListener, header: str | None) -> int:
    return phones.ask("GET", "/sync", headers={} if header is None else {"Authorization": header}).status


def encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


RIGHT = encoded(f"{EMAIL}:{PASSWORD}".encode())


@pytest.mark.parametrize("header", [f"Basic {RIGHT}", f"basic {RIGHT}", f"BASIC  {RIGHT} "])
def test_the_right_credentials_are_let_in(standing_phones: PhonesListener, header: str) -> None:
    assert status(standing_phones, header) == 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic " + RIGHT[:-3],
        "Basic " + RIGHT + "====",
        "Basic " + RIGHT.replace("=", "") + "*",
        "Basic " + encoded(b"no colon here"),
        "Basic " + encoded(b""),
        "Basic " + encoded(b":"),
        "Basic " + encoded(f"{EMAIL}:".encode()),
        "Basic " + encoded(f":{PASSWORD}".encode()),
        "Basic " + encoded(b"\xff\xfe:\xfd"),
        "Basic " + encoded(b"\0:\0"),
        f"Bearer {RIGHT}",
        f"Digest {RIGHT}",
        RIGHT,
        f"{EMAIL}:{PASSWORD}",
        basic(EMAIL, "wrong"),
        basic("nobody@example.org", PASSWORD),
    ],
)
def test_anything_else_is_answered_with_401_and_the_way_to_sign_in(
    standing_phones: PhonesListener, header: str | None
) -> None:
    answer = standing_phones.ask("GET", "/sync", headers={} if header is None else {"Authorization": header})
    assert answer.status == 401
    assert answer.json["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_header_with_characters_outside_of_ascii_is_no_credentials(standing_phones: PhonesListener) -> None:
    request = b"GET /sync HTTP/1.1\r\nConnection: close\r\nAuthorization: Basic \xe9\xff\xfe\r\n\r\n"
    assert ask(standing_phones.port, request).status == 401


def test_a_password_may_hold_colons(phones: PhonesListener, store: Store) -> None:
    change_password(store.database, EMAIL, "a:b:c", "command")
    assert status(phones, basic(EMAIL, "a:b:c")) == 200


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_accents_work_in_the_encoding_of_either_generation_of_phones(
    phones: PhonesListener, store: Store, encoding: str
) -> None:
    add_account(store.database, NewAccount("josé@example.org", "José", "contraseña"), "command")
    assert status(phones, "Basic " + encoded("josé@example.org:contraseña".encode(encoding))) == 200


def test_a_removed_user_is_refused_from_the_next_request_on(phones: PhonesListener, store: Store) -> None:
    assert status(phones, basic(EMAIL, PASSWORD)) == 200
    remove_account(store.database, EMAIL, "command")
    assert status(phones, basic(EMAIL, PASSWORD)) == 401


def test_a_route_that_declares_nothing_is_never_run(store: Store, clock: AdjustableClock) -> None:
    ran: list[str] = []
    app = Bottle()
    ErrorPlugin(load_catalogue()).install(app)
    app.install(BasicAuthPlugin(Credentials(store.database, clock)))
    app.route("/forgotten", "GET", lambda: ran.append("ran") or "data")
    app.route("/mistyped", "GET", lambda: ran.append("ran") or "data", auth="basik")
    with listening(app) as port:
        for path in (b"/forgotten", b"/mistyped"):
            assert ask(port, b"GET " + path + b" HTTP/1.1\r\n\r\n").status == 500
    assert ran == []


def test_a_route_without_sign_in_gets_no_account(store: Store, clock: AdjustableClock) -> None:
    seen: list[dict[str, Any]] = []

    def callback(**arguments: Any) -> str:
        seen.append(arguments)
        return "open"

    app = Bottle()
    app.install(BasicAuthPlugin(Credentials(store.database, clock)))
    app.route("/", "GET", callback, auth=Auth.NONE)
    with listening(app) as port:
        assert ask(port, b"GET / HTTP/1.1\r\n\r\n").body == b"open"
    assert seen == [{}]
