"""The cloud keeps one attribute of a kind for a patient, under the id that came first (CLOUD §4, conflict key)."""

from __future__ import annotations

from typing import Any

from db.cloud.attributes import collapsed_attributes
from db.cloud.fitting import fit_waiting
from db.cloud.wire import RowReader
from db.database import Database
from db.records import load_rows
from tests.db.cloud.exchange import arrive, new_id, waiting
from tests.db.rows import put_rows, row_of

TABLE = "patient_additional_attributes"


def attribute(record_id: str, value: str) -> dict[str, Any]:
    return {"id": record_id, "patient_id": "p", "attribute_id": "a", "attribute": "blood", "string_value": value}


def test_one_that_waits_under_another_id_is_found(database: Database) -> None:
    local, theirs = new_id(), new_id()
    put_rows(database, TABLE, [attribute(local, "A+")])
    reader = RowReader(TABLE)
    sent = reader.recognise(attribute(theirs, "B+"))
    assert sent is not None
    row = reader.read(sent)
    with database.read() as snapshot:
        (found,) = collapsed_attributes(snapshot, [row])
        assert found.local_id == local
        assert collapsed_attributes(snapshot, []) == []


def test_ours_goes_on_under_the_cloud_s_id_with_the_value_that_waits(database: Database) -> None:
    local, theirs = new_id(), new_id()
    put_rows(database, TABLE, [attribute(local, "A+")])
    arrive(database, TABLE, attribute(theirs, "B+"))
    assert row_of(database, TABLE, theirs)["string_value"] == "A+"
    with database.read() as snapshot:
        assert load_rows(snapshot, TABLE, [local])[local].is_deleted
    assert waiting(database) == {(TABLE, theirs)}


def test_the_same_value_waits_no_longer(database: Database) -> None:
    local, theirs = new_id(), new_id()
    put_rows(database, TABLE, [attribute(local, "A+")])
    arrive(database, TABLE, attribute(theirs, "A+"))
    assert waiting(database) == set()


def test_two_of_a_kind_made_here_become_one_with_the_latest_value(database: Database) -> None:
    first, second = new_id(), new_id()
    put_rows(database, TABLE, [attribute(first, "A+") | {"updated_at": 1}])
    put_rows(database, TABLE, [attribute(second, "B+") | {"updated_at": 2}])
    fit_waiting(database, None)
    assert row_of(database, TABLE, first)["string_value"] == "B+"
    with database.read() as snapshot:
        assert load_rows(snapshot, TABLE, [second])[second].is_deleted


def test_the_one_that_the_cloud_knows_is_kept(database: Database) -> None:
    local, theirs = new_id(), new_id()
    arrive(database, TABLE, attribute(theirs, "A+"))
    put_rows(database, TABLE, [attribute(local, "B+") | {"updated_at": 9_999_999_999_999}])
    fit_waiting(database, None)
    assert row_of(database, TABLE, theirs)["string_value"] == "B+"
    with database.read() as snapshot:
        assert load_rows(snapshot, TABLE, [local])[local].is_deleted
