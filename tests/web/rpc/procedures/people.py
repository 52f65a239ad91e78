"""Records for the tests of procedures about patients. Knows nothing of the procedures."""

from __future__ import annotations

import json
from typing import Any

from tests.db.rows import put_rows
from tests.web.rpc.procedures.desk import Desk

AT = 1_500_000_000_000
DAY = 86_400_000
OTHER_CLINIC = "south"


def patient(record_id: str, given_name: str = "Amal", surname: str = "Haddad", **columns: Any) -> dict[str, Any]:
    usual = {"additional_data": '{"tent": 7}', "metadata": "{}", "primary_clinic_id": None, "updated_at": AT}
    return {"id": record_id, "given_name": given_name, "surname": surname, "created_at": AT, **usual, **columns}


def put_patients(desk: Desk, *rows: dict[str, Any]) -> None:
    put_rows(desk.database, "patients", rows)


def put_other_clinic(desk: Desk) -> None:
    """A clinic at which the nurse may do nothing."""
    put_rows(desk.database, "clinics", [{"id": OTHER_CLINIC, "name": "South", "created_at": AT, "updated_at": AT}])


def field(field_id: str, column: str, *, is_base: bool) -> dict[str, Any]:
    """A field of a registration form."""
    return {
        **{"id": field_id, "position": 1, "column": column, "label": {"en": column}, "fieldType": "text"},
        **{"options": [], "required": False, "baseField": is_base, "visible": True, "isSearchField": True},
        "deleted": False,
    }


def put_registration_form(desk: Desk, record_id: str = "form-1", updated_at: int = AT) -> None:
    fields = [field("f-name", "given_name", is_base=True), field("f-blood", "blood_group", is_base=False)]
    form = {"id": record_id, "name": "Registration", "fields": json.dumps(fields), "metadata": "{}"}
    put_rows(desk.database, "registration_forms", [{**form, "created_at": AT, "updated_at": updated_at}])
