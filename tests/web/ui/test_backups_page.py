"""What the page of backups says."""

from __future__ import annotations

from tests.fakes.backups_port import CODE
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import load_catalogue
from web.ui.backups_page import LINES_SHOWN, BackupsPage, backups_page, code_page

HOUR = 3_600_000


def page(kiosk: FakeKioskPort) -> BackupsPage:
    words = load_catalogue().translator("en")
    return backups_page(kiosk.backups.view(), kiosk.backups.listed(), START_MS, words)


def test_backups_are_told_by_when_where_and_how_large(kiosk: FakeKioskPort) -> None:
    kiosk.backups.ends(ago_ms=2 * HOUR)
    kiosk.backups.has_damaged("old.hikma-backup")
    good, damaged = page(kiosk).rows
    assert (good.made, good.place, good.size) == ("2 hours ago", "This computer", "1.4 MB")
    assert (damaged.made, damaged.place, damaged.name) == ("Cannot be read", "Second place", "old.hikma-backup")


def test_the_second_place_is_told(kiosk: FakeKioskPort) -> None:
    assert page(kiosk).second_now == "Backups are only on this computer."
    kiosk.backups.choose_second_folder("/media/stick")
    assert "/media/stick" in page(kiosk).second_now


def test_no_more_lines_than_anybody_reads(kiosk: FakeKioskPort) -> None:
    for _ in range(LINES_SHOWN + 1):
        kiosk.backups.ends()
    assert len(page(kiosk).rows) == LINES_SHOWN


def test_the_code_comes_in_groups_to_be_written_down() -> None:
    assert "-".join(code_page(CODE).groups) == CODE
    assert code_page(None).groups == ()
