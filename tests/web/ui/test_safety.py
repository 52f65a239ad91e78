"""How safe the records are, in one sentence with what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fakes.backups_port import FakeBackups
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import load_catalogue
from web.ui.safety import OLD_AFTER_MS, Safety, safety

HOUR = 3_600_000


def told(backups: FakeBackups) -> Safety:
    return safety(backups.view(), START_MS, load_catalogue().translator("en"))


def well(backups: FakeBackups) -> None:
    backups.choose_second_folder("/media/stick")
    backups.ends(ago_ms=2 * HOUR)
    backups.copy_ends()
    backups.is_tried_out()


STATES: dict[str, tuple[Callable[[FakeBackups], None], str, str]] = {
    "fresh": (lambda backups: None, "warn", "There is no backup yet"),
    "well": (well, "good", "Your records are backed up"),
    "old": (lambda backups: backups.ends(ago_ms=OLD_AFTER_MS), "warn", "The last backup is old"),
    "future": (lambda backups: backups.ends(ago_ms=-OLD_AFTER_MS), "warn", "The last backup is old"),
    "failed": (lambda backups: (well(backups), backups.ends("disk_full"))[1], "bad", "The last backup failed"),
    "unreadable": (
        lambda backups: (well(backups), backups.is_tried_out("backup_damaged"))[1],
        "bad",
        "The newest backup could not be opened",
    ),
    "no stick": (
        lambda backups: (well(backups), backups.copy_ends("backup_place_failed"))[1],
        "warn",
        "The second copy could not be made",
    ),
    "full": (lambda backups: (well(backups), backups.disk_fills())[1], "warn", "The disk is almost full"),
    "making": (lambda backups: backups.make_now(), "busy", "A backup is being made"),
}


@pytest.mark.parametrize(("happen", "tone", "headline"), STATES.values(), ids=STATES.keys())
def test_the_worst_comes_first(
    kiosk: FakeKioskPort, happen: Callable[[FakeBackups], None], tone: str, headline: str
) -> None:
    happen(kiosk.backups)
    shown = told(kiosk.backups)
    assert (shown.tone, shown.headline) == (tone, headline)
    assert shown.sentences or tone in ("good", "busy")


def test_a_failure_says_why_in_words(kiosk: FakeKioskPort) -> None:
    kiosk.backups.ends("disk_full")
    assert told(kiosk.backups).sentences[0].startswith("The disk")


def test_with_one_place_alone_a_second_is_advised(kiosk: FakeKioskPort) -> None:
    kiosk.backups.ends()
    kiosk.backups.recovery_code()
    (sentence,) = told(kiosk.backups).sentences
    assert "second place" in sentence


def test_that_nobody_has_written_down_the_recovery_code_is_told(kiosk: FakeKioskPort) -> None:
    well(kiosk.backups)
    (sentence,) = told(kiosk.backups).sentences
    assert "recovery code" in sentence
    kiosk.backups.recovery_code()
    assert told(kiosk.backups).sentences == ()


def test_while_one_is_made_there_is_progress_and_no_button(kiosk: FakeKioskPort) -> None:
    kiosk.backups.make_now()
    kiosk.backups.comes_to(40)
    shown = told(kiosk.backups)
    assert shown.progress is not None
    assert (shown.progress.count, shown.choices) == ("40 %", ())


def test_the_lines_say_when_and_how_much_room(kiosk: FakeKioskPort) -> None:
    well(kiosk.backups)
    facts = {fact.label: fact.value for fact in told(kiosk.backups).facts}
    assert facts["Last backup"] == "2 hours ago"
    assert facts.keys() == {"Last backup", "Last second copy", "Last tried out", "Free space"}
