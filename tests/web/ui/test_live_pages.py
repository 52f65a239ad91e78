"""Pages that keep themselves up to date: page and part are of one make, and there is none before the first run."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi

LIVE = ("/phones", "/add-phone", "/cloud", "/cloud/aside", "/conflicts")
STILL = ("/phones/revoke?id=hub-1", "/cloud/connect", "/cloud/refill", "/cloud/disconnect")


@pytest.mark.parametrize("path", LIVE)
def test_a_page_holds_its_part_and_says_where_to_ask_for_it_again(
    ui: ServedUi, kiosk: FakeKioskPort, path: str
) -> None:
    kiosk.cloud.join()
    visitor = ui.visitor()
    page, part = visitor.get(ui.url + path), visitor.get(f"{ui.url}{path}/status")
    assert part.text in page.text
    assert f'data-part="{path}/status"' in page.text
    assert part.headers["ETag"].replace('"', "&quot;") in page.text


@pytest.mark.parametrize("path", STILL)
def test_a_still_page_never_asks_again(ui: ServedUi, kiosk: FakeKioskPort, path: str) -> None:
    kiosk.phones.knock("hub-1")
    page = ui.visitor().get(ui.url + path)
    assert page.status_code == 200
    assert "data-part" not in page.text


@pytest.mark.parametrize("path", [path for path in (*LIVE, *STILL) if path != "/cloud/connect"])
def test_before_the_first_run_every_page_leads_to_it(new_ui: tuple[FakeKioskPort, ServedUi], path: str) -> None:
    """But the one that connects with a cloud, which is a way to begin."""
    kiosk, served = new_ui
    kiosk.phones.knock("hub-1")
    answer = served.visitor().get(served.url + path, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cloud/connect" if path == "/cloud" else "/")
