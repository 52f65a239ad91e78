"""The rows of one push, planned: in which order, and the same whichever way they were read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from db.changeset import parse_changeset
from db.database import Database
from db.push_rows import PushedRows
from db.records import VersionKind
from db.sync_log import SyncNote
from tests.db.caller import contents, history, patient, stored
from tests.db.rows import put_rows

Lists = dict[str, list[Any]]


def lists(
    created: list[Any] | None = None, updated: list[Any] | None = None, deleted: list[Any] | None = None
) -> Lists:
    return {"created": created or [], "updated": updated or [], "deleted": deleted or []}


def apply(database: Database, changes: dict[str, Lists]) -> set[SyncNote]:
    """Applied as of a phone of which nothing is known."""
    with database.write() as transaction:
        rows = PushedRows(transaction, None, None, holds_what_it_sent=True)
        rows.apply(parse_changeset(json.dumps(changes).encode()))
        rows.changes.flush(None)
        return rows.notes


def test_a_deletion_takes_along_what_the_same_push_writes_further_down(database: Database) -> None:
    put_rows(database, "patients", [patient()])
    visit = {"id": "v1", "patient_id": "p1"}
    apply(database, {"patients": lists(deleted=["p1"]), "visits": lists(created=[visit])})
    assert stored(database, "patients", "p1").is_deleted
    assert stored(database, "visits", "v1").is_deleted
    assert [kind for kind, _, _ in history(database, "v1")] == [VersionKind.DELETED]


def test_tables_are_applied_in_one_order_whatever_the_order_of_the_push(database: Database) -> None:
    changes = {"visits": lists(created=[{"id": "v1", "patient_id": "p1"}]), "patients": lists(created=[patient()])}
    with database.write() as transaction:
        rows = PushedRows(transaction, None, None, holds_what_it_sent=True)
        rows.apply(parse_changeset(json.dumps(changes).encode()))
        assert set(rows.changes.fresh_rows("patients")) == {"p1"}
        assert set(rows.changes.fresh_rows("visits")) == {"v1"}


@pytest.mark.parametrize("changed", ["created", "updated"])
def test_rows_are_stored_alike_beside_an_odd_row_and_without_one(database: Database, changed: str) -> None:
    """One value of another type makes the whole push be read row by row."""
    rows = [patient(f"p{number}", _status="created", _changed="", shoe_size=number) for number in range(3)]
    apply(database, {"patients": lists(**{changed: rows})})
    alone = {record_id: stored(database, "patients", record_id).data for record_id in ("p0", "p1", "p2")}
    again = [{**row, "id": f"q{row['id']}"} for row in rows]
    notes = apply(database, {"patients": lists(**{changed: [*again, patient("odd", updated_at=["no", "time"])]})})
    assert notes == {SyncNote.VALUES_REPAIRED}
    assert {f"q{key}": {**data, "id": f"q{key}"} for key, data in alone.items()} == {
        key: stored(database, "patients", key).data for key in ("qp0", "qp1", "qp2")
    }


def test_an_id_that_comes_twice_is_one_record_and_what_came_first_is_kept(database: Database) -> None:
    rows = [patient(phone="1"), patient(phone="2", updated_at=2_000)]
    apply(database, {"patients": lists(created=rows)})
    assert stored(database, "patients", "p1").data["phone"] == "2"
    assert [data["phone"] for _, _, data in history(database, "p1")] == ["1"]


def test_nothing_is_planned_for_what_is_there_already(database: Database) -> None:
    put_rows(database, "patients", [patient()])
    before = contents(database)
    assert apply(database, {"patients": lists(updated=[patient()], deleted=["unknown"])}) == set()
    assert contents(database) == before
