"""The exact answers of the procedures about patients, their records, forms and clinics."""

from __future__ import annotations

import json

import pytest

from tests.db.rows import put_rows
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.golden import Golden
from tests.web.rpc.procedures.people import (
    AT,
    DAY,
    OTHER_CLINIC,
    patient,
    put_other_clinic,
    put_patients,
    put_registration_form,
)

TIMES = {"created_at": AT, "updated_at": AT}


@pytest.fixture
def golden(desk: Desk) -> Golden:
    put_other_clinic(desk)
    put_registration_form(desk)
    put_patients(
        desk,
        patient("p1", sex="female", phone="0712", government_id="G-1", updated_at=AT + DAY),
        patient("p2", "سَارة", "الخطيب", additional_data="{", photo_url="file:///a.jpg"),
        patient("p3", primary_clinic_id=OTHER_CLINIC),
    )
    return Golden(desk)


def test_the_answers_about_finding_patients(golden: Golden) -> None:
    golden.query("get_patients")
    golden.query("get_patients", limit=1, offset=1)
    golden.query("get_patients", limit=0)
    golden.query("search_patients", filters={"given_name": "سارة"}, limit=5)
    golden.query("search_patients", filters={"f-blood": "A"}, offset=0)
    golden.query("patients.similar", given_name="Amel", surname="Hadad", limit=1)
    golden.query("check_government_id", government_id="g-1")
    golden.query("check_government_id", government_id="G-2")
    golden.query("get_patient", patient_id="p1")
    golden.query("get_patient", patient_id="p3")
    golden.query("get_patient", patient_id="stranger")
    for name in ("get_patients", "search_patients", "patients.similar", "check_government_id", "get_patient"):
        golden.check(name)


def test_the_answers_about_registration(golden: Golden) -> None:
    attribute = {"id": "f-blood", "patient_id": "", "attribute_id": "f-blood", "attribute": "blood", "metadata": {}}
    sent = {"id": "", "given_name": "Zaynab", "date_of_birth": "1990-02-28", "created_at": "2024-01-02T03:04:05.678Z"}
    golden.command("register_patient", patient=sent, additional_attributes=[{**attribute, "string_value": "A+"}])
    golden.command("register_patient", patient={"id": "p1", "given_name": "Amina", "surname": "", "metadata": {}})
    golden.command("register_patient", patient={"id": 5})
    golden.command("register_patient", additional_attributes=[])
    golden.command("delete_patient", patient_id="p1")
    golden.command("delete_patient", patient_id="p1")
    golden.command("delete_patient", patient_id="p3")
    golden.check("register_patient")
    golden.check("delete_patient")


def test_the_answers_about_visits_and_events(golden: Golden) -> None:
    checked_in = "2024-01-02T03:04:05.678Z"
    visit = {"patient_id": "p1", "clinic_id": "", "provider_id": "u1", "provider_name": "Huda", "metadata": {}}
    visit_id = golden.command("visits.create", **visit, check_in_timestamp=checked_in)["id"]
    golden.command("visits.create", patient_id="p1", clinic_id=OTHER_CLINIC)
    golden.command("visits.update", id=visit_id, provider_name="Nadia", metadata='{"a":1}', updated_at=AT)
    golden.command("visits.update", id="stranger")
    event = {"patient_id": "p1", "event_type": "Triage", "form_id": "f1", "form_data": [{"value": 37}], "metadata": {}}
    event_id = golden.command("events.create", **event, visit_id=visit_id, recorded_by_user_id="u1")["id"]
    golden.command("events.create", **event, visit_id="")
    golden.command("events.create", **event, visit_id=7)
    golden.command("create_event", **event, id="e1", visit_id=visit_id, created_at=AT, updated_at=AT)
    golden.command("create_event", **{**event, "id": "e1", "visit_id": visit_id, "form_id": "f2"})
    golden.query("events.by_form", patient_id="p1", form_id="f1")
    golden.query("get_visits", patient_id="p1")
    golden.query("get_visit_events", patient_id="p1", visit_id=visit_id)
    golden.command("events.update", id=event_id, form_data=[{"value": 38}], metadata={"edited": True})
    golden.command("events.delete", id=event_id)
    golden.command("events.delete", id=event_id)
    for name in ("visits.create", "visits.update", "events.create", "create_event", "events.by_form", "get_visits"):
        golden.check(name)
    for name in ("get_visit_events", "events.update", "events.delete"):
        golden.check(name)


def test_the_answers_about_vital_signs_and_problems(golden: Golden) -> None:
    vital = {"patient_id": "p1", "visit_id": None, "timestamp": "2024-01-02T03:04:05Z", "metadata": {}}
    vital_id = golden.command("vitals.create", **vital, heart_rate=72, weight_kg=60.5, is_deleted=False)["id"]
    golden.command("vitals.create", **vital, heart_rate="fast")
    golden.command("vitals.update", id=vital_id, heart_rate=75)
    golden.query("vitals.list", patient_id="p1")
    problem = {"problem_code_system": "icd10", "problem_code": "J45", "problem_label": "Asthma", "metadata": {}}
    status = {"clinical_status": "active", "verification_status": "confirmed", "onset_date": "2024-01-02"}
    problem_id = golden.command("problems.create", patient_id="p1", **problem, **status, is_deleted=False)["id"]
    golden.command("problems.create", patient_id="p3", **problem)
    golden.command("problems.update", id=problem_id, clinical_status="resolved", end_date="2024-02-01")
    golden.query("problems.get", id=problem_id)
    golden.query("problems.get", id="stranger")
    golden.query("problems.list", patient_id="p1")
    for name in ("vitals.create", "vitals.update", "vitals.list"):
        golden.check(name)
    for name in ("problems.create", "problems.update", "problems.get", "problems.list"):
        golden.check(name)


def test_the_answers_about_forms_and_clinics(desk: Desk, golden: Golden) -> None:
    fields = json.dumps([{"id": "x", "name": "Temperature", "fieldType": "number"}])
    form = {"name": "Triage", "language": "en", "is_editable": True, "form_fields": fields, "metadata": "{}", **TIMES}
    put_rows(desk.database, "event_forms", [{"id": "f1", "translations": "[]", "clinic_ids": "[]", **form}])
    room = {"id": "d1", "clinic_id": OTHER_CLINIC, "name": "Pharmacy", "can_dispense_medications": True, **TIMES}
    put_rows(desk.database, "clinic_departments", [room])
    golden.query("get_patient_registration_form")
    golden.query("registration_form.get", language="ar")
    golden.query("get_all_registration_forms")
    golden.query("get_event_forms")
    golden.query("event_forms.list", language="en", clinic_id=OTHER_CLINIC)
    golden.query("event_forms.list", language="ar")
    golden.query("get_event_form", form_id="f1")
    golden.query("get_event_form", form_id="stranger")
    golden.query("clinics.list")
    golden.query("clinic_departments.list", clinic_id=OTHER_CLINIC)
    for name in ("get_patient_registration_form", "registration_form.get", "get_all_registration_forms"):
        golden.check(name)
    for name in ("get_event_forms", "event_forms.list", "get_event_form", "clinics.list", "clinic_departments.list"):
        golden.check(name)
