"""The pages for support as people meet them: in every language, by keyboard, without an accessibility fault."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import LARGE, SMALL, check, tab_to, visiting
from tests.fakes.diagnostics_port import FILE_NAME
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import serve_ui
from web.i18n import load_catalogue
from web.ui.check_port import Area, Cure, Finding, SharedReason, Verdict

LOOKS = [("en", "light", LARGE), ("ar", "dark", SMALL), ("es", "light", SMALL)]
FOUND = (
    Finding(
        "port", Area.PHONES, Verdict.FAIL, "taken_by", {"holder": "node", "port": 4001}, Cure.USE_FREE_PORT, "4002"
    ),
    Finding("firewall", Area.PHONES, Verdict.WARN, "unsure", {}, Cure.FIREWALL_HELP),
    Finding("address", Area.PHONES, Verdict.WARN, "changed", {"old": "10.0.0.4", "new": "10.0.0.7"}, Cure.SHOW_CODE),
    Finding("sleep", Area.COMPUTER, Verdict.UNKNOWN, SharedReason.NOT_MEASURED),
    Finding("disk", Area.COMPUTER, Verdict.PASS, "enough", {"size": 80_000_000_000}),
    Finding("set_aside", Area.CLOUD, Verdict.WARN, "some", {"count": 12}, Cure.OPEN_CLOUD),
)


def clinic(language: str) -> FakeKioskPort:
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    kiosk.set_language(language)
    return kiosk


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_checks_are_read_and_cured_by_keyboard(
    browser: Browser, language: str, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk, words = clinic(language), load_catalogue().translator(language)
    kiosk.check.find(*FOUND)
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        tab_to(page, "#check-page")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("check.worst.fail"))
        expect(page.locator("#check-port")).to_contain_text(words.text("check.verdict.fail"))
        page.locator("#check-firewall summary").click()
        kiosk.check.open_by_phone("192.168.1.20", by_code=True)
        expect(page.locator("#proof-news")).to_contain_text("192.168.1.20")
        check(page, tmp_path / "check.png")
        kiosk.check.find(FOUND[-2])
        tab_to(page, "#cure-port")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("check.worst.pass"))
        assert kiosk.check.cured == [(Cure.USE_FREE_PORT, "4002")]
        assert visit.unexplained() == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_report_is_looked_at_and_saved_by_keyboard(
    browser: Browser, language: str, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk, words = clinic(language), load_catalogue().translator(language)
    kiosk.diagnostics.take_time()
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        tab_to(page, "#diagnostics-page")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("diagnostics.preparing"))
        kiosk.diagnostics.finish()
        expect(page.locator("#code")).to_have_text("00106-T04HP")
        check(page, tmp_path / "diagnostics.png")
        tab_to(page, "#save-report")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        assert download.value.suggested_filename == FILE_NAME
        assert zipfile.is_zipfile(download.value.path())
        page.goto(f"{ui.url}/about")
        check(page, tmp_path / "about.png")
        assert visit.unexplained() == []
