"""What the page about the cloud says, and its questions."""

from __future__ import annotations

import pytest

from tests.fakes.cloud_port import CLINICS, MINUTE, URL, FakeCloud
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import LANGUAGES, load_catalogue
from web.ui.cloud_page import CloudPage, cloud_page, disconnect_question, refill_question


@pytest.fixture
def cloud(kiosk: FakeKioskPort) -> FakeCloud:
    kiosk.cloud.join()
    kiosk.cloud.hold(12_431, 12)
    kiosk.cloud.round_ends(ago_ms=20 * MINUTE)
    kiosk.cloud.round_ends("cloud_offline", ago_ms=MINUTE)
    return kiosk.cloud


def page(cloud: FakeCloud, language: str = "en") -> CloudPage:
    return cloud_page(cloud.view(), START_MS, load_catalogue().translator(language))


def test_the_receipt_follows_the_records_on_their_way(cloud: FakeCloud) -> None:
    assert page(cloud).receipt == (("On this computer", "12,431"), ("In the cloud", "12,419"), ("Waiting", "12"))


def test_the_connection_is_told_with_the_last_success_and_the_last_try(cloud: FakeCloud) -> None:
    cloud.use_line(3_400_000)
    told = page(cloud)
    assert (told.url, told.clinics) == (URL, CLINICS)
    assert {fact.label: fact.value for fact in told.facts} == {
        "Connected as": "Reception, Al Noor",
        "Last sync": "20 minutes ago",
        "Last try": "1 minute ago",
        "Data used today": "3.4 MB",
    }


def test_with_a_daily_limit_what_is_used_is_told_against_it(cloud: FakeCloud) -> None:
    cloud.use_line(3_400_000)
    cloud.choose_daily_limit(50)
    told = page(cloud)
    assert told.facts[-1].value == "3.4 MB of 50 MB"
    assert [(field.value, field.now) for field in told.settings] == [
        ("5", "In use: every 5 minutes. 5 is usual."),
        ("50", "In use: at most 50 MB a day. 0 means no limit."),
    ]


def test_without_a_daily_limit_the_field_says_so(cloud: FakeCloud) -> None:
    assert page(cloud).settings[1].value == "0"
    assert "no limit" in page(cloud).settings[1].now


def test_rounds_can_be_paused_unless_nothing_runs_anyway(cloud: FakeCloud) -> None:
    def can_pause() -> bool:
        return "/cloud/pause" in [choice.address for choice in page(cloud).state.choices]

    assert can_pause()
    cloud.pause()
    assert not can_pause()
    cloud.resume()
    cloud.stop_for("looks_empty")
    assert not can_pause()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_says_what_will_happen_and_leads_back(cloud: FakeCloud, language: str) -> None:
    words = load_catalogue().translator(language)
    for question in (refill_question(words), disconnect_question(cloud.view(), words)):
        assert question.back == "/cloud"
        assert len({question.title, question.yes, question.no, *question.sentences}) == 3 + len(question.sentences)


def test_before_disconnecting_what_waits_is_told(cloud: FakeCloud) -> None:
    words = load_catalogue().translator("en")
    assert disconnect_question(cloud.view(), words).sentences[1:] == ("12 records wait here.",)
    cloud.hold(12_431, 0)
    assert disconnect_question(cloud.view(), words).sentences[1:] == ()
