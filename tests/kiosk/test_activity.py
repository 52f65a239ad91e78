"""Activity by hours and days: counted once, added to, and by the clock of the clinic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from db.activity import QUARTER_MS
from db.database import Database
from db.sync_log import SyncEntry, SyncKind, log_sync
from kiosk.activity import ActivityCount, Sums, picture_of
from tests.fakes.clock import DAY_MS, HOUR_MS, YEAR_MS, AdjustableClock
from web.ui.activity_port import Slot

NEPAL = timezone(timedelta(hours=5, minutes=45))


def ms(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type]


def sums(*moments: int) -> Sums:
    return {moment // QUARTER_MS: Slot(1, 10) for moment in moments}


def log_pull(database: Database, records: int) -> int:
    with database.write() as transaction:
        return log_sync(transaction, SyncEntry(SyncKind.PULL, "first", "d1", "u1", {"patients": records}))


def counted(count: ActivityCount, database: Database, line: int, now_ms: int) -> list[Slot]:
    with database.read() as snapshot:
        return list(count.bring_up_to_date(snapshot, line, now_ms).values())


def test_today_is_by_hours_and_the_month_by_days() -> None:
    picture = picture_of(
        sums(ms(2026, 2, 28, 9, 5), ms(2026, 2, 28, 9, 50), ms(2026, 2, 27, 9)), ms(2026, 2, 28, 12), UTC
    )
    assert (len(picture.hours), len(picture.days)) == (24, 28)
    assert picture.hours[9] == Slot(2, 20)
    assert (picture.days[27], picture.days[26]) == (Slot(2, 20), Slot(1, 10))
    assert sum(slot.syncs for slot in picture.hours) == 2


def test_the_last_month_is_not_in_it() -> None:
    picture = picture_of(sums(ms(2026, 1, 31, 23)), ms(2026, 2, 1, 1), UTC)
    assert not any(slot.syncs for slot in (*picture.hours, *picture.days))


def test_hours_are_those_of_the_clinic_s_zone_also_where_it_is_off_by_quarters() -> None:
    picture = picture_of(sums(ms(2026, 2, 28, 18, 15)), ms(2026, 2, 28, 20), NEPAL)
    assert picture.hours[0] == Slot(1, 10)
    assert len(picture.days) == 31  # there it is March already


def test_only_new_lines_are_added(database: Database, clock: AdjustableClock) -> None:
    count = ActivityCount()
    line = log_pull(database, 3)
    assert counted(count, database, line, clock.now_ms()) == [Slot(1, 3)]
    assert counted(count, database, line, clock.now_ms()) == [Slot(1, 3)]
    line = log_pull(database, 4)
    log_pull(database, 50)
    assert counted(count, database, line, clock.now_ms()) == [Slot(2, 7)]


def test_what_is_too_old_is_forgotten_and_comes_back_when_the_clock_is_set_right(
    database: Database, clock: AdjustableClock
) -> None:
    count = ActivityCount()
    line = log_pull(database, 3)
    right = clock.now_ms() + HOUR_MS
    assert counted(count, database, line, right) == [Slot(1, 3)]
    assert counted(count, database, line, right + 10 * YEAR_MS) == []
    assert counted(count, database, line, right) == [Slot(1, 3)]
    assert counted(count, database, line, right + 40 * DAY_MS) == []
