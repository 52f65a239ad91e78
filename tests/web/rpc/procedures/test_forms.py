"""Which forms phones are given to register patients and record events with."""

from __future__ import annotations

import pytest

from db.errors import NotFound
from tests.db.rows import delete_row, put_rows
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import put_registration_form


def test_the_newest_of_several_registration_forms_is_used(desk: Desk) -> None:
    put_registration_form(desk, "old", updated_at=1)
    put_registration_form(desk, "new", updated_at=3)
    put_registration_form(desk, "older", updated_at=0)
    assert desk.query("get_patient_registration_form")["id"] == desk.query("registration_form.get")["id"] == "new"
    delete_row(desk.database, "registration_forms", "new")
    assert desk.query("registration_form.get", language="ar")["id"] == "old"
    assert {form["id"] for form in desk.query("get_all_registration_forms")["data"]} == {"old", "new", "older"}


def test_forms_of_events_are_chosen_by_language_and_clinic(desk: Desk) -> None:
    forms = [
        {"id": "all", "name": "B", "language": "en", "clinic_ids": "[]"},
        {"id": "north", "name": "A", "language": "ar", "clinic_ids": '["n"]'},
        {"id": "broken", "name": "C", "language": "en", "clinic_ids": "{"},
        {"id": "dead", "name": "D", "language": "en", "is_deleted": True},
    ]
    put_rows(desk.database, "event_forms", forms)

    def ids(**params: str) -> list[str]:
        return [form["id"] for form in desk.query("event_forms.list", **params)["data"]]

    assert ids() == ["north", "all", "broken"]
    assert ids(language="ar") == ["north"]
    assert ids(clinic_id="s") == ["all", "broken"]
    with pytest.raises(NotFound):
        desk.query("get_event_form", form_id="dead")
