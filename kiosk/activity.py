"""The picture of how much phones have synced: today by hours, this month by days, as this computer's clock counts them.

Knows nothing of how it is drawn. The log is read once; after that only its new lines are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from db.activity import QUARTER_MS, activity_between
from db.database import Snapshot
from web.ui.activity_port import Activity, Slot

DAY_MS = 24 * 3_600_000
KEPT_MS = 33 * DAY_MS
HOURS, LONGEST_MONTH = 24, 31
Sums = Mapping[int, Slot]
"""By quarter of an hour (db/activity.py)."""


class ActivityCount:
    """What has been counted so far. For one thread."""

    def __init__(self) -> None:
        self._sums: dict[int, Slot] = {}
        self._line = 0
        self._counted_ms: int | None = None

    def bring_up_to_date(self, snapshot: Snapshot, newest_line: int, now_ms: int) -> Sums:
        """Adds what was logged since the last time. Counts anew where the clock was set back: what belongs to this
        month now may have been too old before."""
        if self._counted_ms is None or now_ms < self._counted_ms - DAY_MS or newest_line < self._line:
            self._sums, self._line = {}, 0
        for quarter in activity_between(snapshot, self._line, newest_line, now_ms - KEPT_MS):
            known = self._sums.get(quarter.number, Slot())
            self._sums[quarter.number] = Slot(known.syncs + quarter.syncs, known.records + quarter.records)
        oldest = (now_ms - KEPT_MS) // QUARTER_MS
        self._sums = {number: slot for number, slot in self._sums.items() if number >= oldest}
        self._line, self._counted_ms = newest_line, now_ms
        return dict(self._sums)


def picture_of(sums: Sums, now_ms: int, zone: tzinfo | None = None) -> Activity:
    """Today and this month in ``zone`` (default: the computer's own)."""
    now = _local(now_ms, zone)
    hours, days = [Slot()] * HOURS, [Slot()] * _days_in_month(now)
    for number, slot in sums.items():
        at = _local(number * QUARTER_MS, zone)
        if (at.year, at.month) != (now.year, now.month):
            continue
        days[at.day - 1] = _added(days[at.day - 1], slot)
        if at.day == now.day:
            hours[at.hour] = _added(hours[at.hour], slot)
    return Activity(tuple(hours), tuple(days))


def _local(at_ms: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)


def _days_in_month(moment: datetime) -> int:
    first = moment.replace(day=1)
    return ((first + timedelta(days=LONGEST_MONTH + 1)).replace(day=1) - first).days


def _added(one: Slot, other: Slot) -> Slot:
    return Slot(one.syncs + other.syncs, one.records + other.records)
