"""Every action of the kiosk's pages says whether it asks for the PIN, and no table names a route that is not there."""

from __future__ import annotations

from bottle import Bottle

from tests.fakes.kiosk_port import FakeKioskPort
from tests.gates.route_auth import all_routes
from web.i18n import load_catalogue
from web.ui.app import create_ui_app
from web.ui.pin_rules import ASKS_FOR_PIN, NEEDS_NO_PIN, WHILE_LOCKED
from web.ui.sessions import UiSessions


def routes_of(app: Bottle) -> set[str]:
    return {f"{route.method} {route.rule}" for route in all_routes(app)}


def undeclared(routes: set[str]) -> set[str]:
    return {route for route in routes if not route.startswith("GET ")} - ASKS_FOR_PIN - NEEDS_NO_PIN


def the_app() -> Bottle:
    return create_ui_app(FakeKioskPort(), UiSessions("t" * 43), load_catalogue())


def test_every_action_is_in_one_of_the_two_tables() -> None:
    assert undeclared(routes_of(the_app())) == set()
    assert set() == ASKS_FOR_PIN & NEEDS_NO_PIN


def test_an_action_that_is_in_neither_is_found() -> None:
    assert undeclared({"GET /x", "POST /x", "POST /lock"}) == {"POST /x"}


def test_no_table_names_a_route_that_is_not_there() -> None:
    assert (ASKS_FOR_PIN | NEEDS_NO_PIN | WHILE_LOCKED) - routes_of(the_app()) == set()


def test_each_route_does_as_the_tables_say() -> None:
    for route in all_routes(the_app()):
        name = f"{route.method} {route.rule}"
        assert route.config["asks_for_pin"] == (name in ASKS_FOR_PIN), name
        assert route.config["while_locked"] == (name in WHILE_LOCKED), name
