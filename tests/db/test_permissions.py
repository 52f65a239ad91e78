"""Permissions are read from the rows of user_clinic_permissions, flag by flag and clinic by clinic."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from db import migrate
from db.accounts import NewAccount, add_account, clinic_named, set_permissions
from db.catalogue import CATALOGUE
from db.database import Database
from db.errors import NotFound
from db.files import DATABASE_NAME
from db.permissions import ALL_FLAGS, Flag, is_others_event, new_grant, permissions_of
from db.records import live_counts
from db.stamps import StampCeiling
from db.store import open_store
from tests.db.rows import KEY, delete_row, put_rows
from tests.fakes.clock import AdjustableClock

STAFF = NewAccount("nurse@example.org", "Nour", "long enough", clinic_name="North")


def _permissions(database: Database, user_id: str = "u1") -> dict[str, frozenset[Flag]]:
    with database.read() as snapshot:
        return dict(permissions_of(snapshot, user_id).by_clinic)


def test_every_flag_is_a_column_that_phones_know() -> None:
    columns = CATALOGUE["user_clinic_permissions"].columns
    assert {flag.value for flag in Flag} == {name for name in columns if name.startswith(("can_", "is_clinic"))}
    assert len(Flag) == 11


def test_only_what_a_row_grants_is_granted_and_only_at_its_clinic(database: Database) -> None:
    odd = new_grant("u1", "south", ALL_FLAGS) | dict.fromkeys((flag.value for flag in Flag), None)
    odd |= {Flag.PRESCRIBE.value: 1, Flag.DISPENSE.value: "true", Flag.VIEW_HISTORY.value: True}
    put_rows(database, "user_clinic_permissions", [new_grant("u1", "north", frozenset({Flag.PRESCRIBE})), odd])
    assert _permissions(database) == {"north": {Flag.PRESCRIBE}, "south": {Flag.VIEW_HISTORY}}
    with database.read() as snapshot:
        permissions = permissions_of(snapshot, "u1")
    assert permissions.clinics_with(Flag.PRESCRIBE) == {"north"}
    assert not permissions.has(Flag.PRESCRIBE, "south")
    assert _permissions(database, "u2") == {}


def test_what_was_taken_back_is_gone(database: Database) -> None:
    grant = new_grant("u1", "north", ALL_FLAGS)
    put_rows(database, "user_clinic_permissions", [grant])
    delete_row(database, "user_clinic_permissions", grant["id"])
    assert _permissions(database) == {}


def test_an_account_of_this_computer_may_do_everything_at_its_clinic_until_told_otherwise(database: Database) -> None:
    account = add_account(database, STAFF, "command")
    assert _permissions(database, account.id) == {account.clinic_id: ALL_FLAGS}
    set_permissions(database, STAFF.email, None, frozenset({Flag.VIEW_HISTORY}), "command")
    assert _permissions(database, account.id) == {account.clinic_id: {Flag.VIEW_HISTORY}}
    other = add_account(database, NewAccount("a@example.org", "A", "long enough", clinic_name="South"), "command")
    set_permissions(database, STAFF.email, other.clinic_id, frozenset({Flag.PRESCRIBE}), "command")
    assert _permissions(database, account.id)[other.clinic_id or ""] == {Flag.PRESCRIBE}
    with pytest.raises(NotFound):
        set_permissions(database, "nobody@example.org", None, ALL_FLAGS, "command")


def test_clinics_are_found_by_name(database: Database) -> None:
    account = add_account(database, STAFF, "command")
    with database.read() as snapshot:
        assert clinic_named(snapshot, " north ") == account.clinic_id
        with pytest.raises(NotFound):
            clinic_named(snapshot, "South")


def test_an_event_is_somebody_elses_when_another_user_recorded_it() -> None:
    assert is_others_event({"recorded_by_user_id": "doctor"}, "nurse")
    assert not is_others_event({"recorded_by_user_id": "nurse"}, "nurse")
    assert not is_others_event({"recorded_by_user_id": ""}, "nurse")


def test_accounts_from_before_permissions_can_go_on_working(tmp_path: Path, clock: AdjustableClock) -> None:
    """A database of the first release, brought up to date."""
    scripts = tmp_path / "scripts"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__", "m000[2-9]*"))
    folder = tmp_path / "data"
    folder.mkdir()
    database = Database(folder / DATABASE_NAME, KEY, clock, StampCeiling(folder / "stamp-ceiling"))
    with database.write() as transaction:
        migrate.upgrade(transaction, scripts=scripts)
        connection = transaction.connection
        for statement in (
            "INSERT INTO server_clock VALUES (1, 100, 200)",
            """INSERT INTO users (id, data, local_server_created_at, local_server_last_modified) VALUES
               ('u1', '{"id": "u1", "email": "a@b", "clinic_id": "north"}', 150, 150),
               ('u2', '{"id": "u2"}', 150, 150)""",
            """INSERT INTO user_clinic_permissions (id, data, local_server_created_at, local_server_last_modified)
               VALUES ('g', '{"id": "g", "user_id": "u2", "clinic_id": "south", "can_view_history": true}', 9, 9)""",
        ):
            connection.exec_driver_sql(statement)
    database.close()
    store = open_store(folder, KEY, clock)
    assert _permissions(store.database, "u1") == {"north": ALL_FLAGS}
    assert _permissions(store.database, "u2") == {"south": {Flag.VIEW_HISTORY}}
    with store.database.read() as snapshot:
        assert live_counts(snapshot)["user_clinic_permissions"] == 2
    store.close()
