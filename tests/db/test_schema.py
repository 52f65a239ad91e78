"""The tables that the migrations make are those that the program works with, and the catalogue's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database
from db.migrations.versions import m0001_first_tables as first
from db.schema import FULL_TEXT_TABLES, METADATA, RECORD_TABLES

BOOKKEEPING = "local_server_"


@pytest.fixture
def made(database: Database) -> Mapping[str, Mapping[str, tuple[str, bool, bool]]]:
    """Columns by table: type, may be NULL, belongs to the primary key."""
    with database.write() as transaction:
        inspector = sa.inspect(transaction.connection)
        return {
            table: {
                column["name"]: (str(column["type"]), column["nullable"], column["name"] in keys)
                for column in inspector.get_columns(table)
            }
            for table in inspector.get_table_names()
            if (keys := inspector.get_pk_constraint(table)["constrained_columns"]) is not None
            if table != "alembic_version"
        }


def _described(column: sa.Column[Any]) -> tuple[str, bool, bool]:
    return str(column.type), bool(column.nullable), bool(column.primary_key)


def test_the_migrations_make_every_table_of_the_schema_and_no_other(made: Mapping[str, object]) -> None:
    # sqlite_sequence is SQLite's own list of the numbers it has given; a full-text index keeps tables of its own
    assert set(made) - {"sqlite_sequence"} - FULL_TEXT_TABLES == set(METADATA.tables)


@pytest.mark.parametrize("name", sorted(METADATA.tables))
def test_a_table_of_the_schema_is_what_the_migrations_make(
    made: Mapping[str, Mapping[str, tuple[str, bool, bool]]], name: str
) -> None:
    expected = {column.name: _described(column) for column in METADATA.tables[name].columns}
    assert made[name] == expected
    assert list(made[name]) == list(expected)  # rows are read and written by position


def test_there_is_a_table_for_everything_in_the_catalogue() -> None:
    assert list(RECORD_TABLES) == list(CATALOGUE)


def test_the_tables_that_the_first_migration_names_are_the_catalogues() -> None:
    assert len(first.RECORD_TABLES) == len(set(first.RECORD_TABLES))
    assert set(first.RECORD_TABLES) == set(CATALOGUE)


def test_lookups_are_of_columns_that_exist() -> None:
    for table, column in first.LOOKUPS:
        assert column in CATALOGUE[table].columns


def test_every_link_to_a_parent_that_phones_know_can_be_looked_up() -> None:
    links = {
        (table.name, parent.column) for table in CATALOGUE.values() for parent in table.parents if table.is_for_phones
    }
    assert links <= set(first.LOOKUPS)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_what_sync_needs_is_beside_the_document_and_not_in_it(name: str) -> None:
    columns = [column.name for column in RECORD_TABLES[name].columns]
    assert columns[:2] == ["id", "data"]
    assert all(column.startswith(BOOKKEEPING) for column in columns[2:])
    assert not any(column.startswith(BOOKKEEPING) for column in CATALOGUE[name].columns)


def test_ids_of_syncs_and_versions_are_never_given_twice(database: Database) -> None:
    for name in ("sync_log", "record_history"):
        with database.read() as snapshot:
            sql = snapshot.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
        assert "AUTOINCREMENT" in sql, name
