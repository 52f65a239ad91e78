"""No route without a declared rule of who may use it (DESIGN §§8, 12)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bottle import Bottle

from db.store import open_store
from tests.fakes.clock import AdjustableClock
from tests.fakes.kiosk_port import FakeKioskPort
from tests.gates.route_auth import open_routes, undeclared_routes
from tests.web.phones_listener import PhonesListener
from web.i18n import load_catalogue
from web.ui.app import create_ui_app
from web.ui.sessions import UiSessions


def answer() -> str:
    return ""


def foreign_app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return []


def test_a_route_that_says_who_may_use_it_is_fine() -> None:
    app = Bottle()
    app.route("/", "GET", answer, auth="none")
    app.route("/sync", ["GET", "POST"], answer, auth="basic")
    assert undeclared_routes(app) == []
    assert open_routes(app, "none") == ["GET /"]


def test_a_route_that_does_not_is_found() -> None:
    app = Bottle()
    app.route("/sync", ["GET", "POST"], answer)
    assert undeclared_routes(app) == ["GET /sync", "POST /sync"]


def test_a_route_whose_plugin_has_not_run_yet_is_found_too() -> None:
    app = Bottle()
    app.install(lambda callback: callback)  # Bottle applies plugins at the first call of each route
    app.get("/lazy", callback=answer)
    assert undeclared_routes(app) == ["GET /lazy"]


def test_a_route_of_a_mounted_app_is_found() -> None:
    inner, app = Bottle(), Bottle()
    inner.route("/inside", "GET", answer)
    app.mount("/mounted/", inner)
    assert undeclared_routes(app) == ["GET /mounted/inside"]


def test_a_mounted_app_of_another_kind_counts_as_undeclared() -> None:
    app = Bottle()
    app.mount("/foreign/", foreign_app)
    assert undeclared_routes(app)


def test_every_route_of_the_phones_listener_says_who_may_use_it(tmp_path: Path) -> None:
    clock = AdjustableClock()
    store = open_store(tmp_path, bytes(range(32)), clock)
    app = PhonesListener(store, clock).app
    assert undeclared_routes(app) == []
    assert sorted(open_routes(app, "none")) == [
        "GET /",
        "GET /health",
        "GET /hello/<name>",
        "GET /rpc/heartbeat",
        "POST /api/auth/sign-in",
        "POST /api/login",
    ]
    assert sorted(open_routes(app, "sealed")) == ["POST /rpc/command", "POST /rpc/handshake", "POST /rpc/query"]
    store.close()


def test_every_route_of_the_kiosk_pages_says_who_may_use_it() -> None:
    app = create_ui_app(FakeKioskPort(), UiSessions("t" * 43), load_catalogue())
    assert undeclared_routes(app) == []
    assert sorted(open_routes(app, "none")) == ["GET /open", "GET /static/<name>", "POST /session"]
