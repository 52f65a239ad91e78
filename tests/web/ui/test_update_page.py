"""What the page about updates says."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from tests.fakes.update_port import GOOD, STICK
from web.i18n import load_catalogue
from web.ui.update_page import TOLD_FOR_MS, UpdatePage, install_question, update_page
from web.ui.update_port import Stage

HOUR = 3_600_000
WORDS = load_catalogue().translator("en")


def page(kiosk: FakeKioskPort) -> UpdatePage:
    return update_page(kiosk.updates.view(), START_MS, WORDS)


def test_it_says_which_version_this_is(kiosk: FakeKioskPort) -> None:
    state = page(kiosk).state
    assert (state.tone, state.headline) == ("good", "This is version 0.1.0")


def test_a_copy_that_trusts_nobody_says_so_and_looks_for_nothing(kiosk: FakeKioskPort) -> None:
    kiosk.updates.trusts_nobody()
    assert not page(kiosk).can_look
    assert "takes no update files" in page(kiosk).state.sentences[0]


def test_files_are_told_with_their_version_or_with_what_is_wrong(kiosk: FakeKioskPort) -> None:
    assert page(kiosk).rows == ()
    assert not page(kiosk).nothing_found
    kiosk.updates.look("")
    assert page(kiosk).nothing_found
    kiosk.updates.look(STICK)
    good, old, letter = page(kiosk).rows
    assert (good.version, good.size, good.sentence) == ("Version 0.2.0", "110 MB", None)
    assert good.address is not None
    assert good.address.startswith("/update/install?file=%2Fmedia")
    assert (old.address, old.sentence) == (None, WORDS.error("update_not_newer", {"version": "0.0.9"}))
    assert (letter.version, letter.address) == ("", None)


def test_before_it_is_done_it_is_said_what_will_happen(kiosk: FakeKioskPort) -> None:
    question = install_question(GOOD, WORDS)
    assert question.title == "Install version 0.2.0?"
    assert question.fields == (("file", GOOD.path),)
    assert not question.is_dangerous


@pytest.mark.parametrize("stage", list(Stage))
def test_each_step_has_words_and_nothing_else_can_be_begun(kiosk: FakeKioskPort, stage: Stage) -> None:
    kiosk.updates.look(STICK)
    kiosk.updates.comes_to(stage, 40)
    shown = page(kiosk)
    assert (shown.state.tone, shown.can_look, shown.rows) == ("busy", False, ())
    assert shown.state.progress is not None
    assert (shown.state.progress.count, shown.state.progress.done) == ("40 %", 40)
    kiosk.updates.comes_to(stage)
    assert (line := page(kiosk).state.progress) is not None
    assert line.total is None


def test_how_the_last_one_went_is_said_for_a_while(kiosk: FakeKioskPort) -> None:
    kiosk.updates.has_updated(ago_ms=2 * HOUR)
    state = page(kiosk).state
    assert (state.tone, state.headline) == ("good", "Version 0.1.0 is installed")
    assert "0.0.9 2 hours ago" in state.sentences[0]
    kiosk.updates.has_updated(ago_ms=TOLD_FOR_MS)
    assert page(kiosk).state.headline == "This is version 0.1.0"


def test_one_that_did_not_work_says_which_version_serves(kiosk: FakeKioskPort) -> None:
    kiosk.updates.has_updated("update_failed")
    state = page(kiosk).state
    assert (state.tone, state.icon, state.headline) == ("warn", "bad", "Version 0.2.0 could not be installed")
    assert "Version 0.1.0 is serving." in state.sentences


def test_one_that_was_given_up_says_why(kiosk: FakeKioskPort) -> None:
    kiosk.updates.gives_up("disk_full")
    state = page(kiosk).state
    assert (state.tone, state.headline) == ("bad", "The update was not installed")
    assert state.sentences[0] == WORDS.error("disk_full")


def test_it_says_whether_there_is_a_newer_version_once_it_may_ask(kiosk: FakeKioskPort) -> None:
    assert page(kiosk).asking == (WORDS.text("update.asking.off"),)
    kiosk.updates.choose_asking(True)
    assert page(kiosk).asking == (WORDS.text("update.asking.on"),)
    kiosk.updates.ask_now()
    assert page(kiosk).asking[-1] == "This is the newest version."
    kiosk.updates.newest = "0.3.0"
    kiosk.updates.ask_now()
    assert page(kiosk).state.headline == "There is a newer version: 0.3.0"
