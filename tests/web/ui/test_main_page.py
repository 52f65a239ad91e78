"""The words and choices of the main page for each state of the program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.kiosk_port import CABLE, WIFI, FakeKioskPort
from web.i18n import LANGUAGES, Catalogue, load_catalogue
from web.ui.cloud_port import Receipt
from web.ui.main_page import LOG_LINES_SHOWN, PHONES_SHOWN, MainView, main_view
from web.ui.ports import Notice, ServingState

MINUTE = 60_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def view(kiosk: FakeKioskPort, catalogue: Catalogue, language: str = "en") -> MainView:
    words = catalogue.translator(language)
    return main_view(kiosk.status(), kiosk.cloud.view(), kiosk.backups.view(), kiosk.check.view(), words)


def actions(page: MainView) -> list[str]:
    return [button.action for button in page.state.buttons]


def test_while_serving_the_address_is_shown_and_serving_can_be_stopped(
    kiosk: FakeKioskPort, catalogue: Catalogue
) -> None:
    page = view(kiosk, catalogue)
    assert page.state.headline == "Phones can sync with this computer"
    assert page.state.tone == "good"
    assert actions(page) == ["/stop"]
    assert page.address == "http://192.168.1.7:4001"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_address_is_shown_while_it_would_lead_nowhere(
    kiosk: FakeKioskPort, catalogue: Catalogue, language: str
) -> None:
    kiosk.stop_serving()
    stopped = view(kiosk, catalogue, language)
    kiosk.start_serving()
    kiosk.join_networks()
    alone = view(kiosk, catalogue, language)
    assert stopped.address is None
    assert alone.address is None
    assert stopped.state.headline != alone.state.headline
    assert actions(stopped) == ["/start"]


def test_a_taken_port_names_the_program_and_offers_another_with_a_warning(
    kiosk: FakeKioskPort, catalogue: Catalogue
) -> None:
    kiosk.occupy_port("node")
    page = view(kiosk, catalogue)
    assert page.state.tone == "bad"
    assert "node" in page.state.detail
    assert "4001" in page.state.detail
    again, other = page.state.buttons
    assert again.action == "/start"
    assert (other.action, other.field, other.value) == ("/port", "port", "4002")
    assert other.hint is not None
    assert "scan" in other.hint


def test_a_taken_port_with_an_unknown_holder_still_says_what_to_do(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.occupy_port(None)
    assert "Another program" in view(kiosk, catalogue).state.detail


def test_every_state_has_a_sentence_in_every_language(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    for language in LANGUAGES:
        words = catalogue.translator(language)
        headlines = {words.text(f"state.{state.value}") for state in ServingState}
        assert len(headlines) == len(ServingState)


def test_addresses_are_a_choice_only_when_there_are_several(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    assert view(kiosk, catalogue).addresses == ()
    kiosk.join_networks(WIFI, CABLE)
    assert [address.is_chosen for address in view(kiosk, catalogue).addresses] == [True, False]


def test_a_notice_is_told_with_its_values(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.notify(Notice.ADDRESS_CHANGED, old="192.168.1.4", new="192.168.1.7")
    kiosk.notify(Notice.KEY_IN_FILE)
    changed, key = view(kiosk, catalogue).notices
    assert "from 192.168.1.4 to 192.168.1.7" in changed.sentence
    assert key.name == "key_in_file"


def test_the_headline_asks_for_attention_while_there_is_a_problem(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.backups.ends("storage_failed")
    page = view(kiosk, catalogue)
    assert (page.state.tone, page.state.icon) == ("warn", "bad")
    assert page.state.headline == "Phones can sync, but something needs your attention"
    assert [problem.name for problem in page.problems] == ["safety"]
    kiosk.stop_serving()
    assert view(kiosk, catalogue).state.headline == "Stopped: phones cannot sync now"
    kiosk.start_serving()
    kiosk.backups.ends()
    assert (view(kiosk, catalogue).state.tone, view(kiosk, catalogue).problems) == ("good", ())


def test_the_headline_does_not_say_that_phones_can_sync_while_nothing_can_be_stored(
    kiosk: FakeKioskPort, catalogue: Catalogue
) -> None:
    kiosk.fail_to_store("disk_full")
    page = view(kiosk, catalogue)
    assert (page.state.tone, page.state.headline) == ("bad", "This computer cannot store anything now")


def test_a_phone_whose_clock_is_wrong_has_a_badge(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("Amina", "push", 1)
    assert view(kiosk, catalogue).phones[0].clock is None
    kiosk.phones.set_clock("Amina", 2 * 60 * MINUTE)
    assert view(kiosk, catalogue).phones[0].clock == "Its clock is ahead"
    kiosk.phones.set_clock("Amina", -2 * 60 * MINUTE)
    assert view(kiosk, catalogue).phones[0].clock == "Its clock is behind"


def test_a_phone_is_named_after_its_user_until_staff_names_it(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("Amina", "push", 1234, ago_ms=5 * MINUTE)
    (row,) = view(kiosk, catalogue).phones
    assert (row.name, row.user, row.last_sync) == ("Phone of Amina", None, "5 minutes ago")
    assert (row.received, row.sent, row.generation) == ("1,234", "0", "Older app")
    kiosk.phones.rename("Amina", "Tablet 2")
    (row,) = view(kiosk, catalogue).phones
    assert (row.name, row.user) == ("Tablet 2", "Amina")


def test_only_phones_that_sync_are_listed_and_one_that_waits_is_a_question(
    kiosk: FakeKioskPort, catalogue: Catalogue
) -> None:
    for number in range(PHONES_SHOWN + 3):
        kiosk.phone_syncs(f"Nurse {number}", "push", 1, ago_ms=number * MINUTE)
    kiosk.phones.knock("hub-1", ago_ms=2 * MINUTE)
    kiosk.phones.revoke("Nurse 0")
    page = view(kiosk, catalogue)
    assert [row.name for row in page.phones] == [f"Phone of Nurse {n}" for n in range(1, PHONES_SHOWN + 1)]
    (waiting,) = page.waiting
    assert (waiting.name, waiting.sentence) == ("New phone", "Asked 2 minutes ago, from 192.168.1.23")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("paired", "A phone was let in"),
        ("synced", "A phone was let in"),
        ("blocked", "A phone was blocked"),
        ("revoked", "The access of a phone was ended"),
    ],
)
def test_what_staff_decided_about_a_phone_is_in_the_log(
    kiosk: FakeKioskPort, catalogue: Catalogue, status: str, sentence: str
) -> None:
    kiosk.staff_decides(status)
    assert view(kiosk, catalogue).log[0].sentence == sentence


def test_an_app_of_unknown_age_gets_no_label(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("Amina", "pull", 1, generation="unknown")
    assert view(kiosk, catalogue).phones[0].generation is None


@pytest.mark.parametrize(
    ("kind", "records", "sentence"),
    [
        ("pull", 1, "The phone of Amina received 1 record"),
        ("pull", 1200, "The phone of Amina received 1,200 records"),
        ("pull", 0, "The phone of Amina asked for changes; there were none"),
        ("push", 3, "The phone of Amina sent 3 records"),
        ("push", 0, "The phone of Amina sent nothing new"),
        ("procedure", 1, "The phone of Amina changed 1 record while it was connected"),
        ("local", 2, "2 records were changed on this computer"),
    ],
)
def test_a_sync_is_told_in_words(
    kiosk: FakeKioskPort, catalogue: Catalogue, kind: str, records: int, sentence: str
) -> None:
    kiosk.phone_syncs("Amina", kind, records)
    assert view(kiosk, catalogue).log[0].sentence == sentence


@pytest.mark.parametrize(
    ("kind", "records", "sentence", "icon"),
    [
        ("cloud_pull", 1, "1 record came from the cloud", "cloud_down"),
        ("cloud_pull", 0, "There was nothing new in the cloud", "cloud_down"),
        ("cloud_push", 1200, "1,200 records were sent to the cloud", "cloud_up"),
        ("cloud_push", 0, "There was nothing to send to the cloud", "cloud_up"),
    ],
)
def test_a_round_with_the_cloud_is_told_in_words(
    kiosk: FakeKioskPort, catalogue: Catalogue, kind: str, records: int, sentence: str, icon: str
) -> None:
    kiosk.round_with_cloud(kind, records)
    row = view(kiosk, catalogue).log[0]
    assert (row.sentence, row.icon, row.remarks) == (sentence, icon, ())


@pytest.mark.parametrize("result", ["cloud_offline", "cloud_interrupted", "not_invented_yet"])
def test_what_passes_by_itself_is_no_failure_in_the_log(
    kiosk: FakeKioskPort, catalogue: Catalogue, result: str
) -> None:
    kiosk.round_with_cloud("cloud_push", 0, result=result)
    row = view(kiosk, catalogue).log[0]
    assert (row.has_failed, row.remarks) == (False, ())
    assert row.sentence == "The cloud could not be reached; it is tried again by itself"


def test_a_round_that_needs_somebody_says_what_to_do(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.round_with_cloud("cloud_pull", 0, result="cloud_key_refused")
    row = view(kiosk, catalogue).log[0]
    assert (row.has_failed, row.sentence) == (True, "A sync with the cloud did not work")
    assert "new key" in row.remarks[0]


def test_where_there_is_a_cloud_each_phone_has_its_receipt(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("Amina", "push", 1)
    assert view(kiosk, catalogue).phones[0].receipt is None
    kiosk.phones.have_records("Amina", Receipt(1_240, 1_238, 2))
    assert view(kiosk, catalogue).phones[0].receipt == "On this computer 1,240 · in the cloud 1,238 · waiting 2"


def test_the_card_about_the_cloud_is_on_the_page(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    assert view(kiosk, catalogue).cloud.state.headline == "Not connected to a cloud"
    kiosk.cloud.join()
    kiosk.cloud.round_ends("cloud_offline")
    assert view(kiosk, catalogue).cloud.state.headline == "No internet just now"


def test_a_failed_sync_says_why_and_what_to_do(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("Amina", "push", 0, result="disk_full", note="an_unknown_note")
    row = view(kiosk, catalogue).log[0]
    assert row.has_failed
    assert row.sentence == "The phone of Amina could not sync"
    (reason,) = row.remarks
    assert "Free some space" in reason


def test_a_remark_of_the_log_is_told(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("Amina", "pull", 10, note="unknown_mark")
    assert "another database" in view(kiosk, catalogue).log[0].remarks[0]
    kiosk.phone_syncs("Amina", "push", 10, note="not_permitted")
    assert "not allowed for this user" in view(kiosk, catalogue).log[0].remarks[0]


def test_a_sync_without_a_user_is_told_too(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    kiosk.phone_syncs("", "pull", 0, result="not_signed_in")
    assert view(kiosk, catalogue).log[0].sentence == "The phone of an unknown user could not sync"


def test_older_lines_of_the_log_are_folded_away(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    for minutes in range(20, 0, -1):
        kiosk.phone_syncs("Amina", "pull", minutes, ago_ms=minutes * MINUTE)
    page = view(kiosk, catalogue)
    assert len(page.log) == LOG_LINES_SHOWN
    assert len(page.log) + len(page.earlier_log) == 20
    assert page.log[0].when == "1 minute ago"


def test_that_the_computer_stays_awake_is_said_while_it_does(kiosk: FakeKioskPort, catalogue: Catalogue) -> None:
    words = catalogue.translator("en")
    backups, cloud = kiosk.backups.view(), kiosk.cloud.view()
    awake = main_view(replace(kiosk.status(), is_kept_awake=True), cloud, backups, kiosk.check.view(), words)
    assert "will not go to sleep" in awake.state.detail
    assert "sleep" not in view(kiosk, catalogue).state.detail


@pytest.mark.parametrize(
    ("notice", "page"),
    [(Notice.RESTORED, ("/restore", "Show which")), (Notice.MOVED_AWAY, ("/move", "Show the move"))],
)
def test_a_notice_that_wants_more_than_to_be_read_leads_to_its_page(
    kiosk: FakeKioskPort, catalogue: Catalogue, notice: Notice, page: tuple[str, str]
) -> None:
    kiosk.notify(notice)
    (line,) = view(kiosk, catalogue).notices
    assert line.page == page
