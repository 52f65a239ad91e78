"""The contract of a clock, kept by the computer's own and by the one that tests set."""

from __future__ import annotations

import time

import pytest

from db.clock import Clock, SystemClock
from tests.fakes.clock import AdjustableClock


@pytest.fixture(params=[SystemClock, AdjustableClock])
def some_clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_the_time_is_in_whole_milliseconds_of_this_century(some_clock: Clock) -> None:
    assert type(some_clock.now_ms()) is int
    assert 1_600_000_000_000 < some_clock.now_ms() < 4_102_444_800_000


def test_durations_never_go_back(some_clock: Clock) -> None:
    readings = [some_clock.monotonic_ms() for _ in range(1_000)]
    assert readings == sorted(readings)
    assert all(type(reading) is int for reading in readings)


def test_the_systems_clock_is_the_computers() -> None:
    before = time.time() * 1000
    now = SystemClock().now_ms()
    assert before - 1 <= now <= time.time() * 1000 + 1


def test_the_fake_clock_passes_time_on_both_counts() -> None:
    clock = AdjustableClock(1_000)
    start = clock.monotonic_ms()
    clock.advance(250)
    assert (clock.now_ms(), clock.monotonic_ms() - start) == (1_250, 250)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_the_fake_clock_jumps_without_time_passing() -> None:
    clock = AdjustableClock(1_000)
    start = clock.monotonic_ms()
    clock.jump(-600)
    assert (clock.now_ms(), clock.monotonic_ms()) == (400, start)
