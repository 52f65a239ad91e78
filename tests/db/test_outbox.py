"""What waits for the cloud: one entry a record, with every column that changed since the cloud last heard of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database
from db.history import restore_version
from db.outbox import OutboxEntry, waiting_count, write_changed
from db.schema import OUTBOX, RECORD_HISTORY
from tests.db.rows import delete_row, put_rows, row_of

PATIENT = {"id": "p1", "given_name": "Ada", "surname": "L", "phone": ""}


def _waiting(database: Database) -> dict[tuple[str, str], tuple[set[str] | None, bool]]:
    """Columns and whether it is a deletion, by table and id."""
    with database.read() as snapshot:
        rows = snapshot.rows(sa.select(OUTBOX))
    return {
        (row.table_name, row.record_id): (
            None if row.columns is None else set(msgspec.json.decode(row.columns)),
            bool(row.is_deletion),
        )
        for row in rows
    }


def _stamp(database: Database, record_id: str) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(OUTBOX.c.stamp).where(OUTBOX.c.record_id == record_id)))


def _confirm_all(database: Database) -> None:
    """What the cloud's round will do once everything has arrived."""
    with database.write() as transaction:
        transaction.run(OUTBOX.delete())


def _edit(database: Database, **columns: Any) -> None:
    before = row_of(database, "patients", "p1")
    put_rows(database, "patients", [before | columns], frozenset(columns))


def test_nothing_waits_in_a_new_folder(database: Database) -> None:
    with database.read() as snapshot:
        assert waiting_count(snapshot) == 0


def test_new_records_wait_with_all_their_columns(database: Database) -> None:
    put_rows(database, "patients", ({"id": f"p{number}"} for number in range(300)))
    with database.read() as snapshot:
        assert waiting_count(snapshot) == 300
    assert all(entry == (None, False) for entry in _waiting(database).values())


def test_only_what_this_transaction_made_is_added(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _confirm_all(database)
    put_rows(database, "patients", [{"id": "p2"}])
    assert set(_waiting(database)) == {("patients", "p2")}


def test_an_edit_waits_with_the_columns_it_changed(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _confirm_all(database)
    _edit(database, surname="Lovelace")
    assert _waiting(database) == {("patients", "p1"): ({"surname"}, False)}


def test_columns_of_later_edits_join_those_that_wait(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _confirm_all(database)
    _edit(database, surname="Lovelace")
    first = _stamp(database, "p1")
    _edit(database, phone="1")
    _edit(database, surname="King")
    assert _waiting(database) == {("patients", "p1"): ({"surname", "phone"}, False)}
    assert _stamp(database, "p1") > first


def test_an_edit_of_a_record_that_the_cloud_has_never_seen_still_needs_all_columns(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _edit(database, surname="Lovelace")
    assert _waiting(database) == {("patients", "p1"): (None, False)}


def test_an_edit_of_all_columns_swallows_those_that_wait(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _confirm_all(database)
    _edit(database, surname="Lovelace")
    put_rows(database, "patients", [PATIENT])
    assert _waiting(database) == {("patients", "p1"): (None, False)}


def test_a_deletion_replaces_what_waits(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _edit(database, surname="Lovelace")
    delete_row(database, "patients", "p1")
    assert _waiting(database) == {("patients", "p1"): (None, True)}


def test_what_is_deleted_along_waits_as_a_deletion_of_its_own(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    put_rows(database, "visits", [{"id": "v1", "patient_id": "p1"}])
    put_rows(database, "dispensing_records", [{"id": "d1", "patient_id": "p1"}])
    _confirm_all(database)
    delete_row(database, "patients", "p1")
    assert _waiting(database) == {("patients", "p1"): (None, True), ("visits", "v1"): (None, True)}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_only_records_of_tables_that_the_cloud_keeps_wait(database: Database, name: str) -> None:
    put_rows(database, name, [{"id": "r1", "name": "a"}])
    put_rows(database, name, [{"id": "r1", "name": "b"}], frozenset({"name"}))
    delete_row(database, name, "r1")
    expected = {(name, "r1"): (None, True)} if CATALOGUE[name].goes_to_cloud else {}
    assert _waiting(database) == expected


def test_a_restored_version_waits_like_any_other_edit(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    _edit(database, surname="Lovelace")
    _confirm_all(database)
    restore_version(database, "patients", "p1", _version(database), "window")
    (columns, is_deletion) = _waiting(database)["patients", "p1"]
    assert columns is not None
    assert "surname" in columns
    assert "given_name" not in columns
    assert not is_deletion


def test_a_record_brought_back_waits_whole_and_no_longer_as_a_deletion(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    delete_row(database, "patients", "p1")
    restore_version(database, "patients", "p1", _version(database), "window")
    assert _waiting(database) == {("patients", "p1"): (None, False)}


def test_the_same_id_in_two_tables_is_two_entries(database: Database) -> None:
    put_rows(database, "patients", [{"id": "same"}])
    put_rows(database, "visits", [{"id": "same"}])
    assert set(_waiting(database)) == {("patients", "same"), ("visits", "same")}


def test_entries_go_with_their_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as transaction:
        write_changed(transaction, "patients", [OutboxEntry("p1", frozenset({"phone"}), False)])
        raise ZeroDivisionError
    with database.read() as snapshot:
        assert waiting_count(snapshot) == 0


def _version(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(sa.func.min(RECORD_HISTORY.c.id))))
