"""What the cloud is known to hold, and which edits wait for it."""

from __future__ import annotations

import sqlalchemy as sa

from db.cloud.known import KnownRow, confirm, keep_waiting, known_rows, waiting_entries, write_known
from db.database import Database
from db.schema import OUTBOX
from tests.db.cloud.exchange import CLINIC, new_id, send, waiting
from tests.db.rows import put_rows

KNOWN = KnownRow(5, -7, 3, is_ours=True, full_pull=2, seen='{"id":"a"}')


def test_what_is_known_is_remembered_and_replaced(database: Database) -> None:
    with database.write() as transaction:
        write_known(transaction, "patients", {"a": KNOWN})
        write_known(transaction, "patients", {"a": KNOWN})
    with database.read() as snapshot:
        found = known_rows(snapshot, "patients", ["a", "b"])
        assert known_rows(snapshot, "visits", ["a"]) == {}
    assert found == {"a": KNOWN}
    assert found["a"].seen_data == {"id": "a"}


def test_an_entry_tells_what_was_sent_of_it(database: Database) -> None:
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id, "primary_clinic_id": CLINIC}])
    with database.read() as snapshot:
        before = waiting_entries(snapshot, "patients", [record_id])[record_id]
    send(database)
    with database.read() as snapshot:
        after = waiting_entries(snapshot, "patients", [record_id])[record_id]
    assert (before.version_stamp, before.is_answered) == (0, False)
    assert (after.version_stamp, after.is_answered, after.columns) == (before.stamp, True, None)


def test_what_is_confirmed_waits_no_longer(database: Database) -> None:
    ids = [new_id(), new_id()]
    put_rows(database, "patients", [{"id": record_id} for record_id in ids])
    with database.write() as transaction:
        confirm(transaction, "patients", ids[:1])
    assert waiting(database) == {("patients", ids[1])}


def test_an_entry_may_wait_for_fewer_columns(database: Database) -> None:
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id}])
    with database.write() as transaction:
        keep_waiting(transaction, "patients", {record_id: frozenset({"phone", "camp"})}, None)
    with database.read() as snapshot:
        (row,) = snapshot.rows(sa.select(OUTBOX))
        first = row.stamp
        assert row.columns == '["camp","phone"]'
    with database.write() as transaction:
        keep_waiting(transaction, "patients", {record_id: frozenset({"phone"})}, first + 5)
    with database.read() as snapshot:
        assert snapshot.scalar(sa.select(OUTBOX.c.stamp)) == first + 5
