"""The screens of the cloud on the running program, against a cloud that behaves as the real one was measured to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from db.accounts import has_accounts
from db.clock import SystemClock
from kiosk.hub import Hub
from tests.db.rows import put_rows
from tests.e2e.browser import Visit, visiting
from tests.fakes.cloud import Cloud, running_cloud
from tests.fakes.cloud.organisation import API_KEY, CLINIC_A, CLINIC_B
from tests.kiosk.hubs import built_hub
from tests.polling import eventually
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import ServedUi

TAKEN, FOREIGN = (f"5f0c8f3e-0000-4000-8000-00000000000{number}" for number in (1, 2))
A_ROUND_MS = 30_000


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with running_cloud(SystemClock()) as running:
        yield running


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The program after its first run, with a patient of its clinic and one of a clinic that its key is not for."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    with built_hub(tmp_path / "data") as hub:
        hub.control.complete_first_run(FORM)
        names = {"given_name": "Layla", "surname": "Haddad", "sex": "female", "is_deleted": False}
        times = {"created_at": 1_790_000_000_000, "updated_at": 1_790_000_000_000}
        clinics = ((TAKEN, CLINIC_A), (FOREIGN, CLINIC_B))
        rows = [{"id": each, "primary_clinic_id": clinic, **names, **times} for each, clinic in clinics]
        put_rows(hub.store.database, "patients", rows)
        yield hub


@contextmanager
def main_page_of(hub: Hub, browser: Browser) -> Iterator[Visit]:
    """The program is started and its main page opened in a browser."""
    facts = hub.start()
    served = ServedUi(facts.ui_url, int(facts.ui_url.rpartition(":")[2]), lambda: None)
    with visiting(browser, served) as visit:
        visit.page.goto(f"{facts.ui_url}/open#{facts.token}")
        visit.page.wait_for_url(facts.ui_url + "/")
        yield visit


@pytest.fixture
def visit(hub: Hub, browser: Browser) -> Iterator[Visit]:
    """Its main page in a browser."""
    with main_page_of(hub, browser) as visit:
        yield visit


def connect(page: Page, cloud: Cloud) -> None:
    page.locator("#cloud-connect").click()
    fill_in(page, cloud, f" {API_KEY} ")


def fill_in(page: Page, cloud: Cloud, key: str) -> None:
    page.locator("#url").fill(cloud.url)
    page.locator("#key").fill(key)
    page.locator("#connect-submit").click()


def test_a_computer_is_connected_sends_its_records_and_tells_what_the_cloud_will_not_keep(
    visit: Visit, cloud: Cloud
) -> None:
    page = visit.page
    connect(page, cloud)
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything else is in the cloud", timeout=A_ROUND_MS)
    expect(page.locator("#connection")).to_contain_text("hub-a")
    expect(page.locator("#clinics")).to_contain_text("Clinic A")
    expect(page.locator(".hops dd")).to_have_text(["2", "1", "1"])
    page.get_by_role("link", name="1 record set aside").click()
    record = page.locator(".record")
    expect(record).to_contain_text("Layla Haddad")
    expect(record).to_contain_text("It belongs to a clinic that the key of this computer is not for.")
    record.get_by_role("link", name="Discard…").click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing is set aside.")).to_be_visible()
    page.get_by_role("link", name="Back to the main page").click()
    expect(page.locator("#cloud-headline")).to_have_text("Everything is in the cloud")
    assert visit.unexplained() == []


def test_a_cloud_that_goes_away_is_told_calmly_and_comes_back_by_a_button(visit: Visit, cloud: Cloud, hub: Hub) -> None:
    page = visit.page
    connect(page, cloud)
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything else is in the cloud", timeout=A_ROUND_MS)
    cloud.go_offline()
    page.locator("#cloud-sync").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No internet just now", timeout=A_ROUND_MS)
    expect(page.locator("#cloud-sentence")).to_contain_text("Next try")
    expect(page.locator("#action-problem")).to_be_hidden()
    cloud.go_online()
    page.locator("#cloud-sync").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything else is in the cloud", timeout=A_ROUND_MS)
    assert visit.unexplained() == []


def test_a_wrong_key_is_told_beside_its_field(visit: Visit, cloud: Cloud) -> None:
    page = visit.page
    page.locator("#cloud-connect").click()
    page.locator("#url").fill(cloud.url)
    page.locator("#key").fill("hh_not-a-key")
    page.locator("#connect-submit").click()
    expect(page.locator("#key-wrong")).to_have_text(
        "The cloud does not know this key. Paste it again, or ask your organisation for a new one."
    )
    cloud.go_offline()
    page.locator("#key").fill(API_KEY)
    page.locator("#connect-submit").click()
    expect(page.locator("#url-wrong")).to_contain_text("There is no internet just now.")


def test_a_new_computer_begins_with_the_cloud_and_its_staff_can_sign_in(
    browser: Browser, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    with built_hub(tmp_path / "data") as hub, main_page_of(hub, browser) as visit:
        visit.page.locator("#cloud-first").click()
        fill_in(visit.page, cloud, API_KEY)
        expect(visit.page.locator("#cloud")).to_contain_text("hub-a")
        eventually(lambda: has_staff(hub), A_ROUND_MS / 1000)
        assert visit.unexplained() == []


def has_staff(hub: Hub) -> bool:
    with hub.store.database.read() as snapshot:
        return has_accounts(snapshot)
