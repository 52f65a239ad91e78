"""The shape of the file is told by our own names alone."""

from __future__ import annotations

from db.database import Database
from db.schema import METADATA
from db.sqlite.inspection import pages_of, row_counts, shape_of
from tests.db.rows import delete_row, put_rows

MARK = "Zaynab"


def test_a_file_of_this_release_has_every_table_and_column_and_no_other(database: Database) -> None:
    with database.read() as snapshot:
        shape = shape_of(snapshot)
    assert {table.name for table in shape.tables} == METADATA.tables.keys()
    assert (shape.missing_tables, shape.unknown_tables) == ((), 0)
    assert [table.name for table in shape.tables if table.missing_columns or table.unknown_columns] == []


def test_an_index_is_told_by_what_it_covers(database: Database) -> None:
    with database.read() as snapshot:
        tables = {table.name: table for table in shape_of(snapshot).tables}
    assert ("local_server_last_modified",) in {index.columns for index in tables["visits"].indexes}
    assert ("(expression)",) in {index.columns for index in tables["visits"].indexes}
    assert any(index.is_partial for index in tables["record_history"].indexes)
    assert any(index.is_unique and index.columns == ("id",) for index in tables["visits"].indexes)


def test_what_somebody_has_added_is_counted_and_not_named(database: Database) -> None:
    with database.write() as transaction:
        for statement in (
            f'CREATE TABLE "{MARK}" ("{MARK}" TEXT)',
            f'ALTER TABLE visits ADD COLUMN "{MARK}" TEXT',
            f'CREATE INDEX "ix_{MARK}" ON visits ("{MARK}")',
            "ALTER TABLE devices RENAME COLUMN paired_at TO paired",
            "DROP TABLE held_rows",
        ):
            transaction.connection.exec_driver_sql(statement)
    with database.read() as snapshot:
        shape, counts = shape_of(snapshot), row_counts(snapshot)
    tables = {table.name: table for table in shape.tables}
    assert (shape.unknown_tables, shape.missing_tables) == (1, ("held_rows",))
    assert tables["visits"].unknown_columns == 1
    assert (tables["devices"].missing_columns, tables["devices"].unknown_columns) == (("paired_at",), 1)
    assert MARK not in repr(shape) + repr(counts)
    assert "held_rows" not in counts


def test_rows_are_counted_and_the_deleted_among_them(database: Database) -> None:
    put_rows(database, "patients", ({"id": f"p{number}"} for number in range(5)))
    delete_row(database, "patients", "p1")
    with database.read() as snapshot:
        counts = row_counts(snapshot)
    assert counts["patients"] == {"rows": 5, "deleted": 1}
    assert counts["outbox"] == {"rows": 5}
    assert counts["visits"] == {"rows": 0, "deleted": 0}


def test_the_file_is_measured_in_pages(database: Database) -> None:
    with database.read() as snapshot:
        pages = pages_of(snapshot)
    assert pages.total > 0
    assert pages.free >= 0
    assert pages.size_bytes >= 512
