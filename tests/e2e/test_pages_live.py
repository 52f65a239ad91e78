"""The main page keeps telling the truth by itself, and leaves the person's place alone while it does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from db.errors import DiskFull
from tests.e2e.browser import SMALL, tab_to, visiting
from tests.fakes.kiosk_port import CABLE, WIFI, FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import TOKEN, free_port, serve_ui
from web.ui.ports import Notice
from web.ui.sessions import UiSessions

LOST = "The server part is not answering. Trying again…"
POLL_MS = 2_500
QUIET_AFTER = 12


@pytest.fixture
def kiosk() -> FakeKioskPort:
    port = FakeKioskPort()
    port.complete_first_run(FORM)
    port.offer_pairing("cHVibGljIGtleQ")
    port.join_networks(WIFI, CABLE)
    for minutes in range(20, 0, -1):
        port.phone_syncs("Amina", "push", minutes, ago_ms=minutes * 60_000)
    return port


def next_poll(page: Page, status: int) -> None:
    """Wait until the page has asked the server once more and got this answer."""
    with page.expect_response(lambda reply: reply.url.endswith("/status") and reply.status == status):
        pass


def test_news_appears_without_disturbing_anything(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui, viewport=SMALL) as visit:
        page = visit.enter()
        page.evaluate("window.isSamePage = true")
        page.locator("#addresses summary").click()
        page.locator("#log-earlier summary").click()
        page.locator("#use-10\\.0\\.0\\.12").focus()
        scrolled = page.evaluate("(scrollTo(0, 420), scrollY)")
        assert scrolled > 300
        kiosk.phone_syncs("سارة", "push", 77)
        kiosk.notify(Notice.UNCLEAN_STOP_CHECKED)
        expect(page.get_by_text("sent 77 records")).to_be_visible()
        expect(page.get_by_text("stopped without warning")).to_be_visible()
        expect(page.locator("#use-10\\.0\\.0\\.12")).to_be_focused()
        expect(page.locator("#log-earlier")).to_have_attribute("open", "")
        expect(page.locator("#addresses")).to_have_attribute("open", "")
        assert page.evaluate("window.isSamePage") is True
        assert visit.unexplained() == []


def test_scrolling_stays_when_the_list_changes(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui, viewport=SMALL) as visit:
        page = visit.enter()
        before = page.evaluate("(scrollTo(0, 500), scrollY)")
        kiosk.phone_syncs("Amina", "push", 78)
        expect(page.get_by_text("sent 78 records")).to_be_attached()
        assert page.evaluate("scrollY") == before


def test_an_unchanged_page_is_not_touched(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.evaluate(
            """() => {
                window.touches = 0;
                new MutationObserver((list) => (window.touches += list.length)).observe(document.body, {
                    subtree: true, childList: true, attributes: true, characterData: true });
            }"""
        )
        next_poll(page, 304)
        next_poll(page, 304)
        assert page.evaluate("window.touches") == 0


def test_a_hidden_page_asks_nothing_and_catches_up_at_once(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        visit.page.clock.install()
        page = visit.enter()
        hide = """(isHidden) => {
            Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
        with page.expect_response("**/status"):
            page.clock.fast_forward(POLL_MS + 100)
        page.evaluate(hide, True)
        asked = len(visit.requests)
        page.clock.fast_forward(20 * POLL_MS)
        page.evaluate("1")
        assert len(visit.requests) == asked
        with page.expect_response("**/status"):
            page.evaluate(hide, False)


def test_a_page_where_nothing_happens_asks_less_often(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        visit.page.clock.install()
        page = visit.enter()
        for _ in range(QUIET_AFTER):
            with page.expect_response("**/status"):
                page.clock.fast_forward(POLL_MS + 100)
        page.evaluate("1")
        asked = len(visit.requests)
        page.clock.fast_forward(POLL_MS + 100)
        page.evaluate("1")
        assert len(visit.requests) == asked
        with page.expect_response("**/status"):
            page.clock.fast_forward(POLL_MS)


def test_stop_and_start_by_keyboard_keep_the_keyboards_place(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.evaluate("window.isSamePage = true")
        tab_to(page, "#do-stop")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Stopped: phones cannot sync now")
        expect(page.locator("#do-start")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Phones can sync with this computer")
        expect(page.locator("#do-stop")).to_be_focused()
        assert page.evaluate("window.isSamePage") is True


def test_every_control_can_be_reached_by_keyboard(browser: Browser, kiosk: FakeKioskPort) -> None:
    kiosk.notify(Notice.KEY_IN_FILE)
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        for control in (".skip", ".languages button:nth-child(2)", "#do-stop", "#dismiss-key_in_file", "#add-phone"):
            tab_to(page, control)
        tab_to(page, "#addresses summary")
        page.keyboard.press("Enter")
        tab_to(page, "#use-10\\.0\\.0\\.12")
        page.keyboard.press("Enter")
        expect(page.locator("#address-10\\.0\\.0\\.12 .chosen")).to_be_visible()


def test_a_taken_port_is_cured_from_the_page(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        kiosk.occupy_port("node")
        other = page.get_by_role("button", name="Use port 4002 instead")
        expect(other).to_have_accessible_description(
            "With another port, every phone must scan the new code before it can sync again."
        )
        expect(page.get_by_text("The program node is using port 4001")).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        expect(other).to_be_visible()
        other.click()
        expect(page.locator("#phone-address")).to_have_text("http://192.168.1.7:4002")


def test_a_refused_action_is_explained_on_the_page(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        kiosk.fail_next(DiskFull())
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("alert").filter(has_text="The disk of the clinic computer is full")).to_be_visible()
        expect(page.get_by_role("button", name="Stop")).to_be_enabled()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Start")).to_be_visible()
        expect(page.locator("#action-problem")).to_be_hidden()


def test_the_address_is_copied(browser: Browser, kiosk: FakeKioskPort) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with serve_ui(kiosk) as ui, visiting(browser, ui, **options) as visit:
        page = visit.enter()
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == "http://192.168.1.7:4001"
        expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def test_the_page_says_when_the_server_part_dies_and_recovers(browser: Browser, kiosk: FakeKioskPort) -> None:
    sessions = UiSessions(TOKEN)
    with serve_ui(kiosk, port=free_port(), sessions=sessions) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        ui.stop()
        expect(page.get_by_text(LOST)).to_be_visible(timeout=10_000)
        expect(page.get_by_role("heading", name="Phones can sync with this computer")).to_be_hidden()
        assert page.locator("#live").evaluate("element => element.inert") is True
        kiosk.stop_serving()
        with serve_ui(kiosk, port=ui.port, sessions=sessions):
            expect(page.get_by_text(LOST)).to_be_hidden()
            expect(page.get_by_role("heading", name="Stopped: phones cannot sync now")).to_be_visible()
            page.get_by_role("button", name="Start").click()
            expect(page.get_by_role("heading", name="Phones can sync with this computer")).to_be_visible()


def test_an_action_on_a_dead_server_ends_in_the_same_truth(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        ui.stop()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text(LOST)).to_be_visible(timeout=10_000)


def test_a_page_of_an_earlier_start_says_that_it_is_over(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk, port=free_port()) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        ui.stop()
        with serve_ui(kiosk, port=ui.port, sessions=UiSessions("another launch token " * 3)):
            expect(page.get_by_text("This page is no longer connected")).to_be_visible()


def test_a_language_chosen_elsewhere_reaches_the_open_page(browser: Browser, kiosk: FakeKioskPort) -> None:
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        kiosk.set_language("ar")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.get_by_role("heading", level=1)).to_have_text("يمكن للهواتف أن تتزامن مع هذا الحاسوب")
