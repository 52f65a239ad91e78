"""The one door for changes: history, outbox and counts keep in step with the rows."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.database import Database
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind, live_counts
from db.schema import DROPPED_ROWS, HELD_ROWS, OUTBOX
from tests.db.caller import contents, history, last_stamp, stored
from tests.db.rows import delete_row, put_rows


class _WatchedRow(dict[str, Any]):
    """A row that counts how often somebody looks into it."""

    looks = 0

    def get(self, name: str, default: Any = None) -> Any:
        _WatchedRow.looks += 1
        return super().get(name, default)


def _plan(changes: RecordChanges, table: str, data: dict[str, Any]) -> None:
    before = changes.load(table, [data["id"]]).get(data["id"])
    planned = PlannedRow(data["id"], data, before, False, NO_MARK, NO_MARK, None)
    changes.put(table, planned, VersionKind.REPLACED, ())


def test_many_deletions_do_not_look_through_all_planned_children_again_and_again(database: Database) -> None:
    parents, children = 40, 120
    put_rows(database, "patients", [{"id": f"p{number}"} for number in range(parents)])
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        for number in range(children):
            _plan(changes, "visits", _WatchedRow(id=f"v{number}", patient_id=f"p{number % parents}"))
        changes.load("patients", [f"p{number}" for number in range(parents)])
        _WatchedRow.looks = 0
        for number in range(parents):
            changes.delete("patients", f"p{number}", VersionKind.DELETED, (), NO_MARK)
        assert _WatchedRow.looks <= 5 * children  # each for every patient would be 40 times
        changes.flush(None)
    assert all(stored(database, "visits", f"v{number}").is_deleted for number in range(children))


def test_a_child_planned_between_two_deletions_goes_along(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}, {"id": "p2"}])
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        changes.load("patients", ["p1", "p2"])
        changes.delete("patients", "p1", VersionKind.DELETED, (), NO_MARK)
        _plan(changes, "visits", {"id": "v1", "patient_id": "p2"})
        changes.delete("patients", "p2", VersionKind.DELETED, (), NO_MARK)
        changes.flush(None)
    assert stored(database, "visits", "v1").is_deleted


def test_a_child_moved_to_another_parent_in_the_same_transaction_stays(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}, {"id": "p2"}])
    put_rows(database, "visits", [{"id": "v1", "patient_id": "p1"}])
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        _plan(changes, "visits", {"id": "v1", "patient_id": "p2"})
        changes.load("patients", ["p1"])
        changes.delete("patients", "p1", VersionKind.DELETED, (), NO_MARK)
        changes.flush(None)
    assert not stored(database, "visits", "v1").is_deleted


def test_history_outbox_and_counts_keep_in_step(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1", "phone": "0"}, {"id": "p2"}])
    put_rows(database, "patients", [{"id": "p1", "phone": "1"}], frozenset({"phone"}))
    delete_row(database, "patients", "p1")
    kinds = [(kind, data["phone"]) for kind, _, data in history(database, "p1")]
    assert kinds == [("replaced", "0"), ("deleted", "1")]
    with database.read() as snapshot:
        assert live_counts(snapshot) == {"patients": 1}
        waiting = {row.record_id: bool(row.is_deletion) for row in snapshot.rows(sa.select(OUTBOX))}
    assert waiting == {"p1": True, "p2": False}


def test_rows_that_the_app_marks_as_deleted_are_not_counted(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1", "is_deleted": True}, {"id": "p2"}])
    put_rows(database, "patients", [{"id": "p2", "is_deleted": True}])
    with database.read() as snapshot:
        assert live_counts(snapshot)["patients"] == 0


def test_a_revived_row_is_new(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}])
    first = stored(database, "patients", "p1").created_at
    delete_row(database, "patients", "p1")
    put_rows(database, "patients", [{"id": "p1"}])
    revived = stored(database, "patients", "p1")
    assert not revived.is_deleted
    assert revived.created_at == revived.last_modified > first


def test_a_touched_row_has_a_new_stamp_and_is_no_news_for_anybody_else(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}])
    with database.write() as transaction:
        transaction.run(OUTBOX.delete())
    before = stored(database, "patients", "p1")
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        changes.touch("patients", changes.load("patients", ["p1"])["p1"])
        changes.flush(None)
    after = stored(database, "patients", "p1")
    assert (after.data, after.created_at) == (before.data, before.created_at)
    assert after.last_modified > before.last_modified
    assert history(database, "p1") == []
    assert contents(database)["outbox"] == []


def test_held_rows_alone_change_nothing_that_anybody_sees(database: Database) -> None:
    before = last_stamp(database)
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        changes.hold(5, "patients", "p1")
        assert changes.is_empty
        changes.flush(None)
    assert last_stamp(database) == before
    with database.read() as snapshot:
        assert [tuple(row) for row in snapshot.rows(sa.select(HELD_ROWS))] == [(5, "patients", "p1")]


@pytest.mark.parametrize(
    ("mark", "is_dropped", "dropped"),
    [(5, True, [(5, "patients", "p1")]), (5, False, []), (NO_MARK, True, [])],
)
def test_what_is_given_back_has_a_new_stamp_and_whose_phone_has_dropped_it_is_noted(
    database: Database, mark: int, is_dropped: bool, dropped: list[tuple[int, str, str]]
) -> None:
    put_rows(database, "patients", [{"id": "p1"}])
    before = stored(database, "patients", "p1")
    with database.write() as transaction:
        changes = RecordChanges(transaction, mark)
        changes.load("patients", ["p1"])
        changes.give_back("patients", "p1", is_dropped=is_dropped)
        changes.flush(None)
    after = stored(database, "patients", "p1")
    assert (after.created_at, after.deleted_at) == (before.created_at, None)
    assert after.last_modified > before.last_modified
    with database.read() as snapshot:
        assert [tuple(row) for row in snapshot.rows(sa.select(DROPPED_ROWS))] == dropped
