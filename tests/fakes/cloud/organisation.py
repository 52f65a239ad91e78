"""An organisation to begin with: two clinics, three people, a hub of the first clinic, forms, a drug.

Knows nothing of the server. The ids are those of the recorded exchanges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import bcrypt

from tests.fakes.cloud.callers import hash_of_key

CLINIC_A = "11111111-1111-4111-8111-111111111111"
CLINIC_B = "22222222-2222-4222-8222-222222222222"
ADMIN = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
PROVIDER = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
PROVIDER_B = "bbbbbbbb-bbbb-4bbb-8bbb-000000000002"
EVENT_FORM = "cccccccc-cccc-4ccc-8ccc-cccccccccccc"
REGISTRATION_FORM = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
BLOOD_GROUP = "11111111-0000-4000-8000-000000000009"
HUB = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
DRUG = "ffffffff-ffff-4fff-8fff-ffffffffffff"
DEPARTMENT = "99999999-9999-4999-8999-999999999999"
API_KEY = "hh_" + "0123456789abcdef" * 4
PASSWORD = "Passw0rd!"
EMAILS: Mapping[str, str] = {ADMIN: "admin@clinic.test", PROVIDER: "prov@clinic.test", PROVIDER_B: "provb@clinic.test"}


def hashed(password: str) -> str:
    """As the cloud keeps passwords, but quick to check."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row with its table, parents first. What is left out gets the column's default."""
    yield "clinics", {"id": CLINIC_A, "name": "Clinic A"}
    yield "clinics", {"id": CLINIC_B, "name": "Clinic B"}
    secret = hashed(PASSWORD)
    for id, name, role, clinic_id in (
        (ADMIN, "Amina Admin", "admin", CLINIC_A),
        (PROVIDER, "Pavel Provider", "provider", CLINIC_A),
        (PROVIDER_B, "Bea Provider", "provider", CLINIC_B),
    ):
        user = {"id": id, "name": name, "role": role, "email": EMAILS[id], "clinic_id": clinic_id}
        yield "users", {**user, "hashed_password": secret}
        permissions = dict.fromkeys(("can_register_patients", "can_view_history", "can_edit_records"), True)
        may_all = {"can_delete_records": role == "admin", "is_clinic_admin": role == "admin"}
        yield "user_clinic_permissions", {"user_id": id, "clinic_id": clinic_id, **permissions, **may_all}
    yield "devices", {"id": HUB, "name": "hub-a", "clinic_ids": [CLINIC_A], "api_key_hash": hash_of_key(API_KEY)}
    fields = [{"id": "fld-temp", "name": "Temperature", "fieldType": "free-text", "inputType": "number"}]
    form = {"name": "Triage", "description": "Triage form", "form_fields": fields, "clinic_ids": [CLINIC_A]}
    yield "event_forms", {"id": EVENT_FORM, **form}
    blood = {"id": BLOOD_GROUP, "label": {"en": "Blood group"}, "column": "blood_group", "fieldType": "select"}
    registration = {"name": "Registration", "clinic_id": CLINIC_A, "fields": [blood]}
    yield "patient_registration_forms", {"id": REGISTRATION_FORM, **registration}
    drug = {"generic_name": "Paracetamol", "form": "tablet", "route": "oral", "dosage_quantity": 500}
    yield "drug_catalogue", {"id": DRUG, **drug, "dosage_units": "mg"}
    yield "clinic_departments", {"id": DEPARTMENT, "clinic_id": CLINIC_A, "name": "Pharmacy"}
    yield "app_config", {"namespace": "system", "key": "operation_mode", "value": "user_choice"}
