"""Who opened the phones' welcome page."""

from __future__ import annotations

import threading

import pytest

from tests.fakes.clock import START_MS, AdjustableClock
from web.phone.visits import KEPT, Visitor, Visits


def test_visitors_are_told_the_last_first_and_not_those_of_before() -> None:
    clock = AdjustableClock()
    visits = Visits(clock)
    visits.note("192.168.1.20", "")
    clock.advance(1_000)
    visits.note("192.168.1.21", "K7PQ")
    assert visits.since(START_MS) == (
        Visitor("192.168.1.21", START_MS + 1_000, "K7PQ"),
        Visitor("192.168.1.20", START_MS, ""),
    )
    assert [visitor.address for visitor in visits.since(START_MS + 1)] == ["192.168.1.21"]


@pytest.mark.parametrize("code", ["k7", "K7'", "K" * 13, "<b>", "É"])
def test_a_code_that_can_be_none_of_ours_is_not_kept(code: str) -> None:
    visits = Visits(AdjustableClock())
    visits.note("192.168.1.20", code)
    assert visits.since(0)[0].code == ""


def test_only_the_last_few_are_kept() -> None:
    visits = Visits(AdjustableClock())
    for number in range(KEPT + 5):
        visits.note(f"10.0.0.{number}", "")
    assert len(visits.since(0)) == KEPT
    assert visits.since(0)[0].address == f"10.0.0.{KEPT + 4}"


def test_many_may_come_at_once() -> None:
    visits = Visits(AdjustableClock())
    threads = [threading.Thread(target=visits.note, args=(f"10.0.0.{number}", "")) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({visitor.address for visitor in visits.since(0)}) == 20
