"""The pages of lock, keys and erasing as people meet them: in every language, by keyboard, without an accessibility
fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import LARGE, SMALL, check, tab_to, visiting
from tests.fakes.kiosk_port import FakeKioskPort
from tests.fakes.start_port import FakeStart
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import TOKEN, serve_app, serve_ui
from web.i18n import load_catalogue
from web.ui.sessions import UiSessions
from web.ui.start_app import create_start_app

LOOKS = [("en", "light", LARGE), ("ar", "dark", SMALL)]
PIN = "4711"
REFUSED = ("403", "400")


def clinic(language: str = "en") -> FakeKioskPort:
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    kiosk.set_language(language)
    return kiosk


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_a_pin_is_set_the_window_locked_and_unlocked_and_everything_erased_by_keyboard(
    browser: Browser, language: str, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = clinic(language)
    kiosk.keys.passphrase = "correct horse"
    with serve_ui(kiosk) as ui, visiting(browser, ui, viewport=size, color_scheme=scheme) as visit:
        page = visit.enter()
        assert not page.locator("#lock").is_visible()
        page.locator("#settings-page").click()
        for field in ("#pin", "#again"):
            page.fill(field, PIN)
        tab_to(page, "#save-pin")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_be_visible()
        check(page, tmp_path / "settings.png")
        tab_to(page, "#lock")
        page.keyboard.press("Enter")
        page.wait_for_url("**/locked")
        expect(page.locator("#pin")).to_be_focused()
        page.keyboard.type("0000")
        page.keyboard.press("Enter")
        page.locator("#forgotten summary").click()
        check(page, tmp_path / "locked.png")
        page.fill("#pin", PIN)
        page.locator("#pin-submit").click()
        page.wait_for_url(ui.url + "/")
        page.goto(ui.url + "/erase")
        page.locator("#erase-submit").click()
        expect(page.locator("#name-wrong")).to_be_visible()
        check(page, tmp_path / "erase.png")
        page.fill("#name", FORM.server_name)
        page.keyboard.press("Enter")
        expect(page.locator("#backup-file")).to_be_visible()
        check(page, tmp_path / "last.png")
        tab_to(page, "#erase-now")
        page.keyboard.press("Enter")
        expect(page.locator("h1.headline")).to_be_visible()
        assert kiosk.keys.erased is not None
        assert visit.unexplained(*REFUSED) == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_passphrase_is_asked_for_before_the_start(
    browser: Browser, language: str, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    start = FakeStart()
    start.choose_language(language)
    app = create_start_app(start, UiSessions(TOKEN), load_catalogue())
    with serve_app(app) as ui, visiting(browser, ui, viewport=size, color_scheme=scheme) as visit:
        page = visit.enter()
        expect(page.locator("#passphrase")).to_be_focused()
        page.keyboard.type("battery staple")
        page.keyboard.press("Enter")
        expect(page.locator("#passphrase-wrong")).to_be_visible()
        page.locator("#forgotten summary").click()
        check(page, tmp_path / "start.png")
        page.fill("#passphrase", start.passphrase or "")
        page.locator("#passphrase-submit").click()
        expect(page.locator("h1.headline")).to_be_visible()
        assert visit.unexplained(*REFUSED) == []


def test_a_page_that_nobody_uses_goes_away_when_the_window_locks_itself(browser: Browser) -> None:
    kiosk = clinic()
    kiosk.lock.set_pin(PIN)
    kiosk.lock.choose_idle_minutes(2)
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.goto(ui.url + "/about")  # a page that does not keep itself up to date
        expect(page.locator("#lock")).to_be_visible()
        kiosk.lock.nobody_is_there()
        page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")  # it looks at once
        page.wait_for_url("**/locked")


def test_the_lock_page_stays_true_and_goes_away_when_the_window_is_unlocked_elsewhere(browser: Browser) -> None:
    kiosk = clinic()
    kiosk.lock.set_pin(PIN)
    kiosk.lock.lock()
    look = "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"  # it looks at once
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        visit.page.goto(ui.open_url)
        visit.page.wait_for_url("**/locked")
        kiosk.stop_serving()
        visit.page.evaluate(look)
        expect(visit.page.locator("#serving")).to_contain_text("phones cannot sync")
        kiosk.lock.unlock(PIN)
        visit.page.evaluate(look)
        visit.page.wait_for_url(ui.url + "/")


def test_moving_the_mouse_and_typing_tell_that_somebody_is_there(browser: Browser) -> None:
    kiosk = clinic()
    kiosk.lock.set_pin(PIN)
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        expect(page.locator("#lock")).to_be_visible()
        before = kiosk.lock.seen
        with page.expect_response("**/lock/seen"):
            page.keyboard.press("Shift")
        assert kiosk.lock.seen == before + 1


def test_a_button_of_a_live_page_that_needs_the_pin_leads_to_it_and_back(browser: Browser, tmp_path: Path) -> None:
    kiosk = clinic()
    kiosk.lock.set_pin(PIN)
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.goto(ui.url + "/backups")
        page.fill("#folder", "/media/stick")
        page.locator("#save-folder").click()
        page.wait_for_url("**/pin?to=*")
        check(page, tmp_path / "pin.png")
        page.keyboard.type(PIN)
        page.keyboard.press("Enter")
        page.wait_for_url(ui.url + "/backups")
        page.fill("#folder", "/media/stick")
        page.locator("#save-folder").click()
        expect(page.locator("#folder-now")).to_contain_text("/media/stick")
        assert visit.unexplained("403") == []
