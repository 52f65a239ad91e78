"""The catalogue against what is written of the phones' tables (PROTOCOL §§2.1, 7) and of the cloud (CLOUD §4)."""

from __future__ import annotations

import pytest

from db.catalogue import (
    BOOKKEEPING_COLUMNS,
    CATALOGUE,
    LATEST_PHONE_SCHEMA,
    PHONE_ONLY_TABLES,
    Column,
    ColumnType,
    children_of,
    first_generation_tables,
    tables_for_schema,
)

FIRST_TEN = {
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
UNKNOWN_TO_PHONES = {
    "patient_allergies",
    "patient_allergy_reactions",
    "patient_observations",
    "patient_tobacco_history",
    "drug_batches",
    "resources",
}
OWNED_BY_THE_SERVER = {
    "clinics",
    "users",
    "event_forms",
    "registration_forms",
    "user_clinic_permissions",
    "app_config",
}
KEPT_BY_THE_CLOUD = {
    "patients",
    "patient_additional_attributes",
    "visits",
    "events",
    "appointments",
    "prescriptions",
    "patient_vitals",
    "patient_problems",
    "dispensing_records",
    "prescription_items",
}
NEW_COLUMNS = {
    5: {"patients.primary_clinic_id", "patients.last_modified_by"},
    6: {"clinics.is_archived", "appointments.is_walk_in", "appointments.departments"},
    7: {"patient_vitals.event_id"},
    8: {"clinic_inventory.batch_number", "clinic_inventory.batch_expiry_date"},
    9: {
        "events.recorded_by_user_id",
        "event_forms.clinic_ids",
        "event_forms.translations",
        "user_clinic_permissions.can_edit_other_provider_event",
        "user_clinic_permissions.can_download_patient_reports",
        "user_clinic_permissions.can_prescribe_medications",
        "user_clinic_permissions.can_dispense_medications",
        "user_clinic_permissions.can_delete_patient_visits",
        "user_clinic_permissions.can_delete_patient_records",
    },
}


def test_the_first_server_had_ten_tables() -> None:
    assert {table.name for table in first_generation_tables()} == FIRST_TEN


def test_there_are_twenty_five_tables_and_six_of_them_no_phone_knows() -> None:
    assert len(CATALOGUE) == 25
    assert {name for name, table in CATALOGUE.items() if not table.is_for_phones} == UNKNOWN_TO_PHONES


def test_what_only_phones_keep_is_not_in_the_catalogue() -> None:
    assert set(PHONE_ONLY_TABLES) == {"event_logs", "peers"}
    assert PHONE_ONLY_TABLES.isdisjoint(CATALOGUE)


@pytest.mark.parametrize(("schema", "count"), [(3, 0), (4, 10), (5, 14), (6, 15), (7, 19), (8, 19), (9, 19), (10, 19)])
def test_each_schema_of_the_phones_has_its_number_of_tables(schema: int, count: int) -> None:
    assert len(tables_for_schema(schema)) == count


@pytest.mark.parametrize("schema", NEW_COLUMNS)
def test_each_schema_brought_the_columns_that_are_on_record(schema: int) -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in CATALOGUE.values()
        for column in table.columns.values()
        if column.since_schema == schema and (table.since_schema or schema) < schema
    }
    assert found == NEW_COLUMNS[schema]
    assert max(NEW_COLUMNS) == LATEST_PHONE_SCHEMA


@pytest.mark.parametrize(
    ("type_of", "is_optional", "default"),
    [
        (ColumnType.TEXT, False, ""),
        (ColumnType.JSON, False, ""),
        (ColumnType.DATE, False, ""),
        (ColumnType.NUMBER, False, 0),
        (ColumnType.TIME, False, 0),
        (ColumnType.BOOLEAN, False, False),
        *((type_of, True, None) for type_of in ColumnType),
    ],
)
def test_a_missing_column_has_the_default_that_phones_fill_in(
    type_of: ColumnType, is_optional: bool, default: object
) -> None:
    found = Column("x", type_of, is_optional, 4).default
    assert found == default
    assert type(found) is type(default)


