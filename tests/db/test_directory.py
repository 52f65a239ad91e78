"""Forms, clinics and departments as the organisation has set them up, also where a document is broken."""

from __future__ import annotations

import pytest

from db.database import Database
from db.directory import all_registration_forms, departments_of, event_forms, form_fields, registration_form
from tests.db.rows import delete_row, put_rows


def test_the_registration_form_is_the_one_changed_last_that_is_there(database: Database) -> None:
    with database.read() as snapshot:
        assert registration_form(snapshot) is None
    forms = [
        {"id": "a", "updated_at": 1},
        {"id": "b", "updated_at": 3, "is_deleted": True},
        {"id": "c", "updated_at": 2},
    ]
    put_rows(database, "registration_forms", forms)
    with database.read() as snapshot:
        assert (registration_form(snapshot) or {})["id"] == "c"
    delete_row(database, "registration_forms", "c")
    with database.read() as snapshot:
        assert (registration_form(snapshot) or {})["id"] == "a"
        assert [form["id"] for form in all_registration_forms(snapshot)] == ["a", "b", "c"]


@pytest.mark.parametrize("clinic_ids", [None, "", "[]", "{", '{"n":1}', '["n","s"]'])
def test_a_form_is_for_the_clinics_it_names_or_for_all(database: Database, clinic_ids: str | None) -> None:
    put_rows(database, "event_forms", [{"id": "f", "name": "A", "language": "en", "clinic_ids": clinic_ids}])
    with database.read() as snapshot:
        assert len(event_forms(snapshot, clinic_id="n")) == 1
        assert len(event_forms(snapshot, clinic_id="x")) == (0 if clinic_ids == '["n","s"]' else 1)
        assert len(event_forms(snapshot, language="ar")) == 0


@pytest.mark.parametrize("fields", [None, "", "{", "5", '[1,"a",null]'])
def test_a_form_with_broken_fields_has_none(fields: str | None) -> None:
    assert form_fields({"fields": fields}) == []


def test_departments_are_by_name_and_of_one_clinic(database: Database) -> None:
    rows = [{"id": str(at), "clinic_id": clinic, "name": name} for at, (clinic, name) in enumerate(("nB", "nA", "sC"))]
    put_rows(database, "clinic_departments", rows)
    with database.read() as snapshot:
        assert [row["name"] for row in departments_of(snapshot, "n")] == ["A", "B"]
