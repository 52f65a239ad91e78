"""The index of patients says what the records say, whatever was done to them and by however many steps it follows."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import migrate
from db.database import Database
from db.patient_index import refresh_patient_index
from db.patient_numbers import CLINIC_BITS, TAIL_BITS, clinic_numbers
from db.patient_search import Visible, list_patients, search_patients
from db.schema import PATIENT_COUNTS, PATIENT_INDEX
from db.store import Store
from tests.db.rows import delete_row, put_rows
from tests.examples import examples

EVERYWHERE = Visible(frozenset({"north", "south"}))
NOWHERE = Visible(frozenset())


@pytest.fixture(autouse=True)
def _clinics(database: Database) -> None:
    put_rows(database, "clinics", [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}])


def _patient(record_id: str, **columns: Any) -> dict[str, Any]:
    return {"id": record_id, "given_name": "Amal", "updated_at": 1, "primary_clinic_id": "north", **columns}


def _listed(database: Database, visible: Visible = EVERYWHERE) -> list[str]:
    page = list_patients(database, visible, 100, 0)
    assert page.total == len(page.rows)
    return [row["id"] for row in page.rows]


def _found(database: Database, visible: Visible = EVERYWHERE, **filters: str) -> list[str]:
    return [row["id"] for row in search_patients(database, visible, filters, 100, 0).rows]


def test_a_changed_patient_is_found_under_the_new_name_alone(database: Database) -> None:
    put_rows(database, "patients", [_patient("p1")])
    assert _found(database, given_name="amal") == ["p1"]
    put_rows(database, "patients", [_patient("p1", given_name="Zaynab")])
    assert (_found(database, given_name="amal"), _found(database, given_name="zayn")) == ([], ["p1"])


def test_a_deleted_patient_is_gone_and_one_brought_back_is_there(database: Database) -> None:
    put_rows(database, "patients", [_patient("p1"), _patient("p2", is_deleted=True)])
    assert _listed(database) == ["p1"]
    delete_row(database, "patients", "p1")
    assert (_listed(database), _found(database, given_name="amal")) == ([], [])
    put_rows(database, "patients", [_patient("p1"), _patient("p2", is_deleted=False)])
    assert _listed(database) == ["p1", "p2"]


def test_a_patient_who_changes_clinic_is_counted_at_the_new_one(database: Database) -> None:
    put_rows(database, "patients", [_patient("p1"), _patient("p2")])
    assert _listed(database, Visible(frozenset({"north"}))) == ["p1", "p2"]
    put_rows(database, "patients", [_patient("p1", primary_clinic_id="south")])
    assert _listed(database, Visible(frozenset({"north"}))) == ["p2"]
    assert _listed(database, Visible(frozenset({"south"}))) == ["p1"]


def test_patients_of_a_clinic_are_everybodys_until_the_hub_knows_it(database: Database) -> None:
    put_rows(database, "patients", [_patient("p1", primary_clinic_id="west"), _patient("p2")])
    west = Visible(frozenset({"west"}))
    assert _listed(database, NOWHERE) == _found(database, NOWHERE, given_name="amal") == ["p1"]
    put_rows(database, "clinics", [{"id": "west", "name": "West"}])
    assert _listed(database, NOWHERE) == _found(database, NOWHERE, given_name="amal") == []
    assert _listed(database, west) == _found(database, west, given_name="amal") == ["p1"]
    delete_row(database, "clinics", "west")
    assert _listed(database, NOWHERE) == _found(database, NOWHERE, given_name="amal") == ["p1"]


def test_an_attribute_is_found_by_its_text_or_number_while_it_is_there(database: Database) -> None:
    rows = [
        {"id": "a1", "patient_id": "p1", "attribute_id": "blood", "string_value": "AB positive"},
        {"id": "a2", "patient_id": "p1", "attribute_id": "household", "number_value": 12.0},
    ]
    put_rows(database, "patients", [_patient("p1"), _patient("p2")])
    put_rows(database, "patient_additional_attributes", rows)
    assert _found(database, blood="POSI") == _found(database, household="12", given_name="am") == ["p1"]
    assert _found(database, blood="12") == _found(database, household="12.0") == []
    delete_row(database, "patient_additional_attributes", "a1")
    assert _found(database, blood="posi") == []


def test_the_index_follows_in_several_steps_within_one_stamp(database: Database) -> None:
    put_rows(database, "patients", [_patient(f"p{number}") for number in range(10)])
    put_rows(database, "patients", [_patient("p4", given_name="Omar"), _patient("q")])
    refresh_patient_index(database, batch=3)
    assert _listed(database) == [*(f"p{number}" for number in range(10)), "q"]
    assert _found(database, given_name="omar") == ["p4"]


@pytest.mark.parametrize("batch", [2_000, 3])
def test_an_index_that_is_up_to_date_looks_at_no_record(database: Database, batch: int) -> None:
    put_rows(database, "patients", [_patient(f"p{number}") for number in range(9)])
    refresh_patient_index(database, batch)
    with database.write() as transaction:  # one that is looked at again would be missed now
        transaction.run(PATIENT_INDEX.delete())
    refresh_patient_index(database, batch)
    with database.read() as snapshot:
        assert snapshot.first(sa.select(PATIENT_INDEX.c.number)) is None


def test_the_index_goes_down_and_up_with_the_tables(database: Database) -> None:
    put_rows(database, "patients", [_patient("p1"), _patient("p2", primary_clinic_id=None)])
    attribute = {"id": "a1", "patient_id": "p1", "attribute_id": "blood", "string_value": "AB positive"}
    put_rows(database, "patient_additional_attributes", [attribute])
    assert _found(database, blood="posi") == ["p1"]
    with database.write() as transaction:
        migrate.downgrade(transaction, "0006")
        migrate.upgrade(transaction)
    assert _found(database, given_name="amal") == _listed(database) == ["p1", "p2"]
    assert _found(database, blood="posi") == ["p1"]


def test_an_index_that_is_up_to_date_is_not_written(database: Database, store: Store) -> None:
    put_rows(database, "patients", [_patient("p1")])
    refresh_patient_index(database)
    with database.write():  # whoever wanted to write now would wait, and fail after a while
        refresh_patient_index(database)
        assert _listed(database) == ["p1"]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["p1", "p2", "p3", "p4"]),
            st.sampled_from(["north", "south", "west", "", None]),
            st.sampled_from(["keep", "hide", "delete", "look"]),
        ),
        max_size=12,
    )
)
def test_the_counts_are_those_of_the_index_after_any_changes(
    database: Database, steps: list[tuple[str, str | None, str]]
) -> None:
    for number, (record_id, clinic, action) in enumerate(steps):
        put_rows(database, "patients", [_patient(record_id, primary_clinic_id=clinic, is_deleted=action == "hide")])
        if action == "delete":
            delete_row(database, "patients", record_id)
        if action == "look" or number % 3 == 0:
            refresh_patient_index(database)
    refresh_patient_index(database)
    index, counts = PATIENT_INDEX.c, PATIENT_COUNTS.c
    with database.read() as snapshot:
        counted = snapshot.rows(sa.select(counts.clinic_id, counts.live).where(counts.live != 0))
        there = snapshot.rows(sa.select(index.clinic_id, sa.func.count()).group_by(index.clinic_id))
        indexed = snapshot.rows(sa.select(index).order_by(index.number))
        numbers = clinic_numbers(snapshot)
    assert sorted(map(tuple, counted)) == sorted(map(tuple, there))
    for row in indexed:
        told = divmod(row.number >> TAIL_BITS, 1 << CLINIC_BITS)
        assert told == (row.updated_at, numbers[row.clinic_id or row.stated_clinic_id])
