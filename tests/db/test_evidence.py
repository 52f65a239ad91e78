from __future__ import annotations

import sqlalchemy as sa

from db.database import Database
from db.evidence import (
    aside_counts,
    aside_lines,
    phone_lines,
    slow_lines,
    sync_lines,
    sync_lines_of,
    waiting_lines,
)
from db.schema import CLOUD_SENDS, DEVICES, OUTBOX, SYNC_LOG
from db.sync_log import SyncEntry, SyncKind, log_sync


def test_the_last_lines_come_first_and_the_slowest_by_themselves(database: Database) -> None:
    with database.write() as transaction:
        for kind, took in ((SyncKind.PULL, 10), (SyncKind.PUSH, 3_000), (SyncKind.CLOUD_PULL, 5_000)):
            log_sync(transaction, SyncEntry(kind, "hub", "d", "u", {"patients": 1}, duration_ms=took))
    with database.read() as snapshot:
        assert [line.kind for line in sync_lines(snapshot, 2)] == ["cloud_pull", "push"]
        assert [line.kind for line in sync_lines_of(snapshot, ["pull", "push"], 9)] == ["push", "pull"]
        assert [line.duration_ms for line in slow_lines(snapshot, 2_000, 9)] == [5_000, 3_000]


def test_what_waits_and_what_is_set_aside_is_counted(database: Database) -> None:
    with database.write() as transaction:
        for number in range(3):
            key = {"table_name": "patients", "record_id": f"p{number}"}
            transaction.run(OUTBOX.insert().values(**key, stamp=5 + number, columns=None, is_deletion=number == 0))
            sent = {"entry_stamp": 5 + number, "version_stamp": 1, "updated_at": 1, "is_answered": False}
            aside = {"aside": "refused" if number else None, "aside_at": 9 if number else None}
            transaction.run(CLOUD_SENDS.insert().values(**key, **sent, **aside, unseen=0, resends=0))
    with database.read() as snapshot:
        (waiting,) = waiting_lines(snapshot)
        assert (waiting.table_name, waiting.records, waiting.deletions, waiting.oldest) == ("patients", 3, 1, 5)
        assert [(row.aside, row.records) for row in aside_counts(snapshot)] == [("refused", 2)]
        assert [row.record_id for row in aside_lines(snapshot, 9)] == ["p1", "p2"]


def test_no_name_and_no_document_is_asked_for(database: Database) -> None:
    with database.read() as snapshot:
        for rows in (sync_lines(snapshot, 1), phone_lines(snapshot, 1)):
            assert list(rows) == []
    taken = {*phone_columns()}
    assert "name" not in taken
    assert "data" not in {*taken, *SYNC_LOG.c.keys()}


def phone_columns() -> set[str]:
    from db import evidence

    return {column.name for column in evidence._PHONE if isinstance(column, sa.Column) and column.table is DEVICES}
