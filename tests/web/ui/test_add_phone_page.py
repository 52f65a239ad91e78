"""The words and codes of the page "Add a phone"."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import CABLE, WIFI, FakeKioskPort
from web.i18n import load_catalogue
from web.ui.add_phone_page import AddPhoneView, add_phone_view
from web.ui.qr import QrDrawer

MINUTE = 60_000


def view(kiosk: FakeKioskPort) -> AddPhoneView:
    return add_phone_view(kiosk.status(), load_catalogue().translator("en"), QrDrawer())


def test_each_generation_of_apps_has_its_own_code(kiosk: FakeKioskPort) -> None:
    codes = view(kiosk).codes
    assert codes is not None
    assert codes.address == "http://192.168.1.7:4001"
    assert codes.newer_code is None
    kiosk.offer_pairing("cHVibGljIGtleQ")
    codes = view(kiosk).codes
    assert codes is not None
    assert codes.newer_code not in (None, codes.older_code)


def test_the_page_says_whether_phones_are_let_in(kiosk: FakeKioskPort) -> None:
    page = view(kiosk)
    assert (page.is_open, page.tone, page.headline) == (False, "off", "New phones wait for your answer")
    kiosk.phones.open_pairing(MINUTE)
    page = view(kiosk)
    assert (page.is_open, page.tone, page.headline) == (True, "good", "New phones are let in now")


@pytest.mark.parametrize("is_open", [False, True])
def test_no_code_and_no_open_door_is_shown_while_no_phone_can_connect(kiosk: FakeKioskPort, is_open: bool) -> None:
    if is_open:
        kiosk.phones.open_pairing(MINUTE)
    kiosk.stop_serving()
    page = view(kiosk)
    assert (page.codes, page.is_open, page.headline) == (None, False, "Stopped: phones cannot sync now")
    kiosk.start_serving()
    kiosk.join_networks()
    page = view(kiosk)
    assert (page.codes, page.is_open) == (None, False)


def test_phones_appear_as_they_come(kiosk: FakeKioskPort) -> None:
    kiosk.phones.knock("hub-early")
    kiosk.phones.open_pairing(MINUTE)
    kiosk.phones.knock("hub-late")
    page = view(kiosk)
    assert [phone.id for phone in page.waiting] == ["hub-early"]
    assert [phone.id for phone in page.joined] == ["hub-late"]


def test_addresses_are_a_choice_only_when_there_are_several(kiosk: FakeKioskPort) -> None:
    assert view(kiosk).addresses == ()
    kiosk.join_networks(WIFI, CABLE)
    assert len(view(kiosk).addresses) == 2
