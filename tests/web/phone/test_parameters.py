"""Every spelling of the query parameters of a sync, and all the rubbish that may stand in their place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.catalogue import CATALOGUE, FIRST_GENERATION_SCHEMA, LATEST_PHONE_SCHEMA
from db.errors import InvalidInput
from db.pull_plan import Migration
from web.phone.parameters import LARGEST_MARK, parse_mark, parse_migration, parse_schema_version

MARK_SPELLINGS = ["lastPulledAt", "last_pulled_at"]
SCHEMA_SPELLINGS = ["schema_version", "schemaVersion"]


@pytest.mark.parametrize("name", MARK_SPELLINGS)
def test_the_mark_is_read_in_both_spellings(name: str) -> None:
    assert parse_mark({name: "1760000000123"}) == 1760000000123


def test_an_empty_spelling_does_not_hide_the_other() -> None:
    assert parse_mark({"lastPulledAt": "", "last_pulled_at": "5"}) == 5


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("0", 0),
        ("1", 1),
        ("1.9", 1),
        ("1e3", 1000),
        (" 7 ", 7),
        ("00012", 12),
        (str(2**53 + 1), 2**53 + 1),
        (str(2**63), LARGEST_MARK),
        ("9" * 400, LARGEST_MARK),
        ("9" * 6000, 0),
        ("1e308", LARGEST_MARK),
        ("-1", 0),
        ("-1e308", 0),
        ("0.5", 0),
        ("", 0),
        ("null", 0),
        ("undefined", 0),
        ("NaN", 0),
        ("nan", 0),
        ("Infinity", 0),
        ("-inf", 0),
        ("1e999", 0),
        ("true", 0),
        ("2025-01-31T00:00:00Z", 0),
        ("1760000000123;DROP TABLE patients", 0),
        ("[1]", 0),
        ("0x10", 0),
        ("\u0661\u0662", 12),
        ("\xb2", 0),
        ("\0", 0),
    ],
)
def test_what_stands_for_the_mark(text: str, mark: int) -> None:
    assert parse_mark({"lastPulledAt": text}) == mark


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_mark(text: str) -> None:
    assert 0 <= parse_mark({"lastPulledAt": text}) <= LARGEST_MARK


@pytest.mark.parametrize("name", SCHEMA_SPELLINGS)
def test_the_schema_version_is_read_in_both_spellings(name: str) -> None:
    assert parse_schema_version({name: "6"}) == 6


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (str(LATEST_PHONE_SCHEMA + 1), LATEST_PHONE_SCHEMA),
        ("9" * 5000, LATEST_PHONE_SCHEMA),
        ("0", FIRST_GENERATION_SCHEMA),
        ("3", FIRST_GENERATION_SCHEMA),
        ("", None),
        ("-1", None),
        ("9.0", None),
        ("nine", None),
        ("null", None),
        (" 9", None),
        ("\xb2", None),
        ("\u0669", None),
    ],
)
def test_what_stands_for_the_schema_version(text: str, version: int | None) -> None:
    assert parse_schema_version({"schema_version": text}) == version


def test_a_phone_that_does_not_say_its_schema_has_none() -> None:
    assert parse_schema_version({}) is None


def migration(document: object) -> Migration:
    return parse_migration({"migration": json.dumps(document)})


@pytest.mark.parametrize("text", ["", "null", " null "])
def test_no_migration(text: str) -> None:
    assert parse_migration({"migration": text}) == Migration()
    assert parse_migration({}) == Migration()


def test_tables_and_columns_of_the_catalogue_are_taken_over() -> None:
    columns = [{"table": "events", "columns": ["recorded_by_user_id"]}]
    found = migration({"from": 8, "tables": ["patient_vitals"], "columns": columns})
    assert found.tables == {"patient_vitals"}
    assert found.columns == {"events": ("recorded_by_user_id",)}


def test_names_that_are_not_in_the_catalogue_are_left_out() -> None:
    found = migration(
        {
            "tables": ["event_logs", "peers", "resources", "sqlite_master", "events; --", 5, None, ["events"]],
            "columns": [
                {"table": "sync_log", "columns": ["id"]},
                {"table": ["events"], "columns": ["metadata"]},
                {"table": "events", "columns": ["data", "local_server_deleted_at", "x') --", 7, None, {}]},
                {"columns": ["metadata"]},
            ],
        }
    )
    assert found.tables == frozenset()
    assert {name for names in found.columns.values() for name in names} == set()


def test_a_secret_column_cannot_be_asked_for() -> None:
    found = migration({"columns": [{"table": "users", "columns": ["hashed_password", "email"]}]})
    assert found.columns == {"users": ("email",)}


def test_a_table_that_is_named_twice_gets_all_its_columns() -> None:
    entries = [{"table": "events", "columns": ["metadata"]}, {"table": "events", "columns": ["event_type"]}]
    assert migration({"columns": entries}).columns == {"events": ("event_type", "metadata")}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{", "migration"),
        ("undefined", "migration"),
        ("[]", "migration"),
        ("5", "migration"),
        ('"events"', "migration"),
        ('{"tables": "events"}', "migration.tables"),
        ('{"tables": {"events": 1}}', "migration.tables"),
        ('{"columns": {"events": []}}', "migration.columns"),
        ('{"columns": [{"table": "events"}, "events"]}', "migration.columns[1]"),
        ('{"columns": [{"table": "events", "columns": "metadata"}]}', "migration.columns[0].columns"),
        ("[" * 20_000, "migration"),
        ('{"tables":' * 10_000, "migration"),
        ('{"columns":[{"table":' + "[" * 900 + "]" * 900 + ',"columns":5}]}', "migration.columns[0].columns"),
    ],
)
def test_a_broken_migration_is_refused_by_its_place(text: str, path: str) -> None:
    with pytest.raises(InvalidInput) as failure:
        parse_migration({"migration": text})
    assert failure.value.context == {"path": path}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from([*CATALOGUE, "columns"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["from", "tables", "columns", "table"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(document=json_values)
def test_no_document_gets_a_name_through_that_phones_may_not_ask_for(document: object) -> None:
    try:
        found = migration(document)
    except InvalidInput:
        return
    assert all(CATALOGUE[name].is_for_phones for name in {*found.tables, *found.columns})
    assert all(set(names) <= CATALOGUE[table].columns.keys() for table, names in found.columns.items())
