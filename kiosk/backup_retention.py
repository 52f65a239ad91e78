"""Which backups are kept: the newest of each of the last 7 days, 4 weeks and 12 months that have any.

Pure: knows nothing of files. Days without a backup do not count, so a computer that was off for a year keeps what
it has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date

DAYS = 7
WEEKS = 4
MONTHS = 12


@dataclass(frozen=True)
class Kept:
    """A backup as far as this matters. ``order``: a later state of the records has a larger one, whatever the clock
    said; ``day``: the date by the clock of the computer, when it was made."""

    order: tuple[int, int]
    day: date


def kept(backups: Collection[Kept]) -> frozenset[Kept]:
    """Those to keep. The one with the latest records is always among them, also when the clock was wrong."""
    newest_first = sorted(backups, key=lambda backup: backup.order, reverse=True)
    return frozenset(
        backup
        for count, period in ((DAYS, _day), (WEEKS, _week), (MONTHS, _month))
        for backup in _newest_of_each(newest_first, count, period)
    )


def _newest_of_each(newest_first: list[Kept], count: int, period: Callable[[date], Hashable]) -> list[Kept]:
    found: dict[Hashable, Kept] = {}
    for backup in newest_first:
        found.setdefault(period(backup.day), backup)
    return list(found.values())[:count]


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return tuple(day.isocalendar())[:2]


def _month(day: date) -> Hashable:
    return day.year, day.month
