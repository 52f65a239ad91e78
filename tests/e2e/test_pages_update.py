"""The page about updates as people meet it: in every language, by keyboard, without an accessibility fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import LARGE, SMALL, check, tab_to, visiting
from tests.fakes.kiosk_port import FakeKioskPort
from tests.fakes.update_port import STICK
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import serve_ui
from web.i18n import load_catalogue
from web.ui.update_port import Stage

LOOKS = [("es", "light", LARGE), ("ar", "dark", SMALL)]


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_a_file_is_found_asked_about_and_installed_by_keyboard(
    browser: Browser, language: str, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk, words = FakeKioskPort(), load_catalogue().translator(language)
    kiosk.complete_first_run(FORM)
    kiosk.set_language(language)
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        page.goto(f"{ui.url}/about")
        tab_to(page, "#update-page")
        page.keyboard.press("Enter")
        tab_to(page, "#folder")
        page.keyboard.type(STICK)
        page.keyboard.press("Enter")
        expect(page.locator("#found li")).to_have_count(3)
        check(page, tmp_path / "update.png")
        tab_to(page, "#install-0")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("update.ask.title", version="0.2.0"))
        check(page, tmp_path / "question.png")
        tab_to(page, "#yes")
        page.keyboard.press("Enter")
        expect(page.locator("#update-phase")).to_have_text(words.text("update.stage.checking"))
        kiosk.updates.comes_to(Stage.EXCHANGING)
        expect(page.locator("#update-phase")).to_have_text(words.text("update.stage.exchanging"))
        assert visit.unexplained() == []
