"""What was pasted into the form that connects with a cloud, and what is said about it."""

from __future__ import annotations

import pytest

from tests.fakes.cloud_port import KEY, URL
from tests.fakes.kiosk_port import FakeKioskPort
from web.i18n import LANGUAGES, load_catalogue
from web.ui.cloud_form import OTHER_CLOUD, ConnectView, Mistake, connect_view, met_trouble, read_entry, wrong_field
from web.ui.cloud_port import CloudView
from web.ui.cloud_troubles import Trouble

NOWHERE = CloudView(is_connected=False)


def form(cloud: CloudView, mistake: Mistake | None = None, language: str = "en") -> ConnectView:
    entry = read_entry({"url": URL, "key": KEY}) if mistake else None
    return connect_view(cloud, load_catalogue().translator(language), entry, mistake)


def test_what_was_typed_is_taken_as_it_is() -> None:
    entry = read_entry({"url": f" {URL}\n", "key": f" {KEY} "})
    assert (entry.url, entry.key) == (URL, f" {KEY} ")
    assert read_entry({}).url == ""


def test_another_cloud_is_meant_only_when_the_box_was_ticked() -> None:
    assert read_entry({"may_replace": "yes"}).may_replace
    assert not read_entry({"may_replace": "no"}).may_replace


def test_the_key_is_in_no_text_about_the_form() -> None:
    assert KEY not in repr(read_entry({"url": URL, "key": KEY}))


def test_the_first_form_asks_for_both_and_leads_back_to_the_main_page() -> None:
    told = form(NOWHERE)
    assert (told.title, told.url, told.wrong, told.back) == ("Connect to the cloud", "", {}, "/")


def test_with_a_connection_it_says_which_and_starts_with_its_address(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.join()
    told = form(kiosk.cloud.view())
    assert (told.title, told.url, told.back) == ("Change the connection", URL, "/cloud")
    assert URL in told.intro
    assert "Reception, Al Noor" in told.intro


def test_a_mistake_is_told_beside_its_field_and_what_else_was_typed_stays() -> None:
    told = form(NOWHERE, wrong_field("url"))
    assert told.url == URL
    assert "begins with https://" in told.wrong["url"]
    assert told.key_hint == "Paste the key again; for safety it was not kept."


@pytest.mark.parametrize("trouble", [*Trouble, None])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_cloud_answers_there_is_a_sentence_beside_a_field(trouble: Trouble | None, language: str) -> None:
    mistake = met_trouble(trouble)
    assert mistake.field == ("key" if trouble is Trouble.KEY else "url")
    assert form(NOWHERE, mistake, language).wrong[mistake.field]


def test_another_cloud_is_asked_about_without_calling_anything_wrong(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.join()
    told = form(kiosk.cloud.view(), OTHER_CLOUD)
    assert (told.asks_about_other, told.wrong) == (True, {})
    assert not form(kiosk.cloud.view(), wrong_field("key")).asks_about_other
