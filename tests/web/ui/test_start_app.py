"""The page before the start, over real HTTP: it asks for the passphrase and tells nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.errors import TooManyTries
from tests.fakes.lock_port import CODE
from tests.fakes.start_port import FakeStart
from tests.gates.route_auth import open_routes, undeclared_routes
from tests.web.ui.serving import TOKEN, ServedUi, serve_app
from web.i18n import load_catalogue
from web.ui.sessions import UiSessions
from web.ui.start_app import create_start_app


@pytest.fixture
def start() -> FakeStart:
    return FakeStart()


@pytest.fixture
def room(start: FakeStart) -> Iterator[ServedUi]:
    with serve_app(create_start_app(start, UiSessions(TOKEN), load_catalogue())) as served:
        yield served


def test_only_the_window_gets_in() -> None:
    app = create_start_app(FakeStart(), UiSessions(TOKEN), load_catalogue())
    assert undeclared_routes(app) == []
    assert sorted(open_routes(app, "none")) == ["GET /open", "GET /static/<name>", "POST /session"]


def test_strangers_cannot_even_try(room: ServedUi, start: FakeStart) -> None:
    assert room.stranger().get(room.url).status_code == 401
    assert room.stranger().post(room.url + "/passphrase", data={"passphrase": "correct horse"}).status_code == 401
    assert not start.is_opening


def test_the_right_passphrase_leads_to_a_page_that_waits(room: ServedUi, start: FakeStart) -> None:
    visitor = room.visitor()
    page = visitor.post(room.url + "/passphrase", data={"passphrase": "wrong one"})
    assert page.status_code == 403
    assert "This is not the right passphrase" in page.text
    assert "wrong one" not in page.text
    page = visitor.post(room.url + "/passphrase", data={"passphrase": "correct horse"})
    assert '<meta http-equiv="refresh" content="1; url=/">' in page.text
    assert visitor.post(room.url + "/passphrase", data={"passphrase": "again"}).url == room.url + "/"


def test_a_wait_is_told(room: ServedUi, start: FakeStart) -> None:
    start.refusal = TooManyTries(seconds=60)
    assert "Wait 60 seconds" in room.visitor().post(room.url + "/passphrase", data={"passphrase": "x"}).text


def test_the_recovery_code_helps_when_it_is_forgotten(room: ServedUi, start: FakeStart) -> None:
    visitor = room.visitor()
    page = visitor.post(room.url + "/recovery", data={"code": "ABCDE"})
    assert (page.status_code, "Part 1 of the recovery code" in page.text) == (403, True)
    visitor.post(room.url + "/recovery", data={"code": CODE})
    assert (start.is_opening, start.passphrase) == (True, None)


@pytest.mark.parametrize("path", ["/phones", "/cloud/aside", "/settings"])
def test_every_page_of_the_menu_is_this_one(room: ServedUi, path: str) -> None:
    assert room.visitor().get(room.url + path).url == room.url + "/"


def test_the_window_can_end_the_server_and_ask_how_it_is(room: ServedUi, start: FakeStart) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}", "Origin": room.url}
    assert room.stranger().get(room.url + "/state", headers=bearer).json() == {"state": "starting", "language": "en"}
    assert room.stranger().post(room.url + "/quit", headers=bearer).status_code == 204
    assert start.has_quit


def test_the_language_can_be_chosen(room: ServedUi) -> None:
    assert 'dir="rtl"' in room.visitor().post(room.url + "/language", data={"language": "ar"}).text
