"""The page "Lock and keys" over real HTTP."""

from __future__ import annotations

import pytest
import requests

from db.errors import TooManyTries
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi

OLD, NEW = "correct horse", "battery staple"


@pytest.fixture
def visitor(ui: ServedUi) -> requests.Session:
    return ui.visitor()


def post(visitor: requests.Session, ui: ServedUi, path: str, **fields: str) -> requests.Response:
    return visitor.post(f"{ui.url}/settings/{path}", data=fields)


def test_a_pin_is_set_changed_and_removed(ui: ServedUi, kiosk: FakeKioskPort, visitor: requests.Session) -> None:
    assert "There is no PIN" in visitor.get(ui.url + "/settings").text
    page = post(visitor, ui, "pin", pin="4711", again="4711")
    assert "The PIN is set." in page.text
    assert "4711" not in page.text
    post(visitor, ui, "pin", pin="0815", again="0815")  # whoever has set it need not type it at once
    assert kiosk.lock.pin == "0815"
    assert "There is no PIN any more." in post(visitor, ui, "pin/remove").text
    assert kiosk.lock.pin == ""


@pytest.mark.parametrize(("pin", "again", "says"), [("4711", "4712", "not the same"), ("12", "12", "4 to 12 digits")])
def test_a_slip_sets_no_pin(
    ui: ServedUi, kiosk: FakeKioskPort, visitor: requests.Session, pin: str, again: str, says: str
) -> None:
    page = post(visitor, ui, "pin", pin=pin, again=again)
    assert page.status_code == 400
    assert says in page.text
    assert kiosk.lock.pin == ""


def test_the_window_locks_itself_after_the_chosen_minutes(
    ui: ServedUi, kiosk: FakeKioskPort, visitor: requests.Session
) -> None:
    assert post(visitor, ui, "idle", minutes="5").status_code == 409  # no PIN
    post(visitor, ui, "pin", pin="4711", again="4711")
    assert '<option value="5" selected>' in post(visitor, ui, "idle", minutes="5").text
    assert kiosk.lock.view().idle_minutes == 5
    for minutes in ("", "x", "7", "-5", "٥"):
        assert post(visitor, ui, "idle", minutes=minutes).status_code == 400


def test_a_passphrase_is_set_changed_and_removed(ui: ServedUi, kiosk: FakeKioskPort, visitor: requests.Session) -> None:
    page = post(visitor, ui, "passphrase", passphrase=OLD, passphrase_again=OLD)
    assert "The passphrase is set." in page.text
    assert OLD not in page.text
    page = post(visitor, ui, "passphrase", present=NEW, passphrase=NEW, passphrase_again=NEW)
    assert page.status_code == 400
    assert "This is not the right passphrase" in page.text
    post(visitor, ui, "passphrase", present=OLD, passphrase=NEW, passphrase_again=NEW)
    assert kiosk.keys.passphrase == NEW
    assert post(visitor, ui, "passphrase/remove", present=OLD).status_code == 400
    assert "starts without a passphrase" in post(visitor, ui, "passphrase/remove", present=NEW).text


def test_a_slip_sets_no_passphrase(ui: ServedUi, kiosk: FakeKioskPort, visitor: requests.Session) -> None:
    assert "not the same" in post(visitor, ui, "passphrase", passphrase=OLD, passphrase_again=NEW).text
    assert "8 characters or more." in post(visitor, ui, "passphrase", passphrase="x", passphrase_again="x").text
    kiosk.keys.is_code_seen = False
    assert (
        "Nobody has seen the recovery code"
        in post(visitor, ui, "passphrase", passphrase=OLD, passphrase_again=OLD).text
    )
    assert not kiosk.keys.has_passphrase()


def test_a_wait_is_told_beside_the_field(ui: ServedUi, kiosk: FakeKioskPort, visitor: requests.Session) -> None:
    kiosk.keys.passphrase = OLD
    kiosk.keys.refusal = TooManyTries(seconds=30)
    assert "Wait 30 seconds" in post(visitor, ui, "passphrase/remove", present=OLD).text
