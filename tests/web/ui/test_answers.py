"""The kinds of answers of the pages, over real HTTP: parts that did not change, and where an action leads."""

from __future__ import annotations

import pytest

from db.errors import PortTaken
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.answers import etag, unless_taken

PARTS = ("/status", "/phones/status", "/add-phone/status")


@pytest.mark.parametrize("path", PARTS)
def test_a_part_that_did_not_change_costs_nothing(ui: ServedUi, kiosk: FakeKioskPort, path: str) -> None:
    visitor = ui.visitor()
    first = visitor.get(ui.url + path)
    assert first.headers["ETag"] == etag(first.text)
    again = visitor.get(ui.url + path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    kiosk.phones.knock("hub-1")
    changed = visitor.get(ui.url + path, headers={"If-None-Match": first.headers["ETag"]})
    assert (changed.status_code, "A phone wants to connect" in changed.text) == (200, True)


@pytest.mark.parametrize("path", PARTS)
def test_before_the_first_run_there_is_no_part(new_ui: tuple[FakeKioskPort, ServedUi], path: str) -> None:
    _, served = new_ui
    assert served.visitor().get(served.url + path).status_code == 204


@pytest.mark.parametrize(
    "page", ["/", "/phones", "/add-phone", "/cloud", "/cloud/connect", "/cloud/aside", "/conflicts"]
)
def test_an_action_leads_back_to_the_page_it_came_from(ui: ServedUi, page: str) -> None:
    answer = ui.visitor().post(ui.url + "/language", data={"language": "es", "back": page}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)


@pytest.mark.parametrize("page", ["", "//evil.example", "https://evil.example/", "/phones\r\nX: y", "/quit"])
def test_an_action_leads_nowhere_else(ui: ServedUi, page: str) -> None:
    answer = ui.visitor().post(ui.url + "/language", data={"language": "es", "back": page}, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_taken_port_is_no_error_of_the_page() -> None:
    def meet_a_taken_port() -> None:
        raise PortTaken(port=4001)

    unless_taken(meet_a_taken_port)
