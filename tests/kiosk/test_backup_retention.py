"""Which backups are kept, over years of clinics that open when they like and clocks that say what they like."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.backup_retention import DAYS, MONTHS, WEEKS, Kept, kept

FIRST = date(2026, 1, 1)
# By the true time; ``day`` is what the clock said.
histories = st.lists(st.dates(date(2020, 1, 1), date(2035, 1, 1)), max_size=60).map(
    lambda days: [Kept((number, 0), day) for number, day in enumerate(days)]
)
right_clocks = st.lists(st.integers(0, 900), max_size=80).map(
    lambda offsets: [
        Kept((offset, number), FIRST + timedelta(days=offset)) for number, offset in enumerate(sorted(offsets))
    ]
)


def daily(count: int) -> list[Kept]:
    return [Kept((number, 0), FIRST + timedelta(days=number)) for number in range(count)]


def after_every_day(days: int) -> set[Kept]:
    """What is left when a backup is made, and the others thinned out, on so many days in a row."""
    there: set[Kept] = set()
    for one in daily(days):
        there = set(kept(there | {one}))
    return there


@given(histories)
def test_few_are_kept_and_none_is_made_up(backups: list[Kept]) -> None:
    keep = kept(backups)
    assert keep <= set(backups)
    assert len(keep) <= DAYS + WEEKS + MONTHS


@given(histories)
def test_the_latest_records_are_always_kept_whatever_the_clock_said(backups: list[Kept]) -> None:
    if backups:
        assert max(backups, key=lambda backup: backup.order) in kept(backups)


@given(histories)
def test_thinning_out_twice_changes_nothing(backups: list[Kept]) -> None:
    assert kept(kept(backups)) == kept(backups)


@given(right_clocks)
def test_the_last_days_weeks_and_months_that_have_any_have_one(backups: list[Kept]) -> None:
    keep = kept(backups)
    days = sorted({backup.day for backup in backups})[-DAYS:]
    weeks = sorted({tuple(backup.day.isocalendar())[:2] for backup in backups})[-WEEKS:]
    months = sorted({(backup.day.year, backup.day.month) for backup in backups})[-MONTHS:]
    assert {backup.day for backup in keep} >= set(days)
    assert {tuple(backup.day.isocalendar())[:2] for backup in keep} >= set(weeks)
    assert {(backup.day.year, backup.day.month) for backup in keep} >= set(months)


@given(right_clocks)
def test_of_a_day_the_last_one_is_kept(backups: list[Kept]) -> None:
    last_of_day = {backup.day: backup for backup in sorted(backups, key=lambda backup: backup.order)}
    for day in sorted(last_of_day)[-DAYS:]:
        assert last_of_day[day] in kept(backups)


def test_after_two_years_of_daily_backups_all_periods_are_there() -> None:
    there = after_every_day(730)
    today = max(backup.day for backup in there)
    assert {today - timedelta(days=number) for number in range(DAYS)} <= {backup.day for backup in there}
    assert len({(backup.day.year, backup.day.month) for backup in there}) == MONTHS
    assert len(there) <= DAYS + WEEKS + MONTHS
    assert min(backup.day for backup in there) > today - timedelta(days=366)


def test_a_clinic_that_was_closed_for_a_year_keeps_what_it_had() -> None:
    before = after_every_day(30)
    opened_again = Kept((999, 0), FIRST + timedelta(days=400))
    assert len(kept(before | {opened_again})) >= len(before) - 1


def test_a_clock_that_is_always_set_back_to_the_same_day_keeps_the_latest() -> None:
    there: set[Kept] = set()
    for number in range(50):
        there = set(kept(there | {Kept((number, 0), FIRST)}))
        assert Kept((number, 0), FIRST) in there


def test_nothing_is_kept_of_nothing() -> None:
    assert kept([]) == frozenset()
