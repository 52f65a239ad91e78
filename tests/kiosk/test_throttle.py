"""Wrong tries cost growing waits, which neither a restart nor another date makes shorter."""

from __future__ import annotations

import pytest

from db.errors import TooManyTries, WrongPin
from kiosk.throttle import WAITS_S, Throttle
from tests.fakes.clock import DAY_MS, AdjustableClock


class Number:
    def __init__(self) -> None:
        self.value = 0

    def read(self) -> int:
        return self.value

    def write(self, value: int) -> None:
        self.value = value


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def number() -> Number:
    return Number()


@pytest.fixture
def throttle(clock: AdjustableClock, number: Number) -> Throttle:
    return Throttle(clock, number.read, number.write)


def wrong() -> None:
    raise WrongPin


def fail(throttle: Throttle, clock: AdjustableClock, times: int) -> None:
    for _ in range(times):
        clock.advance(throttle.seconds_left() * 1000)
        with pytest.raises(WrongPin):
            throttle.attempt(wrong)


def test_each_wrong_try_makes_the_next_wait_longer(throttle: Throttle, clock: AdjustableClock) -> None:
    waits = []
    for _ in range(len(WAITS_S) + 2):
        fail(throttle, clock, 1)
        waits.append(throttle.seconds_left())
    assert waits == [*WAITS_S[1:], *[WAITS_S[-1]] * 3]


def test_a_try_before_its_time_is_not_looked_at_and_costs_nothing(
    throttle: Throttle, clock: AdjustableClock, number: Number
) -> None:
    fail(throttle, clock, 4)
    with pytest.raises(TooManyTries) as refusal:
        throttle.attempt(lambda: pytest.fail("it was looked at"))
    assert refusal.value.context == {"seconds": WAITS_S[4]}
    assert number.value == 4
    clock.advance(WAITS_S[4] * 1000)
    assert throttle.attempt(lambda: "right") == "right"


def test_a_right_one_forgives_the_wrong_ones(throttle: Throttle, clock: AdjustableClock, number: Number) -> None:
    fail(throttle, clock, 3)
    clock.advance(WAITS_S[3] * 1000)
    throttle.attempt(lambda: None)
    assert (number.value, throttle.seconds_left()) == (0, 0)


def test_a_restart_and_another_date_make_no_wait_shorter(
    throttle: Throttle, clock: AdjustableClock, number: Number
) -> None:
    fail(throttle, clock, 8)
    clock.jump(30 * DAY_MS)
    assert throttle.seconds_left() == WAITS_S[8]
    after_restart = Throttle(clock, number.read, number.write)
    assert after_restart.seconds_left() == WAITS_S[8]


def test_a_kill_while_it_is_looked_at_counts_as_a_wrong_try(throttle: Throttle, number: Number) -> None:
    counts = []
    throttle.attempt(lambda: counts.append(number.value))
    assert counts == [1]
