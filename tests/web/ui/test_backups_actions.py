"""The page of backups and its actions over real HTTP."""

from __future__ import annotations

import requests

from db.errors import DiskFull
from tests.fakes.backups_port import CODE
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi

JSON = {"Accept": "application/json"}


def post(ui: ServedUi, path: str, headers: dict[str, str] | None = None, **fields: str) -> requests.Response:
    return ui.visitor().post(ui.url + path, data=fields, headers=headers, allow_redirects=False)


def test_the_page_and_the_card_on_the_main_page_say_how_safe_the_records_are(
    ui: ServedUi, kiosk: FakeKioskPort
) -> None:
    kiosk.backups.ends()
    visitor = ui.visitor()
    for path in ("/", "/backups", "/backups/status"):
        assert "Your records are backed up" in visitor.get(ui.url + path).text


def test_a_backup_is_begun_from_either_page(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = post(ui, "/backups/make", back="/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert kiosk.backups.view().percent == 0
    assert post(ui, "/backups/make", back="/backups").headers["Location"] == "/backups"
    assert "A backup is being made" in ui.visitor().get(ui.url + "/backups").text


def test_what_is_in_the_way_is_told(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.fail_next(DiskFull())
    answer = post(ui, "/backups/make", JSON, back="/")
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")


def test_a_second_place_is_chosen_and_given_up(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    assert post(ui, "/backups/second", folder=" /media/stick ").status_code == 303
    assert kiosk.backups.view().second_folder == "/media/stick"
    assert post(ui, "/backups/second", folder="").status_code == 303
    assert kiosk.backups.view().second_folder == ""


def test_a_folder_that_is_not_there_is_told_in_words(ui: ServedUi) -> None:
    for headers in (JSON, None):
        answer = post(ui, "/backups/second", headers, folder="/media/other")
        assert answer.status_code == 400
        assert "There is no such folder" in answer.text


def test_the_code_is_shown_to_who_asks_and_kept_by_nobody(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = post(ui, "/backups/code")
    assert all(group in answer.text for group in CODE.split("-"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert ui.visitor().get(ui.url + "/backups/code").status_code in (404, 405)
    assert CODE.split("-")[0] not in ui.visitor().get(ui.url + "/backups").text
    kiosk.backups.code = None
    assert "not known on this computer" in post(ui, "/backups/code").text


def test_a_stranger_gets_nothing(ui: ServedUi) -> None:
    for path in ("/backups", "/backups/status"):
        assert ui.stranger().get(ui.url + path).status_code == 401
    assert ui.stranger().post(ui.url + "/backups/code").status_code == 401


def test_before_the_first_run_there_is_no_such_page(new_ui: tuple[FakeKioskPort, ServedUi]) -> None:
    _, ui = new_ui
    assert ui.visitor().get(ui.url + "/backups", allow_redirects=False).status_code == 303
    assert ui.visitor().get(ui.url + "/backups/status").status_code == 204
