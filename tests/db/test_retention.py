"""What is only remembered is forgotten in time; records and tombstones never are."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.database import Database
from db.marks import Pull, find_pull, record_pull, resolve_since
from db.records import load_rows
from db.retention import DAY_MS, HISTORY_DAYS, PULL_DAYS, SYNC_LOG_DAYS, forget_old
from db.schema import HELD_ROWS, RECORD_HISTORY, SYNC_LOG
from db.sync_log import SyncEntry, SyncKind, log_sync
from tests.db.rows import delete_row, put_rows, row_of
from tests.fakes.clock import AdjustableClock

PATIENT = {"id": "p1", "given_name": "Ada"}


def _count(database: Database, table: sa.Table) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(sa.func.count()).select_from(table)))


def _pull(database: Database) -> int:
    with database.write() as transaction:
        mark = transaction.stamp
        values: dict[str, Any] = {
            "mark": mark,
            "stamp": mark,
            "since_mark": 0,
            "device_id": "d",
            "user_id": "nurse",
            "says_schema": False,
            "is_claimed": False,
            "owed_deletions_since": None,
        }
        record_pull(transaction, Pull(**values))
        transaction.run(HELD_ROWS.insert().values(mark=mark, table_name="patients", record_id="p1"))
        return mark


@pytest.mark.parametrize(("days", "left"), [(HISTORY_DAYS - 1, 1), (HISTORY_DAYS + 1, 0)])
def test_versions_are_kept_for_a_year(database: Database, clock: AdjustableClock, days: int, left: int) -> None:
    put_rows(database, "patients", [PATIENT])
    put_rows(database, "patients", [PATIENT | {"given_name": "Augusta"}])
    clock.advance(days * DAY_MS)
    forget_old(database)
    assert _count(database, RECORD_HISTORY) == left
    assert row_of(database, "patients", "p1")["given_name"] == "Augusta"


def test_a_version_counts_from_when_it_was_replaced(database: Database, clock: AdjustableClock) -> None:
    put_rows(database, "patients", [PATIENT])
    clock.advance(2 * HISTORY_DAYS * DAY_MS)
    put_rows(database, "patients", [PATIENT | {"given_name": "Augusta"}])
    forget_old(database)
    assert _count(database, RECORD_HISTORY) == 1


def test_how_long_versions_are_kept_can_be_chosen(database: Database, clock: AdjustableClock) -> None:
    put_rows(database, "patients", [PATIENT])
    put_rows(database, "patients", [PATIENT | {"given_name": "Augusta"}])
    clock.advance(11 * DAY_MS)
    forget_old(database, history_days=12)
    assert _count(database, RECORD_HISTORY) == 1
    forget_old(database, history_days=10)
    assert _count(database, RECORD_HISTORY) == 0


def test_the_log_outlives_the_versions_that_refer_to_it(database: Database, clock: AdjustableClock) -> None:
    assert SYNC_LOG_DAYS > HISTORY_DAYS
    with database.write() as transaction:
        log_sync(transaction, SyncEntry(SyncKind.LOCAL, "command", None, None))
    clock.advance((SYNC_LOG_DAYS - 1) * DAY_MS)
    forget_old(database)
    assert _count(database, SYNC_LOG) == 1
    clock.advance(2 * DAY_MS)
    forget_old(database)
    assert _count(database, SYNC_LOG) == 0


def test_pulls_of_phones_that_stay_away_are_forgotten_but_their_marks_work(
    database: Database, clock: AdjustableClock
) -> None:
    old = _pull(database)
    clock.advance((PULL_DAYS - 1) * DAY_MS)
    recent = _pull(database)
    forget_old(database)
    assert _count(database, HELD_ROWS) == 2
    clock.advance(2 * DAY_MS)
    forget_old(database)
    with database.read() as snapshot:
        assert find_pull(snapshot, old) is None
        assert find_pull(snapshot, recent) is not None
        since = resolve_since(snapshot, old, "nurse")
        held = [row.mark for row in snapshot.rows(sa.select(HELD_ROWS.c.mark))]
    assert (since.stamp, since.pull, since.is_foreign) == (old, None, False)
    assert held == [recent]


def test_tombstones_stay_for_ever(database: Database, clock: AdjustableClock) -> None:
    put_rows(database, "patients", [PATIENT])
    delete_row(database, "patients", "p1")
    clock.advance(3_650 * DAY_MS)
    forget_old(database)
    with database.read() as snapshot:
        assert load_rows(snapshot, "patients", ["p1"])["p1"].is_deleted


def test_forgetting_takes_no_stamp(database: Database) -> None:
    _pull(database)
    forget_old(database)
    with database.write() as transaction:
        before = transaction.stamp
    forget_old(database)
    with database.write() as transaction:
        assert transaction.stamp == before + 1
