"""The page about updates and its actions over real HTTP."""

from __future__ import annotations

import requests

from db.update_errors import UpdateFeedFailed
from tests.fakes.kiosk_port import FakeKioskPort
from tests.fakes.update_port import GOOD, OLD, STICK
from tests.web.ui.serving import ServedUi
from web.ui.update_port import Stage

JSON = {"Accept": "application/json"}


def post(ui: ServedUi, path: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
    return ui.visitor().post(ui.url + path, data=fields, headers=headers, allow_redirects=False)


def get(ui: ServedUi, path: str, **query: str) -> requests.Response:
    return ui.visitor().get(ui.url + path, params=query)


def test_the_page_is_reached_from_the_one_about_the_program(ui: ServedUi) -> None:
    assert 'href="/update?' in get(ui, "/about").text
    for path in ("/update", "/update/status"):
        assert "This is version 0.1.0" in get(ui, path).text


def test_a_file_is_looked_for_asked_about_and_installed(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = post(ui, "/update/look", folder=f" {STICK} ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/update")
    shown = get(ui, "/update").text
    assert "Version 0.2.0" in shown
    assert "is not newer" in shown
    asked = get(ui, "/update/install", file=GOOD.path).text
    assert "Install version 0.2.0?" in asked
    assert kiosk.updates.view().stage is None
    assert post(ui, "/update/install", file=GOOD.path).headers["Location"] == "/update"
    assert kiosk.updates.view().stage is Stage.CHECKING
    assert post(ui, "/update/install", JSON, file=GOOD.path).json()["code"] == "update_running"


def test_what_was_not_found_or_does_not_fit_is_refused(ui: ServedUi) -> None:
    assert get(ui, "/update/install", file="/etc/passwd").status_code == 404
    assert post(ui, "/update/install", file="/etc/passwd").status_code == 404
    post(ui, "/update/look", folder=STICK)
    refused = post(ui, "/update/install", JSON, file=OLD.path)
    assert (refused.status_code, refused.json()["code"]) == (409, "update_not_newer")


def test_a_folder_that_is_not_there_is_told_in_words(ui: ServedUi) -> None:
    for headers in (JSON, None):
        answer = post(ui, "/update/look", headers, folder="/media/other")
        assert answer.status_code == 400
        assert "There is no such folder" in answer.text


def test_asking_is_allowed_and_taken_back(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    assert post(ui, "/update/asking", JSON, may_ask="perhaps").status_code == 400
    assert post(ui, "/update/asking", may_ask="yes").status_code == 303
    assert post(ui, "/update/ask").status_code == 303
    assert "This is the newest version." in get(ui, "/update").text
    kiosk.fail_next(UpdateFeedFailed())
    assert post(ui, "/update/ask", JSON).status_code == 502
    assert post(ui, "/update/asking", may_ask="no").status_code == 303
    assert not kiosk.updates.view().may_ask
