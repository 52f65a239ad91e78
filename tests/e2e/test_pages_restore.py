"""The pages about restoring and moving, as people meet them: every step, in every language and both looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import LARGE, SMALL, check, tab_to, visiting
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from tests.fakes.restore_port import ASIDE
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import serve_ui
from web.i18n import load_catalogue
from web.ui.restore_port import BackupPlace, LatePhone, RestoreOutcome, RestorePhase

HOUR_MS = 3_600_000
HERE, STICK = "/home/clinic/backups/Al Noor 2026-11-30.hikma-backup", "/media/stick/Al Noor 2026-12-01.hikma-backup"
LATE = (
    LatePhone("Tablet 2", "Rosa Méndez", START_MS - HOUR_MS, 12),
    LatePhone("سارة الخطيب", None, START_MS, 1),
    LatePhone(None, None, START_MS, 3),
)
TOLD = RestoreOutcome(START_MS - 5 * HOUR_MS, "Al Noor", f"{ASIDE}/2026-12-01 09-00-00", LATE, lost_passphrase=True)


@pytest.mark.parametrize(
    ("language", "scheme", "size"), [("en", "light", LARGE), ("ar", "dark", SMALL), ("es", "light", SMALL)]
)
def test_every_step_is_sound(
    browser: Browser, language: str, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    words = load_catalogue().translator(language)
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    kiosk.set_language(language)
    restoring = kiosk.restoring
    restoring.lies(HERE, BackupPlace.HERE, ago_ms=24 * HOUR_MS)
    restoring.lies(STICK, BackupPlace.DRIVE)
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        restoring.look("/media/other/x", "wrong")
        restoring.fails("recovery_code_mistyped", group=4)
        page.goto(ui.url + "/restore")
        expect(page.locator("#other")).to_have_value("/media/other/x")
        check(page, tmp_path / "choose.png")
        page.locator("#option-1").check()
        page.locator("#look").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("restore.looking"))
        restoring.is_looked_at(ago_ms=HOUR_MS)
        page.reload()
        check(page, tmp_path / "ask.png")
        page.locator("#begin").click()
        expect(page.locator("#restore-phase")).to_have_text(words.text("restore.phase.check"))
        restoring.comes_to(RestorePhase.COPY, 64)
        page.reload()
        expect(page.locator("#restore-phase")).to_have_text(words.text("restore.phase.copy"))
        check(page, tmp_path / "running.png")
        restoring.ends(TOLD)
        page.reload()
        expect(page.locator("#late li")).to_have_count(3)
        check(page, tmp_path / "told.png")
        page.goto(ui.url + "/move")
        page.locator("#leave").click()
        page.locator("#folder").fill("/media/stick")
        page.locator("#back-up").click()
        expect(page.locator("#backup-bar")).to_be_visible()
        kiosk.moving.finishes()
        page.reload()
        expect(page.locator("#made")).to_be_visible()
        check(page, tmp_path / "move.png")
        assert visit.unexplained() == []


def test_it_can_be_done_with_the_keyboard_alone_and_what_is_typed_outlives_the_page_keeping_itself_true(
    browser: Browser,
) -> None:
    kiosk = FakeKioskPort()
    kiosk.restoring.lies(STICK, BackupPlace.DRIVE)
    with serve_ui(kiosk) as ui, visiting(browser, ui, viewport=SMALL) as visit:
        page = visit.enter()
        tab_to(page, "#backup-first")
        page.keyboard.press("Enter")
        expect(page.locator("#option-0")).to_be_checked()
        tab_to(page, "#code")
        page.keyboard.type("QJ9HT-DUJRE")
        with page.expect_response(lambda reply: reply.url.endswith("/restore/status") and reply.status == 200):
            kiosk.restoring.lies(HERE, BackupPlace.HERE)
        expect(page.locator("#option-1")).to_be_visible()
        expect(page.locator("#code")).to_be_focused()
        expect(page.locator("#code")).to_have_value("QJ9HT-DUJRE")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("The backup is being checked")
        assert kiosk.restoring.typed_code == "QJ9HT-DUJRE"
        kiosk.restoring.is_looked_at()
        page.reload()
        tab_to(page, "#begin")
        page.keyboard.press("Enter")
        expect(page.locator("#restore-phase")).to_be_visible()
