"""The lock of the window and the PIN, over real HTTP."""

from __future__ import annotations

import re

import pytest

from db.errors import TooManyTries
from tests.fakes.kiosk_port import FakeKioskPort
from tests.fakes.lock_port import CODE
from tests.web.ui.serving import TOKEN, ServedUi, serve_ui
from web.ui.pin_rules import ASKS_FOR_PIN, WHILE_LOCKED
from web.ui.ports import ServingState
from web.ui.sessions import PIN_LASTS_S, UiSessions

PIN = "4711"
JSON = {"Accept": "application/json"}


@pytest.fixture
def pinned(kiosk: FakeKioskPort) -> FakeKioskPort:
    kiosk.lock.set_pin(PIN)
    return kiosk


@pytest.fixture
def locked(pinned: FakeKioskPort) -> FakeKioskPort:
    pinned.lock.lock()
    return pinned


@pytest.mark.parametrize("path", ["/", "/phones", "/settings", "/about", "/pin"])
def test_every_page_of_a_locked_window_is_the_lock_page(ui: ServedUi, locked: FakeKioskPort, path: str) -> None:
    page = ui.visitor().get(ui.url + path)
    assert page.url == ui.url + "/locked"
    assert "Phones can sync with this computer" in page.text
    assert "Al Noor" not in page.text
    assert "192.168" not in page.text


@pytest.mark.parametrize("path", ["/status", "/phones/status"])
def test_an_open_page_of_a_locked_window_goes_away(ui: ServedUi, locked: FakeKioskPort, path: str) -> None:
    assert ui.visitor().get(ui.url + path).status_code == 204


def test_nothing_is_done_in_a_locked_window_and_serving_goes_on(ui: ServedUi, locked: FakeKioskPort) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}", **JSON}
    for client, headers in ((ui.visitor(), JSON), (ui.stranger(), bearer)):
        answer = client.post(ui.url + "/stop", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (423, "window_locked")
        assert client.get(ui.url + "/diagnostics/download", headers=headers).status_code == 423
    assert locked.status().state is ServingState.SERVING
    assert "GET /" not in WHILE_LOCKED


def test_the_pin_unlocks_it_and_a_wrong_one_says_so(ui: ServedUi, locked: FakeKioskPort) -> None:
    visitor = ui.visitor()
    page = visitor.post(ui.url + "/unlock", data={"pin": "0000"})
    assert page.status_code == 403
    assert "This is not the PIN" in page.text
    assert "0000" not in page.text
    locked.lock.refuse_next(TooManyTries(seconds=15))
    assert "Wait 15 seconds" in visitor.post(ui.url + "/unlock", data={"pin": PIN}).text
    assert visitor.post(ui.url + "/unlock", data={"pin": PIN}).url == ui.url + "/"
    assert visitor.get(ui.url + "/settings").url == ui.url + "/settings"  # the PIN was just typed


def test_locking_takes_back_what_the_pin_had_opened(ui: ServedUi, pinned: FakeKioskPort) -> None:
    visitor = ui.visitor()
    visitor.post(ui.url + "/pin", data={"pin": PIN, "to": "/settings"})
    assert visitor.post(ui.url + "/lock").url == ui.url + "/locked"
    pinned.lock.unlock(PIN)
    assert "/pin?to=" in visitor.get(ui.url + "/settings").url
    assert visitor.get(ui.url + "/locked").url == ui.url + "/"


def test_without_a_pin_the_menu_is_told_why_nothing_is_locked(ui: ServedUi) -> None:
    answer = ui.visitor().post(ui.url + "/lock", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_pin")


def test_without_a_pin_nothing_asks_for_it(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    assert visitor.get(ui.url + "/settings").url == ui.url + "/settings"
    assert visitor.get(ui.url + "/pin?to=/settings").url == ui.url + "/settings"
    assert kiosk.backups.code is not None
    assert kiosk.backups.code[:5] in visitor.post(ui.url + "/backups/code").text


@pytest.mark.parametrize("route", sorted(ASKS_FOR_PIN))
def test_what_asks_for_the_pin_does_nothing_without_it(ui: ServedUi, pinned: FakeKioskPort, route: str) -> None:
    method, path = route.split()
    visitor = ui.visitor()
    visitor.headers["Referer"] = ui.url + "/backups"
    browser = visitor.request(method, ui.url + path, allow_redirects=False)
    assert (browser.status_code, browser.headers["Location"][:8]) == (303, "/pin?to=")
    script = visitor.request(method, ui.url + path, headers=JSON)
    assert (script.status_code, script.json()["code"]) == (403, "pin_needed")
    assert pinned.lock.pin == PIN
    assert pinned.keys.erased is None


def test_the_pin_leads_to_where_somebody_was_going_and_counts_for_five_minutes(pinned: FakeKioskPort) -> None:
    now = [1_000.0]
    with serve_ui(pinned, sessions=UiSessions(TOKEN, monotonic_s=lambda: now[0])) as ui:
        visitor, other = ui.visitor(), ui.visitor()
        asked = visitor.get(ui.url + "/settings")
        (to,) = re.findall(r'name="to" value="([^"]*)"', asked.text.partition("forgotten")[0])
        assert visitor.post(ui.url + "/pin", data={"pin": "0000", "to": to}).status_code == 403
        assert visitor.post(ui.url + "/pin", data={"pin": PIN, "to": to}).url == ui.url + "/settings"
        assert "/pin" in other.get(ui.url + "/settings").url
        now[0] += PIN_LASTS_S - 1
        assert visitor.get(ui.url + "/settings").url == ui.url + "/settings"
        now[0] += 2
        assert "/pin" in visitor.get(ui.url + "/settings").url


def test_the_pin_leads_nowhere_else(ui: ServedUi, pinned: FakeKioskPort) -> None:
    answer = ui.visitor().post(ui.url + "/pin", data={"pin": PIN, "to": "//evil.example"}, allow_redirects=False)
    assert answer.headers["Location"] == "/"


def test_whoever_has_the_recovery_code_needs_no_pin(ui: ServedUi, locked: FakeKioskPort) -> None:
    visitor = ui.visitor()
    page = visitor.post(ui.url + "/pin/forgotten", data={"code": "ABCDE"})
    assert page.status_code == 403
    assert "Part 1 of the recovery code" in page.text
    assert 'id="locked"' in page.text
    assert visitor.post(ui.url + "/pin/forgotten", data={"code": CODE}).url == ui.url + "/"
    assert not locked.lock.view().has_pin


def test_a_person_is_noticed_and_polling_is_not(ui: ServedUi, pinned: FakeKioskPort) -> None:
    visitor = ui.visitor()
    for path in ("/status", "/state", "/lock/state"):
        visitor.get(ui.url + path)
    assert pinned.lock.seen == 0
    assert visitor.post(ui.url + "/lock/seen").json() == {"has_pin": True, "is_locked": False}
    assert pinned.lock.seen == 1
    visitor.get(ui.url + "/phones", headers={"Accept": "text/html,*/*"})
    visitor.post(ui.url + "/language", data={"language": "ar"})
    assert pinned.lock.seen == 3
