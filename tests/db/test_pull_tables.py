"""Which tables and columns a pull brings: by schema and channel, after an app upgrade, and never a secret."""

from __future__ import annotations

import pytest

from db.catalogue import CATALOGUE
from db.database import Database
from db.pull_plan import Migration
from tests.db.caller import Caller, Pulled, Row, patient
from tests.db.rows import delete_row, put_rows

NO_SCHEMA = None
TEN_TABLES = {
    "patients",
    "events",
    "visits",
    "clinics",
    "users",
    "event_forms",
    "registration_forms",
    "patient_additional_attributes",
    "appointments",
    "prescriptions",
}
SCHEMA_5 = {"patient_vitals", "user_clinic_permissions", "app_config", "patient_problems"}
SCHEMA_7 = {"drug_catalogue", "clinic_inventory", "prescription_items", "dispensing_records"}


def phones(database: Database, count: int = 2) -> list[Caller]:
    """Phones of one user that have pulled what there is."""
    made = [Caller(database) for _ in range(count)]
    for phone in made:
        phone.pull()
    return made


def lists_of(pulled: Pulled, record_id: str = "p1", table: str = "patients") -> list[str]:
    return [name for name in ("created", "updated", "deleted") if record_id in pulled.ids(table, name)]


def put(database: Database, *rows: Row) -> None:
    put_rows(database, "patients", rows)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (4, TEN_TABLES),
        (5, TEN_TABLES | SCHEMA_5),
        (6, TEN_TABLES | SCHEMA_5 | {"clinic_departments"}),
        (7, TEN_TABLES | SCHEMA_5 | SCHEMA_7 | {"clinic_departments"}),
        (9, TEN_TABLES | SCHEMA_5 | SCHEMA_7 | {"clinic_departments"}),
        (99, TEN_TABLES | SCHEMA_5 | SCHEMA_7 | {"clinic_departments"}),
        (NO_SCHEMA, TEN_TABLES),
    ],
)
def test_an_app_gets_the_tables_that_it_knows_and_no_other(
    database: Database, schema: int | None, expected: set[str]
) -> None:
    for table in CATALOGUE:
        put_rows(database, table, [{"id": "r1"}])
    pulled = Caller(database, schema=schema).pull()
    assert set(pulled.tables) == set(pulled.changes) == expected
    assert len(pulled.tables) == len(expected)


def test_on_the_channel_of_later_apps_an_unsaid_schema_means_all_tables(database: Database) -> None:
    phone = Caller(database, schema=NO_SCHEMA)
    expected = TEN_TABLES | SCHEMA_5 | SCHEMA_7 | {"clinic_departments"}
    assert set(phone.pull(all_tables=True).tables) == expected
    phone.schema = 5
    assert set(phone.pull(all_tables=True).tables) == TEN_TABLES | SCHEMA_5


def test_a_new_table_comes_whole_and_new_columns_with_their_rows(database: Database) -> None:
    put(database, patient("p1", primary_clinic_id="c1"), patient("p2", primary_clinic_id=None), patient("p3"))
    put_rows(database, "drug_catalogue", [{"id": "d1"}, {"id": "d2"}])
    delete_row(database, "drug_catalogue", "d2")
    phone = Caller(database, schema=4)
    phone.pull()
    put(database, patient("p3", primary_clinic_id="c1"))
    phone.schema = 9
    migration = Migration(frozenset({"drug_catalogue"}), {"patients": ("primary_clinic_id",)})
    pulled = phone.pull(migration=migration)
    assert pulled.ids("drug_catalogue", "created") == ["d1"]
    assert pulled.ids("drug_catalogue", "updated") == []
    assert pulled.ids("patients", "created") == []
    assert pulled.ids("patients", "updated") == ["p1", "p3"]
    assert phone.pull().changes == {}


def test_a_migration_of_tables_that_nobody_knows_is_ignored(database: Database) -> None:
    put(database, patient())
    (phone,) = phones(database, 1)
    names = frozenset({"sqlite_master", "server_clock", "resources", 'patients"; --'})
    pulled = phone.pull(migration=Migration(names, dict.fromkeys(names, ("id",))))
    assert pulled.changes == {}
    assert names.isdisjoint(pulled.tables)


def test_a_first_pull_with_a_migration_is_a_first_pull(database: Database) -> None:
    put(database, patient(primary_clinic_id="c1"))
    migration = Migration(frozenset({"patients"}), {"patients": ("primary_clinic_id",)})
    assert lists_of(Caller(database).pull(migration=migration)) == ["created"]


def test_secrets_never_leave_whichever_list_the_row_is_in(database: Database) -> None:
    secret = {"hashed_password": "hunter2-hash", "added_by_a_newer_cloud": "hunter3"}
    user = {"id": "u1", "name": "Amal", "role": "provider", **secret}
    put_rows(database, "users", [user])
    phone = Caller(database)
    pulls = [phone.pull()]
    put_rows(database, "users", [user | {"name": "Huda"}, user | {"id": "u2"}])
    pulls.append(phone.pull(is_lost=True))
    phone.pull()
    pulls.append(phone.pull(migration=Migration(columns={"users": ("role",)})))
    pulls.append(phone.pull(migration=Migration(tables=frozenset({"users"}))))
    lists = [lists_of(pulled, "u1", "users") for pulled in pulls]
    assert lists == [["created"], ["updated"], ["updated"], ["created"]]
    assert "hunter" not in repr([pulled.changes for pulled in pulls])
    assert pulls[0].row("users", "u1") == {"id": "u1", "name": "Amal", "role": "provider"}


def test_what_a_newer_app_added_to_a_row_is_passed_on(database: Database) -> None:
    maker, other = phones(database)
    maker.push_created("patients", patient(blood_group="0+"))
    assert other.pull().row("patients", "p1")["blood_group"] == "0+"
