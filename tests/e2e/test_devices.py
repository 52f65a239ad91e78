"""Phones and the people who decide about them, on a running server: added, approved, blocked, named, lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from db.clock import SystemClock
from db.database import Database
from db.devices import DeviceStatus
from db.pairing import device_id_of, device_status, knock, pairing_open_until
from db.store import open_database
from tests.e2e.browser import SMALL, Visit, tab_to, visiting
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import NURSE, RunningServer
from tests.polling import eventually
from tests.web.ui.serving import ServedUi

ADDRESS = "192.0.2.31"


@dataclass
class ServerUi(ServedUi):
    """The pages of a server process."""

    entry: str = ""

    @property
    def open_url(self) -> str:
        return self.entry


@pytest.fixture
def visit(browser: Browser, running_server: RunningServer) -> Iterator[Visit]:
    """The server's pages in a browser, entered as the window does."""
    url, _, _ = running_server.ui_url.partition("/open")
    ui = ServerUi(url, int(url.rpartition(":")[2]), running_server.kill, running_server.ui_url)
    with visiting(browser, ui, viewport=SMALL) as visit:
        visit.enter()
        yield visit
        assert visit.unexplained() == []


@pytest.fixture
def database(running_server: RunningServer) -> Iterator[Database]:
    """The server's database, opened beside it."""
    folder = running_server.data_folder
    database = open_database(folder, bytes.fromhex((folder / "key").read_text()), SystemClock())
    yield database
    database.close()


def try_to_join(database: Database, client_id: str) -> DeviceStatus:
    """A phone shakes hands."""
    with database.write() as transaction:
        return knock(transaction, client_id, name=None, address=ADDRESS)


def status_of(database: Database, client_id: str) -> DeviceStatus | None:
    with database.read() as snapshot:
        return device_status(snapshot, device_id_of(client_id))


def is_open(database: Database) -> bool:
    with database.read() as snapshot:
        return pairing_open_until(snapshot, SystemClock().now_ms()) is not None


def is_closed(database: Database) -> bool:
    return not is_open(database)


def test_phones_join_while_the_page_is_open_and_no_longer(visit: Visit, database: Database) -> None:
    page = visit.page
    assert is_closed(database)
    page.get_by_role("link", name="Add a phone").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New phones are let in now")
    assert try_to_join(database, "early") is DeviceStatus.PAIRED
    expect(page.locator("#joined-hub-early")).to_contain_text(f"just now, from {ADDRESS}")
    page.get_by_role("link", name="Back to the main page").click()
    page.wait_for_url(visit.ui.url + "/?lang=en")
    eventually(lambda: is_closed(database))
    assert try_to_join(database, "late") is DeviceStatus.WAITING
    assert try_to_join(database, "early") is DeviceStatus.PAIRED


def test_a_phone_that_waits_is_let_in_by_keyboard_and_another_is_blocked(visit: Visit, database: Database) -> None:
    page = visit.page
    try_to_join(database, "ours")
    expect(page.get_by_role("heading", name="A phone wants to connect")).to_be_visible()
    try_to_join(database, "stranger")
    expect(page.get_by_role("heading", name="2 phones want to connect")).to_be_visible()
    tab_to(page, "#approve-hub-ours")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting-hub-ours")).to_have_count(0)
    expect(page.locator("#waiting-hub-stranger")).to_be_focused()  # what is still to be decided
    page.locator("#waiting-hub-stranger").get_by_role("button", name="Block").click()
    expect(page.locator("#waiting")).to_have_count(0)
    expect(page.locator("#state .button")).to_be_focused()
    assert status_of(database, "ours") is DeviceStatus.PAIRED
    assert try_to_join(database, "stranger") is DeviceStatus.BLOCKED
    expect(page.get_by_text("A phone was blocked")).to_be_visible()


def test_a_phone_is_named_and_later_lost(visit: Visit, database: Database, running_server: RunningServer) -> None:
    page = visit.page
    try_to_join(database, "tablet")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#waiting")).to_be_hidden()  # what stands below it moves up meanwhile
    page.get_by_role("link", name="All phones").click()
    phone = page.locator("#phone-hub-tablet")
    tab_to(page, "#rename-hub-tablet summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("جهاز اللقاح 2")
    page.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="جهاز اللقاح 2")).to_be_visible()
    expect(phone.locator("summary")).to_be_focused()
    expect(phone.get_by_label("Name of this phone")).to_be_hidden()
    phone.get_by_role("link", name="Lost phone…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("جهاز اللقاح 2")
    page.get_by_role("link", name="Cancel").click()
    assert status_of(database, "tablet") is DeviceStatus.PAIRED
    phone.get_by_role("link", name="Lost phone…").click()
    page.get_by_role("button", name="End its access").click()
    expect(page.locator("#ended #phone-hub-tablet").get_by_text("Access ended")).to_be_visible()
    assert try_to_join(database, "tablet") is DeviceStatus.REVOKED
    listed = json.loads(running_server.cli("devices", "list", "--json").stdout)
    assert [(each["name"], each["status"]) for each in listed] == [("جهاز اللقاح 2", "revoked")]


def test_before_a_phone_is_given_up_the_page_says_what_it_sent_last(
    visit: Visit, running_server: RunningServer
) -> None:
    page = visit.page
    phone = RestPhone(running_server.phones_url)
    phone.pull()
    phone.push_patients("p1", "p2")
    phone.push_patients("p3", "p4", "p5")
    page.get_by_role("link", name="All phones").click()
    page.get_by_role("link", name="Lost phone…").click()
    expect(page.locator("#last-sent")).to_contain_text("It last sent records just now")
    expect(page.get_by_role("definition")).to_have_text("3")
    expect(page.locator("#advice")).to_contain_text(f"password of {NURSE.name}")


def test_commands_and_pages_show_each_others_decisions(
    visit: Visit, database: Database, running_server: RunningServer
) -> None:
    page: Page = visit.page
    assert running_server.cli("devices", "pairing", "open", "--minutes", "2").returncode == 0
    assert try_to_join(database, "tablet") is DeviceStatus.PAIRED
    shown = json.loads(running_server.cli("devices", "pairing", "show", "--json").stdout)
    code = json.loads(shown["newer"])
    assert (code["type"], code["url"]) == ("sync_hub", running_server.phones_url)
    assert running_server.cli("settings", "phones-receive", "viewable").returncode == 0
    page.goto(visit.ui.url + "/phones")
    expect(page.locator("#scope-viewable")).to_be_checked()
    assert running_server.cli("devices", "block", "hub-tablet").returncode == 0
    expect(page.locator("#phone-hub-tablet").get_by_text("Blocked")).to_be_visible()
    page.get_by_label("The records of all clinics").check()
    page.locator("#save-scope").click()
    expect(page.locator("#scope-now")).to_have_text("In use: The records of all clinics on this computer")
    chosen = running_server.cli("settings", "phones-receive", "--json").stdout
    assert json.loads(chosen) == {"phones_receive": "all"}
