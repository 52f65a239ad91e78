"""The words and choices of the page "Phones", and of the question before a phone is shut out."""

from __future__ import annotations

import pytest

from db.permissions import PUSH_RULES
from db.scope import PhoneScope
from tests.fakes.kiosk_port import FakeKioskPort
from web.i18n import LANGUAGES, load_catalogue
from web.ui.cloud_port import Receipt
from web.ui.phones_page import PhonesView, RevokeView, phones_view, revoke_view
from web.ui.ports import LastSent, PhoneDetails

MINUTE = 60_000


def view(kiosk: FakeKioskPort, language: str = "en") -> PhonesView:
    return phones_view(kiosk.status(), load_catalogue().translator(language))


def question(kiosk: FakeKioskPort, device_id: str, language: str = "en") -> RevokeView:
    now_ms = kiosk.status().now_ms
    return revoke_view(kiosk.phones.details(device_id), now_ms, load_catalogue().translator(language))


@pytest.fixture
def clinic(kiosk: FakeKioskPort) -> FakeKioskPort:
    """One phone of each kind."""
    for name in ("hub-waiting", "hub-paired", "hub-blocked", "hub-revoked"):
        kiosk.phones.knock(name)
    kiosk.phones.approve("hub-paired")
    kiosk.phones.block("hub-blocked")
    kiosk.phones.revoke("hub-revoked")
    kiosk.phone_syncs("Amina", "push", 7, ago_ms=5 * MINUTE)
    return kiosk


def test_every_phone_is_in_one_of_three_places_with_its_state(clinic: FakeKioskPort) -> None:
    page = view(clinic)
    assert [phone.id for phone in page.waiting] == ["hub-waiting"]
    assert {phone.id: phone.status for phone in page.in_use} == {
        "hub-paired": "May sync",
        "Amina": "Syncs with a password",
    }
    assert {phone.id: phone.status for phone in page.ended} == {
        "hub-blocked": "Blocked",
        "hub-revoked": "Access ended",
    }


def test_a_phone_is_told_with_its_traffic_and_its_user_once_it_has_a_name(clinic: FakeKioskPort) -> None:
    clinic.phones.rename("Amina", "Tablet 2")
    (card,) = (phone for phone in view(clinic).in_use if phone.id == "Amina")
    assert (card.name, card.given_name) == ("Tablet 2", "Tablet 2")
    facts = {fact.label: fact.value for fact in card.facts}
    assert facts["User"] == "Amina"
    assert (facts["Last sync"], facts["Records from it"], facts["Records to it"]) == ("5 minutes ago", "7", "0")


def test_a_phone_that_never_synced_says_so(clinic: FakeKioskPort) -> None:
    (card,) = (phone for phone in view(clinic).in_use if phone.id == "hub-paired")
    assert (card.name, card.given_name) == ("New phone", "")
    assert {fact.label: fact.value for fact in card.facts}["Last sync"] == "never"


def test_a_phone_tells_where_its_records_are(clinic: FakeKioskPort) -> None:
    clinic.phones.have_records("Amina", Receipt(7, 5, 2))
    told = {phone.id: phone.receipt for phone in view(clinic).in_use}
    assert told == {"Amina": "On this computer 7 · in the cloud 5 · waiting 2", "hub-paired": None}


def test_the_choice_of_what_phones_receive_shows_the_one_in_use(clinic: FakeKioskPort) -> None:
    assert [choice.value for choice in view(clinic).choices if choice.is_chosen] == ["all"]
    clinic.phones.choose_scope(PhoneScope.VIEWABLE)
    page = view(clinic)
    assert [choice.value for choice in page.choices if choice.is_chosen] == ["viewable"]
    assert page.chosen == "In use: Only the records of clinics that their user may view"


def test_before_an_older_app_is_shut_out_its_users_password_is_spoken_of(clinic: FakeKioskPort) -> None:
    asked = question(clinic, "Amina")
    assert asked.name == "Phone of Amina"
    assert asked.advice is not None
    assert "password of Amina" in asked.advice
    assert asked.last_sent.startswith("It last sent records 5 minutes ago")
    assert asked.sent == (("Patients", "7"),)


def test_a_newer_app_needs_no_such_advice_and_may_have_sent_nothing(clinic: FakeKioskPort) -> None:
    asked = question(clinic, "hub-paired")
    assert (asked.advice, asked.sent) == (None, ())
    assert asked.last_sent == "It has not sent any records to this computer."


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_phone_sends_has_a_name_in_every_language(clinic: FakeKioskPort, language: str) -> None:
    phone = clinic.phones.details("Amina").phone
    tables = [*PUSH_RULES, "a table of tomorrow"]
    details = PhoneDetails(phone, LastSent(0, dict.fromkeys(tables, 1)))
    names = [name for name, _ in revoke_view(details, 0, load_catalogue().translator(language)).sent]
    assert len(set(names)) == len(tables)
