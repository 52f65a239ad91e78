"""Requests to the cloud keep well under its limit of 60 a minute (CLOUD §2)."""

from __future__ import annotations

from kiosk.cloud.pace import BURST, SECONDS_A_TURN, Pace


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def never() -> bool:
    return False


def test_the_requests_of_a_small_round_do_not_wait() -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    assert all(pace.wait_for_turn(never) for _ in range(BURST))
    assert time.now == 100.0


def test_in_no_minute_are_there_as_many_as_the_cloud_allows() -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    moments = []
    for _ in range(200):
        assert pace.wait_for_turn(never)
        moments.append(time.now)
    most = max(sum(begin <= moment < begin + 60 for moment in moments) for begin in moments)
    assert most <= BURST + 60 / SECONDS_A_TURN + 1 < 60


def test_turns_come_back_with_time_but_no_more_than_a_burst() -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    for _ in range(BURST):
        pace.wait_for_turn(never)
    time.now += 1_000_000
    began = time.now
    for _ in range(BURST):
        pace.wait_for_turn(never)
    assert time.now == began
    pace.wait_for_turn(never)
    assert time.now >= began + SECONDS_A_TURN * 0.99


def test_a_wait_is_broken_off() -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    for _ in range(BURST):
        pace.wait_for_turn(never)
    answers = iter([False, False, True])
    assert not pace.wait_for_turn(lambda: next(answers))
