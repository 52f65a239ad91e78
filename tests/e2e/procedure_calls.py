"""Every call that the app or the earlier hub's own protocol knows, with valid data in the spelling of their side.

This list is written from what phones may call and not from the program: a test compares the two. Knows nothing of
how calls travel.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMMAND, QUERY = "command", "query"
ROWS = ("data",)
PAGE = ("data", "total", "limit", "offset")
DAY = 1_700_000_000_000
ISO = "2026-03-01T09:30:00.000Z"


@dataclass(frozen=True)
class Call:
    """One call. ``keys``: what the answer must hold, of each row where it is a plain list; ``count``: how many rows."""

    kind: str
    name: str
    arguments: Mapping[str, Any]
    keys: tuple[str, ...] = ()
    count: int | None = None


def command(name: str, *keys: str, **data: Any) -> Call:
    return Call(COMMAND, name, data, keys)


def query(name: str, *keys: str, count: int | None = None, **params: Any) -> Call:
    return Call(QUERY, name, params, keys, count)


def records_of_the_office(clinic_id: str) -> dict[str, list[dict[str, Any]]]:
    """What no phone may write: it is there before the first call."""
    field = {
        **{"id": "f1", "position": 1, "column": "given_name", "label": {"en": "Given name"}, "fieldType": "text"},
        **{"options": [], "required": True, "baseField": True, "visible": True, "isSearchField": True},
        "deleted": False,
    }
    form = {"metadata": "{}", "created_at": DAY, "updated_at": DAY}
    return {
        "registration_forms": [{"id": "rf1", "name": "Registration", "fields": json.dumps([field]), **form}],
        "event_forms": [
            {"id": "ef1", "name": "Vaccines", "description": "", "language": "en", "form_fields": "[]", **form}
        ],
        "clinic_departments": [{"id": "dp1", "clinic_id": clinic_id, "name": "Pharmacy", "status": "active", **form}],
        "drug_catalogue": [
            {"id": "d1", "generic_name": "Amoxicillin", "barcode": "111", "form": "tablet", "is_active": True, **form}
        ],
        "clinic_inventory": [
            {"id": "s1", "clinic_id": clinic_id, "drug_id": "d1", "batch_id": "b1", "quantity_available": 20, **form}
        ],
    }


def calls(clinic_id: str, user_id: str) -> tuple[Call, ...]:
    """In an order in which each finds what it needs. The caller has not signed in before ``login``."""
    return (
        *_of_a_session(),
        *_about_patients(clinic_id),
        *_about_visits(clinic_id, user_id),
        *_about_health(user_id),
        *_about_appointments(clinic_id, user_id),
        *_about_medicine(clinic_id, user_id),
        *_about_the_office(clinic_id),
        query("sync_pull", "changes", "timestamp", lastPulledAt=0),
        command("sync_push", changes={}, lastPulledAt=0),
        command("delete_patient", "deleted", "patient_id", patient_id="p2"),
    )


def _of_a_session() -> tuple[Call, ...]:
    return (command("ping", "pong"), query("ping", "pong"), query("heartbeat", "status"))


def _patient(record_id: str, clinic_id: str, **more: Any) -> dict[str, Any]:
    named = {"given_name": "Amal", "surname": "حداد", "date_of_birth": "1990-02-28", "sex": "female"}
    rest = dict.fromkeys(("citizenship", "hometown", "phone", "government_id", "external_patient_id"), "")
    times = {"created_at": ISO, "updated_at": ISO}
    return {"id": record_id, **named, **rest, **times, "additional_data": {}, "metadata": {}, **more} | {
        "primary_clinic_id": clinic_id
    }


def _about_patients(clinic_id: str) -> tuple[Call, ...]:
    attribute = {
        **{"id": "f2", "patient_id": "", "attribute_id": "f2", "attribute": "smokes", "boolean_value": True},
        **{"metadata": {}, "is_deleted": False, "created_at": ISO, "updated_at": ISO},
    }
    registered = ("patient_id", "attributes_count")
    return (
        command(
            "register_patient",
            *registered,
            patient=_patient("p1", clinic_id, government_id="G1"),
            additional_attributes=[attribute],
        ),
        command("register_patient", *registered, patient=_patient("p2", clinic_id), additional_attributes=[attribute]),
        query("get_patient", "fields", "values", patient_id="p1"),
        query("get_patients", *PAGE, count=2, limit=20, offset=0),
        query("search_patients", *PAGE, count=2, filters={"given_name": "ama"}, limit=20, offset=0),
        query("patients.similar", *ROWS, count=2, given_name="Amal", surname="حداد", limit=10),
        query("check_government_id", "exists", government_id="G1"),
    )


def _about_visits(clinic_id: str, user_id: str) -> tuple[Call, ...]:
    provider = {"provider_id": user_id, "provider_name": "Nour Haddad"}
    here = {"patient_id": "p1", "clinic_id": clinic_id}
    event = {"patient_id": "p1", "visit_id": "v1", "event_type": "Vaccines", "form_id": "ef1"}
    return (
        command("visits.create", "success", "id", id="v1", **here, **provider, check_in_timestamp=ISO, metadata={}),
        command("visits.create", "success", "id", **here, **provider, check_in_timestamp=ISO, metadata={}),
        command("visits.update", "id", "provider_name", id="v1", provider_name="Dana", check_in_timestamp=DAY),
        command(
            "create_event", "event_id", id="e1", **event, form_data=[], metadata="{}", created_at=ISO, updated_at=DAY
        ),
        command(
            *("events.create", "success", "id", "visit_id"),
            **event | {"id": "e2", "form_data": [{"fieldId": "x", "value": 1}], "metadata": {}},
            recorded_by_user_id=user_id,
        ),
        command("events.create", "success", "id", "visit_id", **event | {"visit_id": ""}, form_data=[], metadata={}),
        command("events.update", "id", "form_data", id="e2", form_data=[], metadata={}),
        query("events.by_form", "form_data", "metadata", count=3, form_id="ef1", patient_id="p1"),
        query("get_visits", *ROWS, patient_id="p1"),
        query("get_visit_events", *ROWS, count=2, patient_id="p1", visit_id="v1"),
        command("events.delete", "success", id="e2"),
    )


def _about_health(user_id: str) -> tuple[Call, ...]:
    coded = {"problem_code_system": "icd10", "problem_code": "J45", "problem_label": "Asthma"}
    stands = {"clinical_status": "active", "verification_status": "confirmed", "metadata": {}, "is_deleted": False}
    of = {"patient_id": "p1", "visit_id": "v1"}
    return (
        command(
            *("vitals.create", "success", "id"),
            **of | {"id": "vt1", "timestamp": ISO, "systolic_bp": 120, "metadata": {}, "is_deleted": False},
        ),
        command("vitals.update", "ok", "id", id="vt1", diastolic_bp=80),
        query("vitals.list", "systolic_bp", "metadata", count=1, patient_id="p1"),
        command("problems.create", "success", "id", **of | {"id": "pr1"} | coded | stands, onset_date=ISO),
        command("problems.update", "id", "clinical_status", id="pr1", clinical_status="resolved", end_date=ISO),
        query("problems.list", "problem_label", count=1, patient_id="p1"),
        query("problems.get", "id", "metadata", id="pr1"),
    )


def _about_appointments(clinic_id: str, user_id: str) -> tuple[Call, ...]:
    who = {"clinic_id": clinic_id, "patient_id": "p1", "user_id": user_id, "current_visit_id": "v1"}
    what = {"timestamp": ISO, "reason": "", "notes": "", "departments": [], "status": "pending", "metadata": {}}
    times = {"created_at": DAY, "updated_at": DAY}
    wide = {"start_date": 0, "end_date": "2100-01-01"}
    return (
        command("appointments.create", "appointment_id", id="a1", **who, **what, **times),
        command("appointments.create", "appointment_id", id="a2", **who, **what, **times),
        command("appointments.update", "id", "notes", id="a1", notes="bring the card", timestamp=ISO),
        query("appointments.get", "id", "status", id="a1"),
        query("appointments.by_patient", *ROWS, count=2, patient_id="p1"),
        query("appointments.list", *PAGE, count=2, **wide, clinic_id=clinic_id, status="pending", limit=5, offset=0),
        query(
            *("appointments.search", *PAGE),
            **{
                "search_query": "ama",
                "clinic_id": clinic_id,
                "status": ["pending"],
                "date": 0,
                "limit": 5,
                "offset": 0,
            },
            count=2,
        ),
        command("appointments.complete", "completed", id="a1", user_id=user_id, visit_id="v1"),
        command("appointments.cancel", "cancelled", id="a2"),
    )


def _about_medicine(clinic_id: str, user_id: str) -> tuple[Call, ...]:
    times = {"created_at": DAY, "updated_at": DAY}
    said = {"status": "pending", "priority": "normal", "items": [], "notes": "", "metadata": {}, "prescribed_at": ISO}
    item = {"patient_id": "p1", "drug_id": "d1", "clinic_id": clinic_id, "dosage_instructions": "1-0-1"}
    return (
        command("prescriptions.create", "prescription_id", id="r1", patient_id="p1", visit_id="v1", **said, **times),
        command("prescriptions.update", "id", "notes", id="r1", notes="with food"),
        command("prescriptions.update_status", "ok", id="r1", status="prepared"),
        query("prescriptions.search", *PAGE, count=1, search_query="ama", status=["prepared"], limit=5, offset=0),
        query("prescriptions.by_patient_visit", *ROWS, count=1, patient_id="p1", visit_id="v1"),
        command(
            "prescription_items.create", "id", id="i1", prescription_id="r1", quantity_prescribed=9, **item, **times
        ),
        command("prescription_items.update", "id", "notes", id="i1", notes="x"),
        query("prescription_items.by_prescription", *ROWS, count=1, prescription_id="r1"),
        query("prescription_items.by_patient", *ROWS, count=1, patient_id="p1"),
        query("inventory.check_availability", "available", drug_id="d1", clinic_id=clinic_id, required_quantity=20),
        command(
            *("prescription_items.dispense", "ok", "total_dispensed"),
            **{"id": "i1", "provider_id": user_id, "batch_quantities": {"b1": 9}},
        ),
        command(
            *("dispensing.create", "id"),
            **{"clinic_id": clinic_id, "drug_id": "d1", "batch_id": "b1", "patient_id": "p1", "quantity_dispensed": 2},
            **{"dispensed_by": user_id, "dispensed_at": ISO, "metadata": {}},
        ),
        query("dispensing.by_patient", *ROWS, count=2, patient_id="p1"),
        command("prescriptions.pickup", "ok", id="r1", provider_id=user_id),
    )


def _about_the_office(clinic_id: str) -> tuple[Call, ...]:
    return (
        query("drugs.search", *ROWS, count=1, search_term="amox", form="tablet", is_active=True),
        query("drugs.get", "id", "generic_name", id="d1"),
        query("drugs.by_barcode", "id", barcode="111"),
        query("inventory.by_clinic", *ROWS, count=1, clinic_id=clinic_id),
        query("inventory.search", *ROWS, count=1, clinic_id=clinic_id, search_term="amox"),
        query("clinics.list", *ROWS, count=1),
        query("clinic_departments.list", *ROWS, count=1, clinic_id=clinic_id),
        query("get_patient_registration_form", "id", "name", "fields"),
        query("registration_form.get", "id", "name", "fields", language="en"),
        query("get_all_registration_forms", *ROWS, count=1),
        query("get_event_forms", *ROWS, count=1),
        query("event_forms.list", *ROWS, count=1, language="en", clinic_id=clinic_id),
        query("get_event_form", "id", "form_fields", form_id="ef1"),
    )
