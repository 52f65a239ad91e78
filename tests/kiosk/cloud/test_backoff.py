"""Waits grow, are drawn by lot, never undercut what the cloud asked for, and are forgotten after a success."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.cloud.backoff import LONGEST_WISH_S, Backoff, Pace, read_http_date, read_retry_after
from tests.fakes.clock import AdjustableClock

NOON_MS = 1_795_348_800_000  # Sun, 22 Nov 2026 12:00:00 GMT


def always(number: float) -> Callable[[], float]:
    return lambda: number


def backoff(drawn: float = 0.5, clock: AdjustableClock | None = None) -> Backoff:
    return Backoff(clock or AdjustableClock(), always(drawn), Pace(first_s=10, ceiling_s=60))


def test_the_limit_of_the_wait_doubles_up_to_its_ceiling() -> None:
    tries = backoff(drawn=0.5)
    assert [tries.failed() for _ in range(6)] == [5, 10, 20, 30, 30, 30]


def test_the_wait_is_drawn_between_nothing_and_the_limit() -> None:
    assert [backoff(drawn).failed() for drawn in (0.0, 0.25, 0.999)] == [0, 2.5, 9.99]


def test_after_a_success_the_waits_begin_anew() -> None:
    tries = backoff()
    for _ in range(5):
        tries.failed()
    tries.succeeded()
    assert tries.remaining_s() == 0
    assert tries.failed() == 5


def test_what_the_cloud_asks_for_is_obeyed_and_spread() -> None:
    assert backoff(drawn=0.0).failed(retry_after_s=60) == 60
    assert backoff(drawn=0.5).failed(retry_after_s=60) == 65


def test_a_wish_for_a_year_is_not_believed() -> None:
    assert backoff(drawn=0.0).failed(retry_after_s=365 * 24 * 3600) == LONGEST_WISH_S


def test_the_rest_of_the_wait_follows_time_that_passes_and_no_clock_that_is_set() -> None:
    clock = AdjustableClock()
    tries = backoff(0.5, clock)
    assert tries.remaining_s() == 0
    tries.failed()
    assert tries.remaining_s() == 5
    clock.jump(-3_600_000)
    clock.advance(4_000)
    assert tries.remaining_s() == 1
    clock.advance(60_000)
    assert tries.remaining_s() == 0


@given(st.lists(st.none() | st.floats(0, 1e9), max_size=60), st.floats(0, 1, exclude_max=True))
def test_no_wait_is_negative_or_longer_than_it_may_be(wishes: list[float | None], drawn: float) -> None:
    tries = backoff(drawn)
    for wish in wishes:
        wait_s = tries.failed(wish)
        assert (min(wish, LONGEST_WISH_S) if wish is not None else 0) <= wait_s <= LONGEST_WISH_S + 60
        assert 0 <= tries.remaining_s() - wait_s < 0.0011


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60),
        (" 0 ", 0),
        ("9" * 40, LONGEST_WISH_S),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90),
        ("Sunday, 22-Nov-26 12:01:30 GMT", 90),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Tue, 22 Nov 2036 12:00:00 GMT", LONGEST_WISH_S),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("٦٠", None),
        ("soon", None),
        ("Sun, 99 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_moment(value: str | None, seconds: int | None) -> None:
    assert read_retry_after(value, NOON_MS) == seconds


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", NOON_MS),
        (None, None),
        ("yesterday", None),
        ("Sun, 22 Nov 99999 1:1:1 GMT", None),
    ],
)
def test_the_date_of_an_answer_is_read(value: str | None, moment: int | None) -> None:
    assert read_http_date(value) == moment


@given(st.text(max_size=40))
def test_any_header_is_read_or_is_nothing(value: str) -> None:
    seconds = read_retry_after(value, NOON_MS)
    assert seconds is None or 0 <= seconds <= LONGEST_WISH_S
