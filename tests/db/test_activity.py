"""How much phones have synced and when: sums of the log, of what is new since the last look."""

from __future__ import annotations

from db.activity import QUARTER_MS, Quarter, activity_between
from db.database import Database
from db.sync_log import SyncEntry, SyncKind, log_sync
from tests.fakes.clock import DAY_MS, START_MS, AdjustableClock

NOW = START_MS // QUARTER_MS


def log(database: Database, kind: SyncKind, records: int = 0, result: str = "ok") -> int:
    with database.write() as transaction:
        return log_sync(transaction, SyncEntry(kind, "first", "d1", "u1", {"patients": records}, result=result))


def after(database: Database, line: int = 0, last: int = 1_000, since_ms: int = START_MS - DAY_MS) -> list[Quarter]:
    with database.read() as snapshot:
        return sorted(activity_between(snapshot, line, last, since_ms), key=lambda quarter: quarter.number)


def test_syncs_are_pulls_and_records_go_both_ways(database: Database, clock: AdjustableClock) -> None:
    log(database, SyncKind.PULL, 10)
    log(database, SyncKind.PUSH, 3)
    log(database, SyncKind.PROCEDURE, 1)
    log(database, SyncKind.CLOUD_PULL, 500)
    log(database, SyncKind.PULL, 7, result="not_signed_in")
    clock.advance(4 * QUARTER_MS)
    log(database, SyncKind.PULL)
    assert after(database) == [Quarter(NOW, 1, 14), Quarter(NOW + 4, 1, 0)]


def test_only_what_is_new_is_read(database: Database, clock: AdjustableClock) -> None:
    seen = log(database, SyncKind.PULL, 10)
    assert after(database, seen) == []
    newest = log(database, SyncKind.PULL, 2)
    assert after(database, seen) == [Quarter(NOW, 1, 2)]
    log(database, SyncKind.PULL, 30)
    assert after(database, seen, newest) == [Quarter(NOW, 1, 2)]
    clock.advance(40 * DAY_MS)
    assert after(database, since_ms=clock.now_ms() - DAY_MS) == []


def test_an_empty_log_is_no_activity(database: Database) -> None:
    assert after(database) == []