def test_phones_may_not_write_what_the_server_owns() -> None:
    read_only = {name for name, table in CATALOGUE.items() if table.is_for_phones and not table.phones_may_write}
    assert read_only == OWNED_BY_THE_SERVER


def test_phones_may_not_write_what_they_do_not_know() -> None:
    assert not any(CATALOGUE[name].phones_may_write for name in UNKNOWN_TO_PHONES)


def test_password_hashes_are_the_only_secret_and_no_column_of_a_phone() -> None:
    assert {name: set(table.secret_columns) for name, table in CATALOGUE.items() if table.secret_columns} == {
        "users": {"hashed_password"}
    }
    assert "hashed_password" not in CATALOGUE["users"].columns


def test_the_cloud_gets_what_it_keeps_and_nothing_else() -> None:
    assert {name for name, table in CATALOGUE.items() if table.goes_to_cloud} == KEPT_BY_THE_CLOUD


def test_a_deleted_patient_takes_along_what_the_cloud_deletes_with_it() -> None:
    assert {child.name for child, _ in children_of("patients")} == {
        "patient_additional_attributes",
        "appointments",
        "prescriptions",
        "events",
        "visits",
        "prescription_items",
        "patient_vitals",
        "patient_problems",
    }
    assert {parent.column for _, parent in children_of("patients")} == {"patient_id"}


def test_a_deleted_visit_takes_along_what_the_cloud_deletes_with_it() -> None:
    assert {(child.name, parent.column) for child, parent in children_of("visits")} == {
        ("prescriptions", "visit_id"),
        ("events", "visit_id"),
        ("appointments", "current_visit_id"),
    }


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - {"patients", "visits"}))
def test_nothing_else_takes_anything_along(name: str) -> None:
    assert children_of(name) == ()


def test_every_parent_is_a_table_that_the_link_can_point_to() -> None:
    for table in CATALOGUE.values():
        for parent in table.parents:
            assert parent.table in CATALOGUE
            assert not table.is_for_phones or parent.column in table.columns, (table.name, parent.column)


def test_a_cascade_never_comes_back_to_where_it_began() -> None:
    for name in CATALOGUE:
        reached, waiting = set[str](), [name]
        while waiting:
            for child, _ in children_of(waiting.pop()):
                assert child.name != name
                if child.name not in reached:
                    reached.add(child.name)
                    waiting.append(child.name)


def test_parents_that_delete_come_before_their_children() -> None:
    order = list(CATALOGUE)
    assert all(order.index("patients") < order.index(child.name) for child, _ in children_of("patients"))


@pytest.mark.parametrize(
    "name",
    sorted({name for name in CATALOGUE if CATALOGUE[name].is_for_phones} - {"app_config", "user_clinic_permissions"}),
)
def test_records_can_be_marked_deleted_and_say_when_they_were_made(name: str) -> None:
    columns = CATALOGUE[name].columns
    assert columns["is_deleted"].type is ColumnType.BOOLEAN
    assert columns["deleted_at"].is_optional
    assert columns["created_at"].type is columns["updated_at"].type is ColumnType.TIME


def test_times_of_writing_are_no_content() -> None:
    assert {"created_at", "updated_at", "last_modified", "server_created_at"} == BOOKKEEPING_COLUMNS
    times = {c.name for table in CATALOGUE.values() for c in table.columns.values() if c.name in BOOKKEEPING_COLUMNS}
    assert times == BOOKKEEPING_COLUMNS


def test_no_name_needs_quoting_in_sql() -> None:
    for table in CATALOGUE.values():
        for name in (table.name, *table.columns, *(parent.column for parent in table.parents)):
            assert name.replace("_", "").isalnum()
            assert name.isascii()
            assert name.islower()
