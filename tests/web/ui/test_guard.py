"""Who may talk to the pages, over real HTTP: sessions, hosts, origins, and the headers of every answer."""

from __future__ import annotations

import re

import pytest

from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import TOKEN, ServedUi, raw_request
from web.i18n import load_catalogue
from web.ui.app import create_ui_app
from web.ui.guard import SECURITY_HEADERS
from web.ui.ports import ServingState
from web.ui.sessions import UiSessions

PAGES = ("/", "/status", "/state")
ACTIONS = ("/first-run", "/start", "/stop", "/address", "/port", "/language", "/dismiss", "/quit")


def test_a_route_without_a_rule_answers_nobody(ui: ServedUi) -> None:
    app = create_ui_app(FakeKioskPort(), UiSessions(TOKEN), load_catalogue())
    app.route("/forgotten", "GET", lambda: "secret")
    (route,) = (route for route in app.routes if route.rule == "/forgotten")
    with pytest.raises(ValueError, match="does not say who"):
        route.prepare()


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_no_page_tells_anything(ui: ServedUi, path: str) -> None:
    answer = ui.stranger().get(ui.url + path)
    assert answer.status_code == 401
    assert "WWW-Authenticate" not in answer.headers
    assert "Open this from the program" in answer.text
    assert "Al Noor" not in answer.text
    assert "192.168" not in answer.text


@pytest.mark.parametrize("path", ACTIONS)
def test_without_a_session_no_action_happens(ui: ServedUi, kiosk: FakeKioskPort, path: str) -> None:
    before = kiosk.status()
    answer = ui.stranger().post(ui.url + path, data={"language": "ar", "port": "5000"})
    assert answer.status_code == 401
    assert kiosk.status() == before
    assert not kiosk.has_quit


def test_the_token_opens_a_session_in_a_cookie_that_scripts_and_other_sites_cannot_use(ui: ServedUi) -> None:
    answer = ui.stranger().post(ui.url + "/session", data={"token": TOKEN})
    assert answer.status_code == 204
    cookie = answer.headers["Set-Cookie"]
    name, value = cookie.split(";")[0].split("=", 1)
    assert name == f"hikma_ui_{ui.port}"
    assert len(value) >= 32
    assert TOKEN not in cookie
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert flags == {"httponly", "samesite=strict", "path=/"}


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_a_wrong_token_opens_nothing(ui: ServedUi, token: str) -> None:
    answer = ui.stranger().post(ui.url + "/session", data={"token": token})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    if token:
        assert token not in answer.text


def test_a_made_up_cookie_opens_nothing(ui: ServedUi) -> None:
    for value in ("", "x", TOKEN):
        session = ui.stranger()
        session.cookies.set(f"hikma_ui_{ui.port}", value)
        assert session.get(ui.url).status_code == 401


def test_the_programs_own_window_may_show_the_token_itself(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}", "Origin": ui.url}
    answer = ui.stranger().get(ui.url + "/state", headers=bearer)
    assert answer.json() == {
        "state": "serving",
        "server_name": "Al Noor, reception",
        "version": "0.1.0",
        "language": "en",
        "phone_url": "http://192.168.1.7:4001",
        "port": 4001,
        "is_locked": False,
    }
    assert ui.stranger().post(ui.url + "/quit", headers=bearer).status_code == 204
    assert kiosk.has_quit
    for wrong in ("Bearer x", f"Basic {TOKEN}", TOKEN):
        assert ui.stranger().get(ui.url + "/state", headers={"Authorization": wrong}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
def test_a_foreign_host_name_is_refused_everywhere(ui: ServedUi, host: str) -> None:
    for path in ("/", "/open", "/static/app.css", "/nowhere"):
        status, body = raw_request(ui, "GET", path, {"Host": host.format(port=ui.port)} if host else {"X-None": "1"})
        # Without any Host the HTTP server itself refuses.
        assert status in ((400, 403) if not host else (403,)), (path, status)
        assert "Al Noor" not in body


def test_localhost_is_the_same_place(ui: ServedUi) -> None:
    assert raw_request(ui, "GET", "/open", {"Host": f"localhost:{ui.port}"})[0] == 200


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1"]
)
def test_an_action_from_another_origin_is_refused(ui: ServedUi, kiosk: FakeKioskPort, origin: str | None) -> None:
    visitor = ui.visitor()
    visitor.headers["Origin"] = origin.format(port=ui.port) if origin else None  # type: ignore[assignment]
    for path in ACTIONS:
        assert visitor.post(ui.url + path, data={"language": "ar"}).status_code == 403
    assert kiosk.status().state is ServingState.SERVING
    assert kiosk.status().language is None


def test_the_token_is_not_taken_from_another_origin(ui: ServedUi) -> None:
    stranger = ui.stranger()
    stranger.headers["Origin"] = "http://evil.example"
    answer = stranger.post(ui.url + "/session", data={"token": TOKEN})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/open", "/status", "/static/app.css", "/static/none.css", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_every_answer_carries_the_security_headers(ui: ServedUi, path: str, method: str) -> None:
    for client in (ui.stranger(), ui.visitor()):
        answer = client.request(method, ui.url + path)
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value, (answer.status_code, name)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_the_policy_allows_nothing_inline_and_nothing_foreign() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert set(re.findall(r"'[a-z]+'", policy)) == {"'none'", "'self'"}
    assert "http" not in policy
