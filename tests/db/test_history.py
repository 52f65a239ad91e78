"""Versions of records: who made them, and how they come back."""

from __future__ import annotations

import pytest

from db.database import Database
from db.errors import NotFound
from db.history import restore_version, versions_of
from tests.db.caller import Caller, Row, patient, stored
from tests.db.rows import delete_row, put_rows


def _number(database: Database, kind: str, table: str = "patients", record_id: str = "p1") -> int:
    with database.read() as snapshot:
        return next(v.version for v in versions_of(snapshot, table, record_id) if v.version and v.kind == kind)


def _restored(database: Database, kind: str) -> Row:
    restore_version(database, "patients", "p1", _number(database, kind), "test")
    return stored(database, "patients", "p1").data


def test_versions_are_listed_newest_first_and_the_current_one_is_number_0(database: Database) -> None:
    phone = Caller(database)
    phone.pull()
    phone.push_created("patients", patient())
    phone.push_updated("patients", patient(phone="1", updated_at=2_000))
    with database.read() as snapshot:
        newest, oldest = versions_of(snapshot, "patients", "p1")
    assert (newest.version, newest.kind, newest.data["phone"]) == (0, "current", "1")
    assert (oldest.kind, oldest.data["phone"], set(oldest.columns)) == ("replaced", "0", {"phone", "updated_at"})
    assert newest.device_id == oldest.device_id is not None
    assert oldest.version > 0


def test_a_replaced_version_can_be_restored_and_the_phones_receive_it(database: Database) -> None:
    phone = Caller(database)
    phone.pull()
    phone.push_created("patients", patient())
    phone.push_updated("patients", patient(phone="1"))
    phone.pull()
    assert _restored(database, "replaced")["phone"] == "0"
    assert phone.pull().row("patients", "p1")["phone"] == "0"


def test_a_deleted_record_comes_back_alive(database: Database) -> None:
    put_rows(database, "patients", [patient(is_deleted=True, deleted_at=5)])
    delete_row(database, "patients", "p1")
    phone = Caller(database)
    phone.pull()
    data = _restored(database, "deleted")
    assert (data["given_name"], data["is_deleted"], data["deleted_at"]) == ("Amal", False, None)
    assert not stored(database, "patients", "p1").is_deleted
    assert phone.pull().ids("patients", "created") == ["p1"]


def test_secret_columns_are_never_restored(database: Database) -> None:
    put_rows(database, "users", [{"id": "u1", "name": "old", "hashed_password": "first"}])
    put_rows(database, "users", [{"id": "u1", "name": "new", "hashed_password": "second"}])
    restore_version(database, "users", "u1", _number(database, "replaced", "users", "u1"), "test")
    data = stored(database, "users", "u1").data
    assert (data["name"], data["hashed_password"]) == ("old", "second")


@pytest.mark.parametrize(("table", "record_id"), [("patients", "p2"), ("nothing", "p1"), ("sync_log", "1")])
def test_versions_of_what_is_not_there_are_not_found(database: Database, table: str, record_id: str) -> None:
    put_rows(database, "patients", [patient()])
    with database.read() as snapshot, pytest.raises(NotFound):
        versions_of(snapshot, table, record_id)


def test_a_version_number_of_another_record_is_not_found(database: Database) -> None:
    for phone in ("0", "1"):
        put_rows(database, "patients", [patient("p1", phone=phone), patient("p2", phone=phone)])
    other = _number(database, "replaced", record_id="p2")
    for number in (0, other, 10_000):
        with pytest.raises(NotFound):
            restore_version(database, "patients", "p1", number, "test")
