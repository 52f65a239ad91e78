"""The log of syncs: what happened, newest first, with names looked up and never any content."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.database import Database
from db.schema import SYNC_LOG
from db.sync_log import SyncEntry, SyncKind, SyncNote, forget_syncs, log_sync, recent_syncs
from tests.db.rows import delete_row, put_rows
from tests.fakes.clock import AdjustableClock

PUSH = SyncEntry(
    kind=SyncKind.PUSH,
    channel="library",
    device_id="phone-1",
    user_id="u1",
    counts={"patients": 3, "visits": 2},
    bytes=1234,
    duration_ms=56,
    notes=(SyncNote.CONFLICT, SyncNote.VALUES_REPAIRED),
)


def _log(database: Database, entry: SyncEntry) -> int:
    with database.write() as transaction:
        return log_sync(transaction, entry)


def test_a_line_is_read_back_as_it_was_written(database: Database, clock: AdjustableClock) -> None:
    number = _log(database, PUSH)
    with database.read() as snapshot:
        (logged,) = recent_syncs(snapshot, 10)
    assert logged.entry == PUSH
    assert (logged.id, logged.at, logged.user_name) == (number, clock.now_ms(), None)


def test_a_line_knows_how_many_records_it_is_about(database: Database) -> None:
    _log(database, PUSH)
    with database.read() as snapshot:
        assert snapshot.scalar(sa.select(SYNC_LOG.c.records)) == 5


def test_the_newest_lines_come_first_even_when_the_clock_goes_back(database: Database, clock: AdjustableClock) -> None:
    numbers = []
    for _ in range(4):
        numbers.append(_log(database, PUSH))
        clock.jump(-1_000)
    with database.read() as snapshot:
        assert [logged.id for logged in recent_syncs(snapshot, 3)] == numbers[:0:-1]


def test_the_user_is_named_while_known_and_after_leaving(database: Database) -> None:
    put_rows(database, "users", [{"id": "u1", "name": "Nur"}])
    _log(database, PUSH)
    delete_row(database, "users", "u1")
    with database.read() as snapshot:
        assert recent_syncs(snapshot, 1)[0].user_name == "Nur"


def test_an_empty_log_is_empty(database: Database) -> None:
    with database.read() as snapshot:
        assert recent_syncs(snapshot, 5) == []


@pytest.mark.parametrize("kind", SyncKind)
def test_every_kind_and_every_note_can_be_read_back(database: Database, kind: SyncKind) -> None:
    entry = SyncEntry(kind, "first", None, None, notes=tuple(SyncNote))
    _log(database, entry)
    with database.read() as snapshot:
        assert recent_syncs(snapshot, 1)[0].entry == entry


def test_old_lines_are_forgotten_and_their_numbers_never_used_again(database: Database, clock: AdjustableClock) -> None:
    old = _log(database, PUSH)
    clock.advance(1_000)
    with database.write() as transaction:
        assert forget_syncs(transaction, clock.now_ms() - 1_000) == 0
        assert forget_syncs(transaction, clock.now_ms()) == 1
    assert _log(database, PUSH) > old


def test_a_line_goes_with_its_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as transaction:
        log_sync(transaction, PUSH)
        raise ZeroDivisionError
    with database.read() as snapshot:
        assert recent_syncs(snapshot, 1) == []
