"""SQLite's own words: they say what they should, and lookups by them use the indexes of the migrations."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database, Snapshot, Statement
from db.migrations.versions.m0001_first_tables import LOOKUPS
from db.pull_queries import Look, Revived, queries_for
from db.records import NO_MARK
from db.schema import OUTBOX, RECORD_TABLES, SETTINGS
from db.scope import Scope, ScopeChange, scope_parameters
from db.sqlite.dialect import field, insert_new, plain, replace_from, upsert, values_of
from tests.db.rows import put_rows

PATIENTS = RECORD_TABLES["patients"]


def _plan(snapshot: Snapshot, statement: Statement, parameters: dict[str, Any]) -> list[str]:
    explain = f"EXPLAIN QUERY PLAN {statement.sql}"
    rows = snapshot._connection.exec_driver_sql(explain, statement.values(parameters)).fetchall()
    return [str(row[3]) for row in rows]


def _settings(database: Database) -> dict[str, str]:
    with database.read() as snapshot:
        return {row.key: row.value for row in snapshot.rows(sa.select(SETTINGS).where(SETTINGS.c.key.like("t.%")))}


@pytest.mark.parametrize(("table", "key"), LOOKUPS)
def test_a_lookup_uses_its_index(database: Database, table: str, key: str) -> None:
    records = RECORD_TABLES[table]
    found = Statement(sa.select(records.c.id).where(field(records, key) == sa.bindparam("wanted")))
    with database.read() as snapshot:
        plan = _plan(snapshot, found, {"wanted": "x"})
    assert plan == [f"SEARCH {table} USING INDEX ix_{table}_{key} (<expr>=?)"]


@pytest.mark.parametrize(("table", "key"), LOOKUPS)
def test_a_lookup_of_living_children_as_deletions_do_it_uses_its_index(
    database: Database, table: str, key: str
) -> None:
    records = RECORD_TABLES[table]
    is_live = records.c.local_server_deleted_at.is_(None)
    found = Statement(sa.select(records.c.id).where(field(records, key) == sa.bindparam("parent"), is_live))
    with database.read() as snapshot:
        assert f"ix_{table}_{key}" in _plan(snapshot, found, {"parent": "x"})[0]


def test_a_plain_column_is_the_same_and_looked_up_in_no_index(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p1"}, {"id": "p2"}])
    found = Statement(sa.select(PATIENTS.c.id).where(plain(PATIENTS.c.id) == sa.bindparam("wanted")))
    with database.read() as snapshot:
        assert _plan(snapshot, found, {"wanted": "p1"})[0].startswith("SCAN patients")
        assert [row for batch in snapshot.batches(found, {"wanted": "p1"}) for row in batch] == [("p1",)]


@pytest.mark.parametrize("name", sorted(name for name in CATALOGUE if CATALOGUE[name].is_for_phones))
@pytest.mark.parametrize("revived", Revived)
@pytest.mark.parametrize(("with_held_rows", "is_scoped"), [(False, False), (True, False), (True, True)])
def test_a_pull_of_changes_reads_only_what_changed(
    database: Database, name: str, revived: Revived, with_held_rows: bool, is_scoped: bool
) -> None:
    queries = queries_for(name, Look(with_held_rows=with_held_rows, revived=revived, is_scoped=is_scoped))
    here = Scope(frozenset({"north"}))
    parameters = {"since": 1_000, "mark": NO_MARK, "own_mark": NO_MARK, "device": "d"}
    parameters |= scope_parameters(ScopeChange(here, here)) if is_scoped else {}
    with database.read() as snapshot:
        for statement in (queries.created, queries.updated, queries.deleted):
            plan = _plan(snapshot, statement, parameters)
            index = f"ix_{name}_last_modified (local_server_last_modified>?)"
            assert plan[0] == f"SEARCH {name} USING INDEX {index}", plan
            assert not any(step.startswith(f"SCAN {name}") for step in plan), plan


@pytest.mark.parametrize(
    ("value", "found"),
    [("text", "text"), (3, 3), (2.5, 2.5), (True, 1), (False, 0), (None, None), ("[1]", "[1]"), ("é'\"", "é'\"")],
)
def test_a_field_is_the_value_in_the_document(database: Database, value: object, found: object) -> None:
    put_rows(database, "patients", [{"id": "p1", "given_name": value}])
    with database.read() as snapshot:
        assert snapshot.scalar(sa.select(field(PATIENTS, "given_name"))) == found
        assert snapshot.scalar(sa.select(field(PATIENTS, "surname"))) is None


def test_a_list_of_any_length_is_one_parameter(database: Database) -> None:
    put_rows(database, "patients", ({"id": f"p{number}"} for number in range(50)))
    ids = [f"p{number}" for number in range(0, 100_000, 10)]
    query = sa.select(PATIENTS.c.id).where(PATIENTS.c.id.in_(sa.select(values_of("ids").c.value)))
    with database.read() as snapshot:
        found = {row.id for row in snapshot.rows(query, {"ids": str(ids).replace("'", '"')})}
        assert snapshot.rows(query, {"ids": "[]"}) == []
    assert found == {"p0", "p10", "p20", "p30", "p40"}


def test_an_upsert_replaces_and_an_insert_of_new_rows_does_not(database: Database) -> None:
    with database.write() as transaction:
        for value in ("first", "second"):
            transaction.run(upsert(SETTINGS), {"key": "t.upsert", "value": value})
            transaction.run(insert_new(SETTINGS), {"key": "t.new", "value": value})
    assert _settings(database) == {"t.upsert": "second", "t.new": "first"}


def test_rows_of_a_query_replace_those_with_the_same_key(database: Database) -> None:
    with database.write() as transaction:
        transaction.run(upsert(SETTINGS), {"key": "t.a", "value": "old"})
        transaction.run(upsert(SETTINGS), {"key": "t.b", "value": "other"})
        rows: Any = sa.select(sa.literal("t.a"), sa.literal("new"))
        transaction.run(replace_from(SETTINGS, rows))
    assert _settings(database) == {"t.a": "new", "t.b": "other"}


def test_new_rows_are_gathered_for_the_outbox_in_one_statement(database: Database) -> None:
    put_rows(database, "patients", ({"id": f"p{number}"} for number in range(20)))
    with database.read() as snapshot:
        assert snapshot.scalar(sa.select(sa.func.count()).select_from(OUTBOX)) == 20
