"""Ranges of time and statuses are read as people mean them."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput
from web.rpc.procedures.care import end_ms, maybe_ms, named, statuses_of

DAY_MS = 86_400_000


def test_a_range_that_ends_on_a_day_holds_the_whole_day() -> None:
    start = maybe_ms("2023-11-14", "start")
    assert start is not None
    assert end_ms("2023-11-14", "end") == start + DAY_MS - 1
    assert end_ms("2023-11-14T00:00:00Z", "end") == start
    assert end_ms(start, "end") == start
    assert end_ms("", "end") is None


def test_no_status_and_empty_ones_stand_for_all() -> None:
    assert statuses_of(None) == statuses_of("") == statuses_of(["", ""]) == ()
    assert statuses_of("a") == statuses_of(["a", ""]) == ("a",)


def test_an_id_that_nobody_sent_is_asked_for() -> None:
    assert named("", "x", path="id") == "x"
    with pytest.raises(InvalidInput):
        named("", "", path="id")
