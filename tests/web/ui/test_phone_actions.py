"""The pages and actions about phones over real HTTP."""

from __future__ import annotations

import pytest

from db.scope import PhoneScope
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.add_phone_page import LEASE_MS

MINUTE = 60_000
JSON = {"Accept": "application/json"}


@pytest.fixture
def phone(kiosk: FakeKioskPort) -> str:
    """A phone that waits."""
    kiosk.phones.knock("hub-1")
    return "hub-1"


def status_of(kiosk: FakeKioskPort, device_id: str) -> str:
    return kiosk.phones.details(device_id).phone.status


@pytest.mark.parametrize(("action", "status"), [("approve", "paired"), ("block", "blocked"), ("revoke", "revoked")])
def test_staff_decides_about_a_phone_and_returns_to_where_they_were(
    ui: ServedUi, kiosk: FakeKioskPort, phone: str, action: str, status: str
) -> None:
    fields = {"id": phone, "back": "/"}
    answer = ui.visitor().post(f"{ui.url}/phones/{action}", data=fields, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert status_of(kiosk, phone) == status


def test_a_phone_is_named_and_its_name_is_printed_as_text(ui: ServedUi, kiosk: FakeKioskPort, phone: str) -> None:
    visitor = ui.visitor()
    kiosk.phones.approve(phone)
    page = visitor.post(ui.url + "/phones/rename", data={"id": phone, "name": "<b>Tablet</b>"})
    assert page.url == ui.url + "/phones"
    assert "&lt;b&gt;Tablet&lt;/b&gt;" in page.text
    assert "<b>Tablet" not in page.text + visitor.get(f"{ui.url}/phones/revoke?id={phone}").text
    assert visitor.post(ui.url + "/phones/rename", data={"id": phone, "name": "x" * 81}).status_code == 400


@pytest.mark.parametrize("action", ["approve", "block", "revoke", "rename"])
def test_an_action_about_no_phone_or_an_unknown_one_is_refused(ui: ServedUi, action: str) -> None:
    visitor = ui.visitor()
    assert visitor.post(f"{ui.url}/phones/{action}", data={"name": "x"}).status_code == 400
    assert visitor.post(f"{ui.url}/phones/{action}", data={"id": "hub-nobody", "name": "x"}).status_code == 404


def test_the_question_about_an_unknown_phone_is_not_asked(ui: ServedUi) -> None:
    assert ui.visitor().get(ui.url + "/phones/revoke?id=hub-nobody").status_code == 404
    assert ui.visitor().get(ui.url + "/phones/revoke").status_code == 404


def test_asking_about_a_phone_does_nothing_to_it(ui: ServedUi, kiosk: FakeKioskPort, phone: str) -> None:
    assert "End the access of" in ui.visitor().get(f"{ui.url}/phones/revoke?id={phone}").text
    assert status_of(kiosk, phone) == "waiting"


def test_opening_the_page_lets_nobody_in_by_itself_its_script_does(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    assert "New phones wait for your answer" in visitor.get(ui.url + "/add-phone").text
    assert kiosk.phones.open_until_ms is None
    assert visitor.post(ui.url + "/pairing/open", data={"minutes": ""}, headers=JSON).json() == {"ok": True}
    assert kiosk.phones.open_until_ms == START_MS + LEASE_MS
    assert "New phones are let in now" in visitor.get(ui.url + "/add-phone").text
    visitor.post(ui.url + "/pairing/close", data="")
    assert kiosk.phones.open_until_ms is None


@pytest.mark.parametrize(("minutes", "status"), [("5", 200), ("60", 200), ("61", 400), ("0", 400), ("x", 400)])
def test_minutes_are_a_number_up_to_an_hour(ui: ServedUi, kiosk: FakeKioskPort, minutes: str, status: int) -> None:
    assert ui.visitor().post(ui.url + "/pairing/open", data={"minutes": minutes}).status_code == status
    wanted = START_MS + int(minutes) * MINUTE if status == 200 else None
    assert kiosk.phones.open_until_ms == wanted


def test_what_phones_receive_is_chosen(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    assert visitor.post(ui.url + "/phones/scope", data={"scope": "viewable"}).url == ui.url + "/phones"
    assert kiosk.phones.scope is PhoneScope.VIEWABLE
    assert visitor.post(ui.url + "/phones/scope", data={"scope": "some"}).status_code == 400


@pytest.mark.parametrize("page", ["/phones", "/add-phone"])
def test_before_the_first_run_there_are_no_such_pages(new_ui: tuple[FakeKioskPort, ServedUi], page: str) -> None:
    _, served = new_ui
    answer = served.visitor().get(served.url + page, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
