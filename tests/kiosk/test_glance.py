"""What the main page shows of the log is counted in the background, and only when there is something new."""

from __future__ import annotations

from db.database import Database
from db.sync_log import SyncEntry, SyncKind, log_sync
from kiosk.glance import STALE_AFTER_MS, Glance
from tests.db.caller import Caller, patient
from tests.fakes.clock import HOUR_MS, AdjustableClock
from tests.kiosk.background import Background
from tests.polling import eventually


def log_pull(database: Database) -> int:
    with database.write() as transaction:
        return log_sync(transaction, SyncEntry(SyncKind.PULL, "first", "d1", "u1", {"patients": 3}))


def test_looks_begin_one_count_and_none_without_news(database: Database, clock: AdjustableClock) -> None:
    background, now = Background(), clock.now_ms()
    glance = Glance(database, background.begun.append, monotonic=lambda: 0.0)
    line = log_pull(database)
    assert glance.current(line, now).sums == {}
    glance.current(line, now)
    assert background.finish() == 1
    assert sum(slot.records for slot in glance.current(line, now).sums.values()) == 3
    assert background.finish() == 0
    glance.current(log_pull(database), now)
    assert background.finish() == 1
    glance.current(line + 1, now + STALE_AFTER_MS + 1)
    assert background.finish() == 1


def test_a_count_that_took_long_is_not_soon_repeated(database: Database, clock: AdjustableClock) -> None:
    times = iter([0.0, 0.0, 2.0, 41.9, 42.0])
    background = Background()
    glance = Glance(database, background.begun.append, lambda: next(times))
    glance.current(log_pull(database), clock.now_ms())
    assert background.finish() == 1
    line = log_pull(database)
    glance.current(line, clock.now_ms())
    assert background.finish() == 0
    glance.current(line, clock.now_ms())
    assert len(background.begun) == 1


def test_by_itself_it_counts_in_the_background_and_finds_the_phones_clocks(
    database: Database, clock: AdjustableClock
) -> None:
    phone = Caller(database)
    phone.pull()
    phone.push_created("patients", patient(updated_at=clock.now_ms() + HOUR_MS))
    glance = Glance(database)
    (found,) = eventually(lambda: glance.current(2, clock.now_ms()).clocks)
    assert found.ahead_ms == HOUR_MS
