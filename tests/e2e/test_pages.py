"""The kiosk's pages as people meet them: every page, language, colour scheme and size, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from db.scope import PhoneScope
from tests.e2e.browser import LOOKS, SMALL, check, tab_to, visiting
from tests.fakes.kiosk_port import CABLE, WIFI, FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import TOKEN, ServedUi, serve_ui
from web.i18n import Translator
from web.ui.activity_port import Activity, Slot
from web.ui.check_port import Area, Finding, Verdict
from web.ui.ports import Notice

MINUTE = 60_000
HOUR = 60 * MINUTE


def busy_clinic(language: str, *, has_backup: bool = True) -> FakeKioskPort:
    """A computer on which everything that can be shown is shown."""
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    kiosk.set_language(language)
    kiosk.offer_pairing("bUNyeXB0b2dyYXBoaWMga2V5IG9mIHRoaXMgaHViIGhlcmU")
    kiosk.hold_records(patients=12_431, visits=38_920, events=1_104_233)
    kiosk.join_networks(WIFI, CABLE)
    if has_backup:
        kiosk.backups.ends()
    kiosk.notify(Notice.UNCLEAN_STOP_CHECKED)
    kiosk.notify(Notice.ADDRESS_CHANGED, old="192.168.1.4", new="192.168.1.7")
    kiosk.phone_syncs("Rosa Méndez", "pull", 54_100, ago_ms=9 * 24 * HOUR, generation="second", note="unknown_mark")
    kiosk.phone_syncs("John Okello", "push", 0, ago_ms=50 * MINUTE, result="not_signed_in")
    kiosk.phone_syncs("John Okello", "pull", 3, ago_ms=49 * MINUTE)
    for minutes in range(8, 0, -1):
        kiosk.phone_syncs("سارة الخطيب", "push", minutes, ago_ms=minutes * MINUTE)
    kiosk.phones.rename("John Okello", "Tablet 2")
    kiosk.phones.open_pairing(60_000)
    kiosk.phones.knock("hub-2b1c", ago_ms=3 * MINUTE, address="192.168.1.31")
    kiosk.phones.rename("hub-2b1c", "جهاز اللقاح")
    kiosk.phones.knock("hub-lost", ago_ms=20 * 24 * HOUR)
    kiosk.phones.revoke("hub-lost")
    kiosk.phones.close_pairing()
    kiosk.phones.knock("hub-77aa", ago_ms=MINUTE)
    return kiosk


def add_troubles(kiosk: FakeKioskPort) -> None:
    """What needs attention, and a picture of activity."""
    hours = tuple(Slot(hour % 5, 100 * hour) for hour in range(24))
    kiosk.have_synced(Activity(hours, tuple(Slot(day % 7, 10 * day) for day in range(30))))
    kiosk.set_clock(Finding("clock", Area.COMPUTER, Verdict.FAIL, "too_early"))
    kiosk.backups.ends("storage_failed")
    kiosk.phones.set_clock("John Okello", HOUR)


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_main_page_is_sound_in_every_state(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = busy_clinic(words.language)
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        expect(page.locator("html")).to_have_attribute("dir", words.direction)
        page.locator("#addresses summary").click()
        page.locator("#log-earlier summary").click()
        check(page, tmp_path / "serving.png")
        add_troubles(kiosk)
        page.reload()
        expect(page.get_by_role("heading", name=words.text("state.serving.attention"))).to_be_visible()
        expect(page.locator("#activity table")).to_have_count(2)
        check(page, tmp_path / "attention.png")
        kiosk.occupy_port("node")
        page.reload()
        expect(page.get_by_role("heading", name=words.text("state.port_taken"))).to_be_visible()
        check(page, tmp_path / "port_taken.png")
        kiosk.release_ports()
        kiosk.join_networks()
        page.reload()
        expect(page.get_by_role("heading", name=words.text("state.no_network"))).to_be_visible()
        check(page, tmp_path / "no_network.png")
        kiosk.begin_starting()
        page.reload()
        expect(page.get_by_role("heading", name=words.text("state.starting"))).to_be_visible()
        check(page, tmp_path / "starting.png")
        kiosk.stop_serving()
        page.reload()
        expect(page.get_by_role("heading", name=words.text("state.stopped"))).to_be_visible()
        check(page, tmp_path / "stopped.png")
        assert visit.unexplained() == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_pages_about_phones_are_sound(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = busy_clinic(words.language)
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        page.locator("#add-phone").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("pairing.open"))
        page.locator("#addresses summary").click()
        check(page, tmp_path / "add_phone.png")
        page.locator("#app-older").check(force=True)
        check(page, tmp_path / "add_phone_older.png")
        page.goto(ui.url + "/phones")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("phones.title"))
        page.locator("#rename-hub-2b1c summary").click()
        check(page, tmp_path / "phones.png")
        page.goto(ui.url + "/phones/revoke?id=سارة الخطيب")
        expect(page.locator("#advice")).to_be_visible()
        check(page, tmp_path / "revoke.png")
        kiosk.stop_serving()
        page.goto(ui.url + "/add-phone")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("state.stopped"))
        check(page, tmp_path / "add_phone_stopped.png")
        assert visit.unexplained() == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_pages_about_backups_are_sound(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = busy_clinic(words.language, has_backup=False)
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        page.locator("#backups-page").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("safety.none"))
        page.locator("#backup-now").click()
        expect(page.locator("#backup-bar")).to_be_visible()
        kiosk.backups.comes_to(40)
        expect(page.locator("#backup-count")).to_have_text(words.text("backups.percent", percent=words.number(40)))
        check(page, tmp_path / "backup_made.png")
        kiosk.backups.ends()
        kiosk.backups.has_damaged("عيادة.hikma-backup")
        expect(page.get_by_role("heading", level=1)).to_have_text(words.text("safety.good"))
        check(page, tmp_path / "backups.png")
        page.locator("#show-code").click()
        expect(page.locator("#code")).to_be_visible()
        check(page, tmp_path / "recovery_code.png")
        assert visit.unexplained() == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_first_run_page_is_sound_empty_and_with_mistakes(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    options = {"color_scheme": scheme, "viewport": size, "locale": words.language}
    with serve_ui(FakeKioskPort()) as ui, visiting(browser, ui, **options) as visit:
        page = visit.enter()
        check(page, tmp_path / "first_run.png")
        page.locator("#server_name").fill("عيادة النور")
        page.locator("#finish").click()
        expect(page.locator("#clinic_name")).to_be_focused()
        expect(page.locator("#server_name")).to_have_value("عيادة النور")
        expect(page.locator("#clinic_name")).to_have_accessible_description(words.text("first_run.wrong.clinic_name"))
        check(page, tmp_path / "mistakes.png")
        assert visit.unexplained("status of 400") == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_plain_pages_are_sound(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = busy_clinic(words.language)
    options = {"color_scheme": scheme, "viewport": size, "locale": words.language}
    with serve_ui(kiosk) as ui, visiting(browser, ui, **options) as visit:
        page = visit.page
        page.goto(ui.url)
        expect(page.get_by_role("heading")).to_have_text(words.text("signed_out.title"))
        check(page, tmp_path / "signed_out.png")
        page.goto(ui.url + "/open#not-the-token")
        expect(page.get_by_text(words.text("open.expired"))).to_be_visible()
        check(page, tmp_path / "expired.png")
        visit.enter()
        page.goto(ui.url + "/nowhere")
        expect(page.get_by_text(words.error("not_found"))).to_be_visible()
        check(page, tmp_path / "nowhere.png")
        assert visit.unexplained("status of 401", "status of 404") == []


def test_the_page_follows_a_4k_screen_and_a_zoomed_one(browser: Browser, tmp_path: Path) -> None:
    kiosk = busy_clinic("en")
    with serve_ui(kiosk) as ui:
        for size, least_px in (({"width": 3840, "height": 2160}, 24), ({"width": 400, "height": 300}, 16)):
            with visiting(browser, ui, viewport=size) as visit:
                page = visit.enter()
                font_px = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
                assert font_px >= least_px
                page_is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not page_is_wide


def test_the_token_is_in_no_address_that_is_sent_or_kept(browser: Browser) -> None:
    kiosk = busy_clinic("en")
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        assert not [url for url in visit.requests if TOKEN in url.partition("#")[0]]
        assert TOKEN not in page.url
        page.go_back()
        assert TOKEN not in page.url


def test_the_first_run_is_done_with_the_keyboard_alone(browser: Browser) -> None:
    kiosk = FakeKioskPort()
    with serve_ui(kiosk) as ui, visiting(browser, ui, viewport=SMALL) as visit:
        page = visit.enter()
        typed = (FORM.server_name, FORM.clinic_name, FORM.staff_name, FORM.email, "abc")
        tab_to(page, "#server_name")
        for text in typed:
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        expect(page.locator(".reveal")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("#finish")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#password")).to_be_focused()
        expect(page.locator("#password")).to_have_value("")
        page.keyboard.type(FORM.password)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Phones can sync with this computer")
        assert kiosk.first_run == FORM
        assert visit.unexplained("status of 400") == []


def test_the_password_can_be_shown_and_hidden(browser: Browser) -> None:
    with serve_ui(FakeKioskPort()) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.locator("#password").fill("correct horse")
        page.get_by_role("button", name="Show password").click()
        expect(page.locator("#password")).to_have_attribute("type", "text")
        page.get_by_role("button", name="Hide password").click()
        expect(page.locator("#password")).to_have_attribute("type", "password")


def test_the_language_changes_without_losing_what_was_typed(browser: Browser) -> None:
    kiosk = FakeKioskPort()
    with serve_ui(kiosk) as ui, visiting(browser, ui, locale="es") as visit:
        page = visit.enter()
        expect(page.locator("html")).to_have_attribute("lang", "es")
        page.locator("#clinic_name").fill("La Luz")
        page.locator("#password").fill("correct horse")
        page.get_by_role("button", name="العربية").click()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.locator("#clinic_name")).to_have_value("La Luz")
        expect(page.locator("#password")).to_have_value("")
        assert kiosk.status().language == "ar"


def test_without_scripts_every_action_still_works(browser: Browser) -> None:
    kiosk = busy_clinic("en")
    with serve_ui(kiosk) as ui, visiting(browser, ui, java_script_enabled=False) as visit:
        page = visit.enter_without_scripts()
        expect(page.locator(".copy:visible")).to_have_count(0)
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Stopped: phones cannot sync now")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Phones can sync with this computer")
        page.get_by_role("button", name="OK, hide this").first.click()
        expect(page.locator("#notices li")).to_have_count(1)
        page.locator("#addresses summary").click()
        page.get_by_role("button", name="Use 10.0.0.12").click()
        expect(page.locator("#phone-address")).to_have_text("http://10.0.0.12:4001")
        page.get_by_role("button", name="Block").click()
        expect(page.locator("#waiting")).to_have_count(0)
        page.get_by_role("button", name="Español").click()
        expect(page.locator("html")).to_have_attribute("lang", "es")


def test_without_scripts_phones_are_let_in_named_and_shut_out(browser: Browser) -> None:
    kiosk = busy_clinic("en")
    with serve_ui(kiosk) as ui, visiting(browser, ui, java_script_enabled=False) as visit:
        page = visit.enter_without_scripts()
        page.get_by_role("link", name="Add a phone").click()
        page.get_by_role("button", name="Approve").click()
        expect(page.locator("#joined-hub-77aa")).to_be_visible()
        page.get_by_role("radio", name="Older app").check()
        expect(page.locator("#panel-older")).to_be_visible()
        expect(page.locator("#panel-newer")).to_be_hidden()
        page.get_by_role("button", name="Let new phones in for 5 minutes").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("New phones are let in now")
        page.get_by_role("button", name="Let no more phones in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("New phones wait for your answer")
        page.get_by_role("link", name="Back to the main page").click()
        page.get_by_role("link", name="All phones").click()
        phone = page.locator("#phone-hub-77aa")
        phone.get_by_text("Rename").click()
        phone.get_by_label("Name of this phone").fill("Tablet 7")
        phone.get_by_role("button", name="Save").click()
        expect(phone.get_by_role("heading", name="Tablet 7")).to_be_visible()
        phone.get_by_role("link", name="Lost phone…").click()
        page.get_by_role("button", name="End its access").click()
        expect(phone.get_by_text("Access ended")).to_be_visible()
        phone.get_by_role("button", name="Let in again").click()
        expect(phone.get_by_text("May sync")).to_be_visible()
        page.get_by_label("Only the records of clinics").check()
        page.locator("#save-scope").click()
        assert kiosk.phones.scope is PhoneScope.VIEWABLE


def test_without_scripts_the_first_run_works(browser: Browser) -> None:
    kiosk = FakeKioskPort()
    with serve_ui(kiosk) as ui, visiting(browser, ui, java_script_enabled=False) as visit:
        page = visit.enter_without_scripts()
        for name in ("server_name", "clinic_name", "staff_name", "email", "password"):
            page.locator(f"#{name}").fill(getattr(FORM, name))
        page.locator("#finish").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Phones can sync with this computer")
        assert kiosk.first_run == FORM


def test_the_pages_stay_out_of_frames(browser: Browser, ui_of_busy_clinic: ServedUi) -> None:
    with visiting(browser, ui_of_busy_clinic) as visit:
        page = visit.enter()
        page.goto(f"{visit.ui.url}/open")
        framed = page.evaluate(
            """(url) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.src = url;
                frame.onload = () => { try { done(frame.contentDocument?.title ?? "") } catch { done("") } };
                document.body.append(frame);
            })""",
            visit.ui.url,
        )
        assert "Hikma" not in framed


@pytest.fixture
def ui_of_busy_clinic() -> Iterator[ServedUi]:
    with serve_ui(busy_clinic("en")) as ui:
        yield ui
