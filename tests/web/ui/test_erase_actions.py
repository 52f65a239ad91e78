"""Erasing everything, over real HTTP: nothing happens before the name was typed and the last question answered."""

from __future__ import annotations

import re

from db.errors import DiskFull
from tests.fakes.keys_port import LAST
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import ServedUi
from web.ui.ports import ServingState

NAME = FORM.server_name


def test_the_question_names_the_server_and_offers_a_last_backup(ui: ServedUi) -> None:
    page = ui.visitor().get(ui.url + "/erase").text
    assert f'id="server-name">{NAME}<' in page
    assert re.search(r'id="with-backup" checked', page)
    assert not re.search(r'id="with-backups" checked', page)


def test_the_last_backup_is_made_and_shown_before_anything_is_erased(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    page = visitor.post(ui.url + "/erase", data={"name": NAME, "backup": "yes", "backups_too": "yes"})
    assert LAST in page.text
    assert kiosk.keys.erased is None
    assert kiosk.status().state is ServingState.STOPPED
    fields = dict(re.findall(r'name="(name|kept|backups_too)" value="([^"]*)"', page.text))
    answer = visitor.post(ui.url + "/erase/now", data=fields)
    assert "Erasing everything" in answer.text
    assert kiosk.keys.erased == (LAST.rpartition("/")[2], True)


def test_keeping_everything_serves_phones_again(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    page = visitor.post(ui.url + "/erase", data={"name": NAME, "backup": "yes"})
    assert 'action="/start?lang=en"' in page.text
    visitor.post(ui.url + "/start")
    assert kiosk.status().state is ServingState.SERVING


def test_where_phones_were_not_served_keeping_everything_does_not_begin_it(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.stop_serving()  # as on a computer whose work another one does now
    for fields in ({"name": NAME, "backup": "yes"}, {"name": NAME}):
        page = ui.visitor().post(ui.url + "/erase", data=fields).text
        assert 'id="keep"' in page
        assert 'action="/start' not in page


def test_without_a_backup_it_is_said_that_there_is_none(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    assert "No last backup was made." in visitor.post(ui.url + "/erase", data={"name": NAME}).text
    visitor.post(ui.url + "/erase/now", data={"name": NAME})
    assert kiosk.keys.erased == (None, False)


def test_a_wrong_name_erases_nothing(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    for fields in ({"name": "Al Noor"}, {"name": "", "backup": "yes"}):
        page = visitor.post(ui.url + "/erase", data=fields)
        assert page.status_code == 400
        assert "This is not the name of this server" in page.text
    assert visitor.post(ui.url + "/erase/now", data={"name": "Al Noor"}).status_code == 400
    assert kiosk.keys.erased is None
    assert kiosk.status().state is ServingState.SERVING


def test_a_backup_that_fails_or_could_not_be_opened_erases_nothing(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    kiosk.keys.backup_fails_with = DiskFull()
    page = visitor.post(ui.url + "/erase", data={"name": NAME, "backup": "yes"})
    assert (page.status_code, "Nothing was erased." in page.text, "is full" in page.text) == (400, True, True)
    assert kiosk.status().state is ServingState.SERVING
    kiosk.keys.is_code_seen = False
    page = visitor.post(ui.url + "/erase", data={"name": NAME, "backup": "yes"})
    assert 'id="to-backups"' in page.text
