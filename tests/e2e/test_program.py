"""The whole program, from the first start on an empty computer: its real pages in a browser, its real phones."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.hub import build_hub
from kiosk.paths import DataFolder
from tests.e2e.browser import LARGE
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import LOOPBACK, NURSE, RunningServer, StaffAccount
from tests.gates.test_import_cost import HEAVY
from tests.kiosk.hubs import built_hub, config_of
from tests.phone.client import PhoneDriver
from tests.web.ui.kiosk_port_contract import FORM

AMINA = StaffAccount("amina@clinic.org", "a good password", "Amina Haddad", "Al Noor")
SERVING = "Phones can sync with this computer"
STOPPED = "Stopped: phones cannot sync now"
CHECKED = "stopped without warning last time"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """The program on an empty computer, serving."""
    server = RunningServer(tmp_path / "data")
    server.start()
    yield server
    server.kill()


@contextmanager
def opened(browser: Browser, address: str, expected: str = "nothing") -> Iterator[Page]:
    """The kiosk's page behind an address that the program told. Its console must not complain, but of the expected."""
    context = browser.new_context(viewport=LARGE, locale="en")
    context.set_default_timeout(30_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_url("**/")
    yield page
    context.close()
    assert [line for line in complaints if expected not in line] == []


def fill_in_first_run(page: Page, account: StaffAccount) -> None:
    page.get_by_label("Name of this server").fill("Reception")
    page.get_by_label("Name of the clinic").fill(account.clinic)
    page.get_by_label("Full name").fill(account.name)
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password", exact=True).fill(account.password)
    page.get_by_role("button", name="Finish and start").click()


def photograph(page: Page, name: str) -> None:
    """Keeps a picture where HIKMA_TEST_PICTURES says, for people to look at."""
    if folder := os.environ.get("HIKMA_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"real-{name}.png", full_page=True)


def test_from_an_empty_computer_to_phones_that_sync(
    browser: Browser, server: RunningServer, phone_driver: PhoneDriver
) -> None:
    with opened(browser, server.ui_url) as page:
        photograph(page, "1-first-run")
        fill_in_first_run(page, AMINA)
        expect(page.get_by_role("heading", level=1)).to_have_text(SERVING)
        expect(page.locator("#phone-address")).to_have_text(server.phones_url)
        expect(page.get_by_text("No phone has synced yet")).to_be_visible()
        photograph(page, "2-serving")

        phone = phone_driver.open("first-phone", server.phones_url, credentials=AMINA.credentials, path="/api/v2/sync")
        patient = phone.create("patients", given_name="سارة", surname="Farah")
        phone.create("visits", patient_id=patient)
        outcome = phone.sync()
        assert outcome.ok, outcome
        expect(page.get_by_role("row", name=f"Phone of {AMINA.name}")).to_be_visible()
        expect(page.get_by_text(f"The phone of {AMINA.name} sent 2 records")).to_be_visible()
        photograph(page, "3-synced")

        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(STOPPED)
        photograph(page, "4-stopped")
        assert not phone.sync().ok
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SERVING)
        assert phone.sync().ok

        page.get_by_role("button", name="العربية").click()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        photograph(page, "5-arabic")
        phone.close()
    assert server.stop() == 0


def test_the_first_run_comes_back_with_its_mistakes_until_it_is_right(browser: Browser, server: RunningServer) -> None:
    with opened(browser, server.ui_url, expected="400 (Bad Request)") as page:
        page.get_by_label("Password", exact=True).evaluate("element => element.form.noValidate = true")
        fill_in_first_run(page, StaffAccount("amina at the clinic", "abc", AMINA.name, AMINA.clinic))
        expect(page.get_by_text("2 fields need your attention")).to_be_visible()
        assert RestPhone(server.phones_url, AMINA).status() == 401
        fill_in_first_run(page, AMINA)
        expect(page.get_by_role("heading", level=1)).to_have_text(SERVING)
        assert RestPhone(server.phones_url, AMINA).status() == 200


def test_an_account_from_the_command_line_ends_the_first_run_on_the_open_page(
    browser: Browser, server: RunningServer
) -> None:
    with opened(browser, server.ui_url) as page:
        expect(page.get_by_role("button", name="Finish and start")).to_be_visible()
        server.add_user(NURSE)
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text(SERVING)


def test_after_a_power_cut_the_page_says_what_was_checked(browser: Browser, server: RunningServer) -> None:
    server.add_user(NURSE)
    RestPhone(server.phones_url).push_patients("p1", "p2")
    server.restart_after_kill()
    assert RestPhone(server.phones_url).pulled_ids() == {"p1", "p2"}
    with opened(browser, server.ui_url) as page:
        notice = page.get_by_text(CHECKED)
        expect(notice).to_be_visible()
        photograph(page, "6-power-cut")
        page.locator("#dismiss-unclean_stop_checked").click()
        expect(notice).to_be_hidden()
    server.stop()
    server.start()
    with opened(browser, server.ui_url) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text(SERVING)
        expect(page.get_by_text(CHECKED)).to_have_count(0)


def test_behind_a_window_a_taken_port_is_told_by_the_page_and_cured_there(browser: Browser, tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        hub.control.complete_first_run(FORM)
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        hub = build_hub(config_of(tmp_path, port=port, is_attended=True))
        try:
            running = hub.start()
            with opened(browser, running.open_url) as page:
                name = psutil.Process(os.getpid()).name()
                expect(page.get_by_text(f"The program {name} is using port {port}")).to_be_visible()
                photograph(page, "7-port-taken")
                page.get_by_role("button", name="instead").click()
                expect(page.get_by_role("heading", level=1)).to_have_text(SERVING)
                assert hub.listener.state.is_running
                assert hub.listener.state.port != port
        finally:
            hub.stop()


def test_serving_with_a_key_in_a_file_loads_nothing_that_only_others_need(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "data", environment={"PYTHONPROFILEIMPORTTIME": "1"})
    server.start()
    server.add_user(NURSE)
    phone = RestPhone(server.phones_url)
    phone.push_patients("p1")
    phone.pull()
    assert server.stop() == 0
    said = (tmp_path / "data.stderr").read_text()
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.splitlines() if "|" in line}
    assert {"kiosk", "db", "web", "bottle", "sqlcipher3"} <= loaded
    assert loaded.isdisjoint({*HEAVY} - {"alembic"})  # the tables are made here
    assert DataFolder(tmp_path / "data").key_file.exists()
