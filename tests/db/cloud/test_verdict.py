"""Column by column: no edit that waits is overwritten, and whatever loses is kept (DESIGN §6)."""

from __future__ import annotations

from itertools import product

import pytest

from db.cloud.verdict import Verdict, Waiting, judge

COLUMNS = ("phone", "hometown")
NONE: frozenset[str] = frozenset()


def test_without_an_edit_that_waits_everything_is_taken() -> None:
    assert judge("patients", {"phone": "1"}, {"phone": "2"}, None, None) == Verdict(frozenset({"phone"}))


def test_a_column_of_ours_and_a_column_of_theirs_are_both_kept() -> None:
    ours, theirs = {"phone": "mine", "hometown": "a"}, {"phone": "old", "hometown": "b"}
    verdict = judge("patients", ours, theirs, {"phone": "old", "hometown": "a"}, Waiting(frozenset({"phone"})))
    assert verdict == Verdict(frozenset({"hometown"}), waiting=frozenset({"phone"}))


def test_what_the_cloud_shows_back_waits_no_longer() -> None:
    row = {"phone": "mine"}
    assert judge("patients", row, row, None, Waiting(None)).waiting == NONE


def test_a_third_value_after_the_cloud_took_ours_came_later() -> None:
    waiting = Waiting(frozenset({"phone"}), sent={"phone": "mine"}, is_answered=True)
    verdict = judge("patients", {"phone": "mine"}, {"phone": "third"}, {"phone": "old"}, waiting)
    assert (verdict.taken, verdict.lost, verdict.waiting) == ({"phone"}, {"phone"}, NONE)


def test_a_third_value_before_that_is_declined_and_kept() -> None:
    waiting = Waiting(frozenset({"phone"}))
    verdict = judge("patients", {"phone": "mine"}, {"phone": "third"}, {"phone": "old"}, waiting)
    assert (verdict.taken, verdict.declined, verdict.waiting) == (NONE, {"phone"}, {"phone"})


@pytest.mark.parametrize("is_answered", [True, False])
def test_no_edit_is_ever_overwritten_without_being_kept(is_answered: bool) -> None:
    """Every way in which ours, theirs, the base, and what was sent may agree or differ, in two columns."""
    values = ("a", "b", "c")
    for ours, theirs, base, sent in product(product(values, repeat=2), repeat=4):
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in (ours, theirs, base, sent)]
        waiting = Waiting(frozenset({"phone"}), rows[3], is_answered)
        verdict = judge("patients", rows[0], rows[1], rows[2], waiting)
        if rows[0]["phone"] != rows[1]["phone"]:
            assert ("phone" in verdict.waiting) is not ("phone" in verdict.lost)
            assert ("phone" in verdict.taken) is ("phone" in verdict.lost)
        else:
            assert verdict.waiting == NONE
        assert ("hometown" in verdict.taken) is (rows[0]["hometown"] != rows[1]["hometown"])
