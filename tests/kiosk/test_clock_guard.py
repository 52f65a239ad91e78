"""The clock guard: what shows that this computer's clock is wrong, and that only a phone's is."""

from __future__ import annotations

from dataclasses import replace

from db.health import PhoneClock
from kiosk.clock_guard import ClockJudgement, Evidence, judge
from tests.fakes.clock import DAY_MS, HOUR_MS, YEAR_MS

MINUTE = 60_000
RELEASED = 1_795_564_800_000
NOW = RELEASED + 30 * DAY_MS
CALM = Evidence(NOW, RELEASED, 0, 0, ())


def told(evidence: Evidence) -> tuple[str, str] | None:
    finding = judge(evidence).finding
    return (finding.name, finding.reason) if finding else None


def clocks(*ahead_ms: int) -> tuple[PhoneClock, ...]:
    return tuple(PhoneClock(f"d{number}", ahead) for number, ahead in enumerate(ahead_ms))


def test_a_clock_that_agrees_with_all_is_right() -> None:
    assert judge(CALM) == ClockJudgement()
    assert judge(replace(CALM, cloud_ahead_ms=800, cloud_seen_ms=NOW, phones=clocks(-4_000, 900))) == ClockJudgement()


def test_a_time_before_the_program_was_made_or_long_after_is_impossible() -> None:
    assert told(replace(CALM, now_ms=NOW - 2 * YEAR_MS)) == ("clock", "too_early")
    assert told(replace(CALM, now_ms=NOW + 20 * YEAR_MS)) == ("clock", "too_late")


def test_the_cloud_s_word_counts_while_it_is_fresh() -> None:
    far = replace(CALM, cloud_ahead_ms=-HOUR_MS, cloud_seen_ms=NOW)
    assert told(far) == ("cloud_clock", "behind")
    assert told(replace(far, cloud_seen_ms=NOW - 3 * DAY_MS)) is None
    assert told(replace(far, cloud_seen_ms=NOW + 3 * DAY_MS)) is None


def test_without_the_cloud_the_phones_together_tell() -> None:
    assert told(replace(CALM, phones=clocks(-10 * YEAR_MS, -10 * YEAR_MS))) == ("phone_clocks", "ahead")
    assert told(replace(CALM, phones=clocks(2 * YEAR_MS, 2 * YEAR_MS))) == ("phone_clocks", "behind")


def test_one_phone_that_differs_from_the_others_is_wrong_itself() -> None:
    evidence = replace(CALM, phones=clocks(-4_000, 900, HOUR_MS, -2 * DAY_MS, -HOUR_MS))
    assert judge(evidence) == ClockJudgement(None, {"d2": HOUR_MS, "d3": -2 * DAY_MS})


def test_of_two_phones_the_one_that_agrees_shows_that_the_computer_is_right() -> None:
    assert judge(replace(CALM, phones=clocks(-1_000, 2 * HOUR_MS))) == ClockJudgement(None, {"d1": 2 * HOUR_MS})


def test_where_the_cloud_agrees_a_phone_that_does_not_is_wrong_itself() -> None:
    evidence = replace(CALM, cloud_ahead_ms=500, cloud_seen_ms=NOW - HOUR_MS, phones=clocks(HOUR_MS))
    assert judge(evidence) == ClockJudgement(None, {"d0": HOUR_MS})


def test_no_phone_is_blamed_while_the_computer_s_clock_is_wrong() -> None:
    assert judge(replace(CALM, now_ms=RELEASED - DAY_MS, phones=clocks(HOUR_MS))).phones == {}


def test_of_a_phone_s_pushes_the_middle_one_counts() -> None:
    pushes = (PhoneClock("d1", 0), PhoneClock("d1", HOUR_MS), PhoneClock("d1", -1_000), PhoneClock("d2", 0))
    assert judge(replace(CALM, phones=pushes)).phones == {}
