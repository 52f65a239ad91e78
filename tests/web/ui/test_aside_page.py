"""The words of the page "Set aside" and of the question before a record is given up."""

from __future__ import annotations

import pytest

from db.cloud.aside import AsideReason
from tests.fakes.cloud_port import MINUTE
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import LANGUAGES, load_catalogue
from web.ui.aside_page import AsidePage, aside_page, discard_question, why
from web.ui.cloud_port import AsideView

ODD_ID = 'a "b" <c>&d=/?#é'


def page(kiosk: FakeKioskPort, shown: int = 50, language: str = "en") -> AsidePage:
    cloud = kiosk.cloud
    words = load_catalogue().translator(language)
    return aside_page(cloud.list_aside(shown), cloud.view().set_aside, START_MS, words)


def test_a_record_is_told_by_kind_and_patient_with_when_and_why(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.put_aside("visits", "v1", "parent", "Layla Haddad", ago_ms=5 * MINUTE)
    (card,) = page(kiosk).cards
    assert (card.kind, card.name, card.when) == ("Visit", "Layla Haddad", "Set aside 5 minutes ago")
    assert "See to that one first" in card.why


def test_the_newest_comes_first_and_what_is_left_out_is_counted(kiosk: FakeKioskPort) -> None:
    for number in range(4):
        kiosk.cloud.put_aside("patients", f"p{number}")
    told = page(kiosk, shown=3)
    assert [card.record_id for card in told.cards] == ["p3", "p2", "p1"]
    assert told.more == "There is 1 more."
    assert page(kiosk).more is None


def test_any_id_makes_a_name_inside_the_page_and_an_address(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.put_aside("patients", ODD_ID)
    kiosk.cloud.put_aside("visits", ODD_ID)
    first, second = page(kiosk).cards
    assert first.key != second.key
    assert first.key.isalnum()
    assert first.query.isascii()
    assert not set(first.query) & set(' "<>#')


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence_of_its_own(language: str) -> None:
    words = load_catalogue().translator(language)
    told = {why(AsideView("patients", "p1", "", reason.value, 0), words) for reason in AsideReason}
    assert len(told) == len(AsideReason)


def test_a_reason_of_another_release_is_told_as_a_refusal() -> None:
    words = load_catalogue().translator("en")
    record = AsideView("patients", "p1", "", "not_invented_yet", 0)
    assert why(record, words) == words.text("aside.reason.refused")


@pytest.mark.parametrize(("name", "about"), [("Layla Haddad", "Patient · Layla Haddad"), ("", "Patient")])
def test_before_a_record_is_given_up_it_is_named_with_what_will_happen(name: str, about: str) -> None:
    record = AsideView("patients", "p1", name, "older", 0)
    asked = discard_question(record, load_catalogue().translator("en"))
    assert asked.sentences[0] == about
    assert "stays in the history" in asked.sentences[-1]
    assert dict(asked.fields) == {"table": "patients", "id": "p1"}
