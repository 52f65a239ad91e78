"""The pages about the cloud as people meet them: every state, language, look and size, with and without scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import LOOKS, SMALL, check, tab_to, visiting
from tests.fakes.cloud_port import KEY, MINUTE, OTHER_URL, URL, FakeCloud
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import serve_ui
from web.i18n import Translator
from web.ui.cloud_port import Receipt

HOUR = 60 * MINUTE


def clinic(language: str = "en") -> FakeKioskPort:
    """Connected; phones have sent records, and 12 of them wait for the next round."""
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    kiosk.set_language(language)
    kiosk.phone_syncs("سارة الخطيب", "push", 240, ago_ms=3 * MINUTE, generation="second")
    kiosk.phones.have_records("سارة الخطيب", Receipt(1_240, 1_238, 2))
    kiosk.round_with_cloud("cloud_pull", 31, ago_ms=20 * MINUTE)
    kiosk.round_with_cloud("cloud_push", 0, ago_ms=MINUTE, result="cloud_offline")
    kiosk.cloud.join()
    kiosk.cloud.hold(12_431, 12)
    kiosk.cloud.use_line(3_400_000)
    kiosk.cloud.choose_daily_limit(50)
    kiosk.cloud.round_ends(ago_ms=20 * MINUTE)
    return kiosk


def with_full_trays(kiosk: FakeKioskPort) -> FakeKioskPort:
    """Some records are set aside, and there are conflicts of every kind."""
    cloud = kiosk.cloud
    cloud.put_aside("patients", "p1", "other_clinic", "Layla Haddad", ago_ms=HOUR)
    cloud.put_aside("visits", "an odd id", "parent", "سارة الخطيب", ago_ms=30 * MINUTE)
    cloud.put_aside("clinic_departments", "d1", "bad_id", ago_ms=MINUTE)
    answers = [json.dumps([{"name": "Temperature", "value": degrees}]) for degrees in (38.5, 37.2)]
    cloud.lose("events", "e1", ("form_data", answers[0], answers[1]), name="Layla Haddad", by="Amina Haddad")
    cloud.lose("patients", "p2", ("camp", "شمال", "South"), ("phone", "", "0791 555"), name="سارة الخطيب")
    cloud.lose("appointments", "a1", ("timestamp", "1", "1790000000000"), name="Rosa Méndez", is_deleted=True)
    return kiosk


def offline(cloud: FakeCloud) -> None:
    cloud.round_ends("cloud_offline")


STATES: list[tuple[str, Callable[[FakeCloud], None]]] = [
    ("well", lambda cloud: None),
    ("offline", offline),
    ("wifi", lambda cloud: cloud.round_ends("not_the_cloud")),
    ("running", lambda cloud: cloud.round_runs("pushing", 1_200, 5_000)),
    ("counting", lambda cloud: cloud.round_runs("pulling", 340)),
    ("paused", lambda cloud: cloud.pause()),
    ("empty", lambda cloud: cloud.stop_for("looks_empty")),
    ("refused", lambda cloud: cloud.stop_for("key_refused")),
]


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_card_and_the_page_are_sound_in_every_state(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    shows_all = (words.language, scheme) in (("en", "light"), ("ar", "dark"))
    for name, happen in STATES if shows_all else STATES[:2]:
        kiosk = with_full_trays(clinic(words.language))
        happen(kiosk.cloud)
        with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
            page = visit.enter()
            expect(page.locator("#cloud")).to_be_visible()
            check(page, tmp_path / f"main_{name}.png")
            page.goto(ui.url + "/cloud")
            expect(page.locator("#receipt")).to_be_visible()
            check(page, tmp_path / f"cloud_{name}.png")
            assert visit.unexplained() == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_trays_are_sound_full_and_empty(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = with_full_trays(clinic(words.language))
    empty = clinic(words.language)
    for state, port in (("full", kiosk), ("empty", empty)):
        with serve_ui(port) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
            page = visit.enter()
            for path, title in (("/cloud/aside", "aside.title"), ("/conflicts", "conflicts.title")):
                page.goto(ui.url + path)
                expect(page.get_by_role("heading", level=1)).to_have_text(words.text(title))
                check(page, tmp_path / f"{title}_{state}.png")
            assert visit.unexplained() == []


@pytest.mark.parametrize(("language", "scheme", "size"), LOOKS)
def test_the_form_and_the_questions_are_sound(
    browser: Browser, words: Translator, scheme: str, size: dict[str, int], tmp_path: Path
) -> None:
    kiosk = with_full_trays(clinic(words.language))
    with serve_ui(kiosk) as ui, visiting(browser, ui, color_scheme=scheme, viewport=size) as visit:
        page = visit.enter()
        for path in ("/cloud/disconnect", "/cloud/refill", "/cloud/aside/discard?table=visits&id=an odd id"):
            page.goto(ui.url + path)
            expect(page.locator("#yes")).to_be_visible()
            check(page, tmp_path / f"question_{len(path)}.png")
        page.goto(ui.url + "/cloud/connect")
        check(page, tmp_path / "change.png")
        page.locator("#key").fill("mistyped")
        page.locator("#connect-submit").click()
        expect(page.locator("#key")).to_be_focused()
        told = f"{words.text('cloud_form.trouble.key')} {words.text('cloud_form.key.hint')}"
        expect(page.locator("#key")).to_have_accessible_description(told)
        check(page, tmp_path / "mistake.png")
        page.locator("#url").fill(OTHER_URL)
        page.locator("#key").fill(KEY)
        page.locator("#connect-submit").click()
        expect(page.locator("#other-cloud")).to_be_visible()
        check(page, tmp_path / "other_cloud.png")
        assert visit.unexplained("status of 400", "status of 409") == []


def test_pulling_the_cable_shows_what_waits_and_the_next_try_and_nothing_technical(
    browser: Browser, words: Translator, tmp_path: Path
) -> None:
    kiosk = clinic(words.language)
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.locator("#cloud-sync").click()
        kiosk.cloud.round_runs("pushing", 3, 12)
        expect(page.locator("#round-bar")).to_be_visible()
        offline(kiosk.cloud)
        card = page.locator("#cloud")
        expect(page.locator("#cloud-headline")).to_have_text(words.text("cloud.trouble.offline"))
        expect(card).to_contain_text(words.text("cloud.wait_here", count=12))
        expect(card).to_contain_text(words.text("cloud.next_try", when=words.text("time.in_minutes", count=4)))
        expect(page.locator("#round-bar")).to_have_count(0)
        expect(page.locator("#action-problem")).to_be_hidden()
        page.screenshot(path=tmp_path / "offline.png", full_page=True)
        assert kiosk.cloud.rounds_asked_for == 1


def test_progress_moves_by_itself_and_is_told_to_screen_readers_by_phase(browser: Browser) -> None:
    kiosk = clinic()
    kiosk.cloud.round_runs("pulling")
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        bar = page.get_by_role("progressbar", name="Receiving what is new")
        assert bar.get_attribute("value") is None
        kiosk.cloud.round_runs("pushing", 100, 400)
        bar = page.get_by_role("progressbar", name="Sending records")
        expect(bar).to_have_attribute("value", "100")
        expect(page.locator("#round-count")).to_have_text("100 of 400")
        kiosk.cloud.round_runs("pushing", 300, 400)
        expect(bar).to_have_attribute("value", "300")
        kiosk.cloud.round_runs("confirming")
        bar = page.get_by_role("progressbar", name="Making sure that everything arrived")
        assert bar.get_attribute("value") is None
        expect(page.get_by_role("status").filter(has_text="Making sure that everything arrived")).to_be_visible()


def test_a_computer_is_connected_with_the_keyboard_alone(browser: Browser) -> None:
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    with serve_ui(kiosk) as ui, visiting(browser, ui, viewport=SMALL) as visit:
        page = visit.enter()
        tab_to(page, "#cloud-connect")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Connect to the cloud")
        tab_to(page, "#url")
        page.keyboard.type("cloud.example.org")
        tab_to(page, "#key")
        page.keyboard.type(f" {KEY} ")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("The first sync with the cloud is about to start")
        assert kiosk.cloud.view().url == URL
        for control in ("#cloud-sync", "#cloud-pause", "#change", "#disconnect", "#minutes", "#save-megabytes"):
            tab_to(page, control)
        assert visit.unexplained() == []


def test_the_key_can_be_shown_and_is_no_plain_text_when_it_is_sent(browser: Browser) -> None:
    with serve_ui(clinic()) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.goto(ui.url + "/cloud/connect")
        page.locator("#key").fill("mistyped")
        page.get_by_role("button", name="Show key").click()
        expect(page.locator("#key")).to_have_attribute("type", "text")
        page.locator("#connect-submit").click()
        expect(page.locator("#key-wrong")).to_be_visible()
        expect(page.locator("#key")).to_have_attribute("type", "password")
        expect(page.locator("#key")).to_have_value("")
        expect(page.locator("#connect-submit")).to_have_text("Check and connect")


def test_a_setting_is_saved_on_the_page_and_a_wrong_number_is_told_there(browser: Browser) -> None:
    kiosk = clinic()
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.goto(ui.url + "/cloud")
        page.locator("#minutes").fill("9999")
        page.locator("#save-minutes").click()
        expect(page.get_by_role("alert").filter(has_text="Type a whole number from 1 to 1440.")).to_be_visible()
        page.locator("#minutes").fill("30")
        page.keyboard.press("Enter")
        expect(page.locator("#minutes-now")).to_have_text("In use: every 30 minutes. 5 is usual.")
        expect(page.locator("#action-problem")).to_be_hidden()
        assert kiosk.cloud.view().minutes == 30
        page.locator("#megabytes").fill("0")
        page.locator("#save-megabytes").click()
        expect(page.locator("#megabytes-now")).to_contain_text("no limit")


def test_a_list_is_worked_through_with_the_keyboard_and_the_place_is_kept(browser: Browser) -> None:
    kiosk = with_full_trays(clinic())
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        tab_to(page, "#to-conflicts")
        page.keyboard.press("Enter")
        tab_to(page, "#keep-3")
        page.keyboard.press("Enter")
        expect(page.locator("#conflict-2")).to_be_focused()
        tab_to(page, "#restore-2")
        page.keyboard.press("Enter")
        expect(page.locator("#conflict-1")).to_be_focused()
        tab_to(page, "#keep-1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        expect(page.get_by_text("There is nothing to look at.")).to_be_visible()
        assert kiosk.cloud.restored == [2]


def test_a_record_is_given_up_only_after_the_question(browser: Browser) -> None:
    kiosk = with_full_trays(clinic())
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.locator("#to-aside").click()
        odd = page.get_by_role("listitem").filter(has_text="سارة الخطيب")
        odd.get_by_role("link", name="Discard…").click()
        page.get_by_role("link", name="Cancel").click()
        odd.get_by_role("link", name="Discard…").click()
        assert kiosk.cloud.discarded == []
        page.get_by_role("button", name="Discard").click()
        expect(page.locator(".record")).to_have_count(2)
        assert kiosk.cloud.discarded == [("visits", "an odd id")]
        page.get_by_role("button", name="Retry all").click()
        expect(page.get_by_text("Nothing is set aside.")).to_be_visible()


def test_a_connection_that_ends_elsewhere_leaves_no_old_page_standing(browser: Browser) -> None:
    kiosk = clinic()
    with serve_ui(kiosk) as ui, visiting(browser, ui) as visit:
        page = visit.enter()
        page.goto(ui.url + "/cloud")
        kiosk.cloud.disconnect()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connect to the cloud")


def decide_about_an_empty_cloud(page: Page) -> None:
    page.get_by_role("link", name="Send everything to it again…").click()
    page.get_by_role("link", name="Wait, I will ask").click()
    page.get_by_role("link", name="Send everything to it again…").click()
    page.get_by_role("button", name="Send everything again").click()


def test_without_scripts_everything_about_the_cloud_still_works(browser: Browser) -> None:
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    with serve_ui(kiosk) as ui, visiting(browser, ui, java_script_enabled=False) as visit:
        page = visit.enter_without_scripts()
        page.get_by_role("link", name="Connect…").click()
        expect(page.locator(".reveal:visible")).to_have_count(0)
        page.get_by_label("Address of the cloud").fill(URL)
        page.get_by_label("Key of this computer").fill(KEY)
        page.get_by_role("button", name="Check and connect").click()
        page.get_by_role("button", name="Sync now").click()
        assert kiosk.cloud.rounds_asked_for == 1
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Minutes between two syncs").fill("30")
        page.locator("#save-minutes").click()
        assert kiosk.cloud.view().minutes == 30
        kiosk.cloud.stop_for("looks_empty")
        page.goto(ui.url + "/cloud")
        decide_about_an_empty_cloud(page)
        assert kiosk.cloud.has_refilled
        with_full_trays(kiosk)
        page.goto(ui.url)
        page.get_by_role("link", name="3 records set aside").click()
        page.get_by_role("button", name="Retry", exact=True).first.click()
        expect(page.locator(".record")).to_have_count(2)
        page.goto(ui.url + "/conflicts")
        page.get_by_role("button", name="Restore").first.click()
        expect(page.locator(".record")).to_have_count(2)
        page.goto(ui.url + "/cloud")
        page.get_by_role("link", name="Disconnect…").click()
        page.get_by_role("button", name="Disconnect").click()
        expect(page.get_by_text("Not connected to a cloud")).to_be_visible()
