"""What the page about the move says."""

from __future__ import annotations

from tests.fakes.kiosk_port import START_MS
from web.i18n import load_catalogue
from web.ui.move_page import THERE, move_page
from web.ui.move_port import MoveView

WORDS = load_catalogue().translator("en")


def test_the_steps_come_one_after_the_other() -> None:
    page = move_page(MoveView(has_left=False), START_MS, WORDS)
    assert (page.has_left, page.made, page.failure, page.progress) == (False, None, None, None)
    page = move_page(MoveView(has_left=True, drives=("E:\\", "F:\\"), percent=40), START_MS, WORDS)
    assert page.progress is not None
    assert (page.folder, page.progress.done, page.progress.count) == ("E:\\", 40, "40 %")
    page = move_page(MoveView(has_left=True, made="E:\\x", made_ms=START_MS), START_MS, WORDS)
    assert page.made == "Made just now: E:\\x"
    assert len(page.there) == len(THERE)


def test_what_was_in_the_way_is_told_in_words() -> None:
    page = move_page(MoveView(has_left=True, failure="disk_full"), START_MS, WORDS)
    assert page.failure == WORDS.error("disk_full")
