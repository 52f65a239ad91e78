"""The words of the page "Conflicts": who, when, and both values."""

from __future__ import annotations

from tests.fakes.cloud_port import MINUTE
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import load_catalogue
from web.ui.conflicts_page import MOST_ROWS, ConflictsPage, conflicts_page


def page(kiosk: FakeKioskPort, shown: int = 30) -> ConflictsPage:
    cloud = kiosk.cloud
    words = load_catalogue().translator("en")
    return conflicts_page(cloud.list_conflicts(shown), cloud.view().conflicts, START_MS, words)


def test_a_conflict_tells_whose_change_lost_and_when(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.lose("patients", "p1", ("camp", "A", "B"), name="Layla Haddad", by="Amina", ago_ms=5 * MINUTE)
    kiosk.cloud.lose("visits", "v1", ("provider_name", "A", "B"), ago_ms=2 * MINUTE)
    from_cloud, from_phone = page(kiosk).cards
    assert (from_phone.kind, from_phone.name) == ("Patient", "Layla Haddad")
    assert from_phone.sentence == "A change by Amina was replaced 5 minutes ago"
    assert from_cloud.sentence == "A change from the cloud was replaced 2 minutes ago"


def test_both_values_stand_side_by_side_under_a_name(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.lose("patients", "p1", ("camp", "North", "South"), ("phone", "", "079"))
    (card,) = page(kiosk).cards
    told = [(row.label, row.current, row.lost) for row in card.rows]
    assert told == [("Camp", ("North",), ("South",)), ("Telephone", (), ("079",))]


def test_what_is_equal_or_says_only_when_is_left_out(kiosk: FakeKioskPort) -> None:
    same, bookkeeping = ("camp", "North", "North"), ("updated_at", "1", "2")
    kiosk.cloud.lose("patients", "p1", same, bookkeeping, ("id", "p1", "p2"), ("sex", "f", "m"))
    (card,) = page(kiosk).cards
    assert [row.label for row in card.rows] == ["Sex"]


def test_of_a_deleted_record_what_would_come_back_is_shown(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.lose("patients", "p1", ("camp", "North", "North"), ("phone", "", ""), is_deleted=True)
    (card,) = page(kiosk).cards
    assert card.is_deleted
    assert [(row.current, row.lost) for row in card.rows] == [(("(deleted)",), ("North",))]


def test_a_whole_record_is_cut_off_with_the_number_of_what_is_left_out(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.lose("patients", "p1", *((f"column{number}", "a", "b") for number in range(MOST_ROWS + 3)))
    (card,) = page(kiosk).cards
    assert len(card.rows) == MOST_ROWS
    assert card.more_rows == "… and 3 more"


def test_conflicts_that_are_not_shown_are_counted(kiosk: FakeKioskPort) -> None:
    for number in range(3):
        kiosk.cloud.lose("patients", f"p{number}", ("camp", "A", "B"))
    assert page(kiosk, shown=2).more == "There is 1 more."
