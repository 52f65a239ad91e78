"""Stored rows: found by id, whichever way is the cheaper one, and counted."""

from __future__ import annotations

import pytest

from db.database import Database
from db.records import live_counts, load_rows
from tests.db.rows import delete_row, put_rows

_ASKED = 1_000
_FEW = _ASKED // 4


@pytest.mark.parametrize("stored", [0, 1, _FEW - 1, _FEW, _FEW + 1, _FEW * 2])
def test_many_ids_are_looked_up_alike_in_small_and_in_large_tables(database: Database, stored: int) -> None:
    put_rows(database, "patients", [{"id": f"p{number}", "given_name": str(number)} for number in range(stored)])
    if stored:
        delete_row(database, "patients", "p0")
    wanted = [f"p{number}" for number in range(1, _ASKED * 2, 2)] + ["p0"]
    with database.read() as snapshot:
        at_once = load_rows(snapshot, "patients", wanted)
        one_by_one = {}
        for start in range(0, len(wanted), 100):
            one_by_one |= load_rows(snapshot, "patients", wanted[start : start + 100])
    assert at_once == one_by_one
    assert set(at_once) == {f"p{number}" for number in range(1, stored, 2)} | ({"p0"} if stored else set())


@pytest.mark.parametrize("record_id", ["é", '"', "\\", "' OR 1=1 --", "\U0001f600", "a,b", " ", "null", "1", "\ufffd"])
def test_ids_are_opaque(database: Database, record_id: str) -> None:
    put_rows(database, "patients", [{"id": record_id}, {"id": "other"}])
    with database.read() as snapshot:
        assert list(load_rows(snapshot, "patients", [record_id])) == [record_id]


def test_no_ids_find_nothing(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}])
    with database.read() as snapshot:
        assert load_rows(snapshot, "patients", []) == {}
        assert load_rows(snapshot, "patients", ["p2"]) == {}


def test_an_id_asked_for_twice_is_found_once(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}])
    with database.read() as snapshot:
        assert list(load_rows(snapshot, "patients", ["p1"] * 500)) == ["p1"]


def test_a_loaded_row_says_when_it_came_changed_and_was_deleted(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}])
    put_rows(database, "patients", [{"id": "p1", "phone": "1"}])
    with database.read() as snapshot:
        edited = load_rows(snapshot, "patients", ["p1"])["p1"]
    assert edited.created_at < edited.last_modified
    assert not edited.is_deleted
    delete_row(database, "patients", "p1")
    with database.read() as snapshot:
        gone = load_rows(snapshot, "patients", ["p1"])["p1"]
    assert gone.is_deleted
    assert gone.created_at == edited.created_at
    assert gone.deleted_at == gone.last_modified > edited.last_modified
    assert gone.data == edited.data


def test_living_records_are_counted_by_table(database: Database) -> None:
    put_rows(database, "patients", [{"id": f"p{number}"} for number in range(5)])
    put_rows(database, "visits", [{"id": "v1"}])
    delete_row(database, "patients", "p0")
    with database.read() as snapshot:
        assert live_counts(snapshot) == {"patients": 4, "visits": 1}
