"""Which rows are created, updated and deleted for a phone, over every combination of what decides it (DESIGN §5)."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterable
from typing import Any

import pytest

from db.catalogue import CATALOGUE
from db.database import Database, Statement
from db.pull_queries import Look, Revived, TableQueries, queries_for
from db.records import NO_MARK, insert_rows
from db.schema import DROPPED_ROWS, HELD_ROWS
from tests.db.rows import put_rows

SINCE, MARK, OTHER_MARK = 100, 90, 91
WINDOW = {"since": SINCE, "mark": MARK, "own_mark": MARK, "device": "phone"}
CHANGING_LISTS = ("created", "updated", "deleted")


def put_raw(
    database: Database,
    record_id: str,
    created: int,
    modified: int,
    *,
    is_deleted: bool = False,
    held: int | None = None,
    made: int | None = None,
) -> None:
    row = (record_id, json.dumps({"id": record_id}), created, modified, modified if is_deleted else None, None)
    with database.write() as transaction:
        insert_rows(transaction, "patients", [(*row, held, made)])


def queries(
    table: str = "patients", columns: tuple[str, ...] = (), held: bool = False, revived: Revived = Revived.NONE
) -> TableQueries:
    return queries_for(table, Look(columns, held, revived))


def ids(database: Database, statement: Statement | None, window: dict[str, Any] | None = None) -> list[str]:
    assert statement is not None
    with database.read() as snapshot:
        values = [
            row[0] for batch in snapshot.batches(statement, WINDOW if window is None else window) for row in batch
        ]
    return sorted(json.loads(value)["id"] if value.startswith("{") else value for value in values)


def lists_with(
    database: Database, record_id: str, found: TableQueries, window: dict[str, Any] | None = None
) -> list[str]:
    return [name for name in CHANGING_LISTS if record_id in ids(database, getattr(found, name), window)]


def test_every_combination_is_in_the_one_list_where_it_belongs(database: Database) -> None:
    expected: dict[str, list[str]] = {name: [] for name in (*CHANGING_LISTS, "nowhere")}
    combinations = itertools.product(
        [(99, 99), (99, 100), (100, 101), (99, 101), (101, 101), (101, 102)],
        [False, True],
        [None, MARK, OTHER_MARK],
        [None, MARK, OTHER_MARK],
    )
    for number, ((created, modified), is_deleted, held, made) in enumerate(combinations):
        record_id = f"p{number:03d}"
        put_raw(database, record_id, created, modified, is_deleted=is_deleted, held=held, made=made)
        if modified <= SINCE or held == MARK:
            expected["nowhere"].append(record_id)
        elif is_deleted:
            expected["deleted"].append(record_id)
        else:
            expected["updated" if created <= SINCE or made == MARK else "created"].append(record_id)
    assert all(expected.values())
    for name in CHANGING_LISTS:
        assert ids(database, getattr(queries(), name)) == expected[name]


@pytest.mark.parametrize("column", ["held", "made"])
def test_a_phone_without_proof_is_not_taken_for_the_one_of_rows_without_a_mark(database: Database, column: str) -> None:
    put_raw(database, "p1", 101, 101)
    put_raw(database, "p2", 101, 101, **{column: MARK})
    assert ids(database, queries().created, WINDOW | {"mark": NO_MARK, "own_mark": NO_MARK}) == ["p1", "p2"]
    assert ids(database, queries().updated, WINDOW | {"mark": NO_MARK, "own_mark": NO_MARK}) == []


def test_everything_is_every_living_row(database: Database) -> None:
    put_raw(database, "p1", 1, 1)
    put_raw(database, "p2", 500, 500, held=MARK, made=MARK)
    put_raw(database, "p3", 1, 500, is_deleted=True)
    assert ids(database, queries().everything, {}) == ["p1", "p2"]
    assert ids(database, queries().nothing, {}) == []


@pytest.mark.parametrize(
    ("mark", "table", "with_held_rows", "expected"),
    [
        (MARK, "patients", True, ["updated"]),
        (MARK, "patients", False, ["created"]),
        (OTHER_MARK, "patients", True, ["created"]),
        (MARK, "visits", True, ["created"]),
    ],
)
def test_a_row_that_the_phone_held_then_is_updated(
    database: Database, mark: int, table: str, with_held_rows: bool, expected: list[str]
) -> None:
    put_raw(database, "p1", 101, 101)
    with database.write() as transaction:
        transaction.run(HELD_ROWS.insert().values(mark=mark, table_name=table, record_id="p1"))
    assert lists_with(database, "p1", queries(held=with_held_rows)) == expected


@pytest.mark.parametrize(
    ("mark", "table", "expected"),
    [(MARK, "patients", ["created"]), (OTHER_MARK, "patients", ["updated"]), (MARK, "visits", ["updated"])],
)
def test_a_row_that_the_phone_has_destroyed_is_new_to_it(
    database: Database, mark: int, table: str, expected: list[str]
) -> None:
    put_raw(database, "p1", 50, 101)
    with database.write() as transaction:
        transaction.run(DROPPED_ROWS.insert().values(mark=mark, table_name=table, record_id="p1"))
    assert lists_with(database, "p1", queries_for("patients", Look(with_dropped_rows=True))) == expected


def newest_window(database: Database) -> dict[str, Any]:
    with database.write() as transaction:
        return WINDOW | {"since": transaction.stamp}


def migrated(database: Database, table: str, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> list[str]:
    put_rows(database, table, rows)
    return ids(database, queries(table, columns).migrated, newest_window(database))


@pytest.mark.parametrize(
    ("table", "column", "default", "value"),
    [
        ("patients", "primary_clinic_id", None, "c1"),
        ("patients", "primary_clinic_id", None, ""),  # of an optional column even emptiness is a value
        ("events", "recorded_by_user_id", "", "u1"),
        ("appointments", "is_walk_in", False, True),
        ("clinic_inventory", "batch_expiry_date", 0, 1_700_000_000_000),
        ("appointments", "departments", "", "[]"),
    ],
)
def test_rows_whose_new_column_has_what_phones_fill_in_by_themselves_are_not_sent(
    database: Database, table: str, column: str, default: object, value: object
) -> None:
    rows = [{"id": "a", column: value}, {"id": "b", column: default}, {"id": "c"}, {"id": "d", column: None}]
    assert migrated(database, table, (column,), rows) == ["a"]


def test_a_row_with_a_value_in_any_of_the_new_columns_is_sent_once(database: Database) -> None:
    columns = ("primary_clinic_id", "last_modified_by")
    rows = [
        {"id": "a", "primary_clinic_id": "c1", "last_modified_by": "u1"},
        {"id": "b", "last_modified_by": "u1"},
        {"id": "c", "given_name": "Ada"},
    ]
    assert migrated(database, "patients", columns, rows) == ["a", "b"]


def test_rows_that_changed_since_are_not_sent_for_their_new_columns_as_well(database: Database) -> None:
    put_rows(database, "patients", [{"id": "before", "primary_clinic_id": "c1"}])
    window = newest_window(database)
    put_rows(database, "patients", [{"id": "after", "primary_clinic_id": "c1"}])
    found = queries("patients", ("primary_clinic_id",))
    assert ids(database, found.migrated, window) == ["before"]
    assert ids(database, found.created, window) == ["after"]


def test_without_new_columns_there_is_nothing_to_migrate() -> None:
    assert queries().migrated is None


@pytest.mark.parametrize("revived", list(Revived))
def test_every_table_of_phones_can_be_asked_for_all_of_it(database: Database, revived: Revived) -> None:
    for table in CATALOGUE.values():
        if table.is_for_phones:
            found = queries(table.name, tuple(table.columns), True, revived)
            for statement in (found.everything, found.created, found.updated, found.deleted, found.migrated):
                assert ids(database, statement) == []


def explained(database: Database, statement: Statement) -> str:
    question = copy.copy(statement)
    question.sql = f"EXPLAIN QUERY PLAN {statement.sql}"
    with database.read() as snapshot:
        return "\n".join(str(row[-1]) for batch in snapshot.batches(question, WINDOW) for row in batch)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("revived", list(Revived))
def test_changes_are_found_by_their_stamp_and_not_by_reading_the_table(
    database: Database, held: bool, revived: Revived
) -> None:
    found = queries(held=held, revived=revived)
    for statement in (found.created, found.updated, found.deleted):
        plan = explained(database, statement)
        assert "SCAN patients" not in plan
        assert "local_server_last_modified>?" in plan
    assert "SCAN patients" in explained(database, found.everything)
