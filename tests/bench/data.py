"""Realistic records to push: patients of about 650 bytes, and the mixed set that belongs to a visit.

The same numbers every time: a seed, not a clock.
"""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

Row = dict[str, Any]
Changes = dict[str, list[Row]]
_START_MS = 1_760_000_000_000
_GIVEN = ("Amal", "Yusuf", "Leila", "Omar", "Zaynab", "Khalid", "María", "José", "Fatima", "سارة", "محمد", "Nour")
_FAMILY = ("Haddad", "Khalil", "Mansour", "García", "Rodríguez", "الخطيب", "Okello", "Aziz", "Saleh", "Darwish")


def patients(count: int, seed: int = 1) -> list[Row]:
    """Patients as a phone pushes them."""
    chance = random.Random(seed)
    return [_patient(chance, number) for number in range(count)]


def mixed(count: int, seed: int = 2) -> Changes:
    """``count`` records in the proportions of a clinic's day: patients, attributes, visits, events,
    appointments, prescriptions."""
    chance = random.Random(seed)
    people = [_patient(chance, number) for number in range(count // 6)]
    visits = [_visit(chance, chance.choice(people)["id"]) for _ in range(count // 6)]
    rest = count - len(people) - len(visits)
    tables: Changes = {
        "patients": people,
        "visits": visits,
        "patient_additional_attributes": [],
        "events": [],
        "appointments": [],
        "prescriptions": [],
    }
    makers = {
        "patient_additional_attributes": _attribute,
        "events": _event,
        "appointments": _appointment,
        "prescriptions": _prescription,
    }
    names = tuple(makers)
    for number in range(rest):
        name = names[number % len(names)]
        visit = chance.choice(visits)
        tables[name].append(makers[name](chance, visit["patient_id"], visit["id"]))
    return tables


def as_push(tables: Changes) -> dict[str, Any]:
    """The body of a push in which all rows are new."""
    return {name: {"created": rows, "updated": [], "deleted": []} for name, rows in tables.items()}


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _row(chance: random.Random, **columns: Any) -> Row:
    at = _START_MS + chance.randrange(10**9)
    soft = {"is_deleted": False, "deleted_at": None, "created_at": at, "updated_at": at}
    return {"id": _id(chance), **columns, **soft, "_status": "created", "_changed": ""}


def _patient(chance: random.Random, number: int) -> Row:
    notes = {
        "household": number % 9 + 1,
        "arrival": "2024-05",
        "language": "ar",
        "notes": "x" * chance.randrange(30, 90),
    }
    return _row(
        chance,
        given_name=chance.choice(_GIVEN),
        surname=chance.choice(_FAMILY),
        date_of_birth=f"{chance.randrange(1930, 2024)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 28):02d}",
        citizenship="Syria",
        hometown="Homs",
        phone=f"07{chance.randrange(10**8):08d}",
        sex=chance.choice(("male", "female")),
        camp=f"Camp {number % 7}",
        additional_data=json.dumps(notes),
        metadata="{}",
        photo_url=None,
        government_id=f"G{chance.randrange(10**9):09d}",
        external_patient_id=f"EXT-{number}",
        primary_clinic_id=_id(chance),
        last_modified_by=_id(chance),
    )


def _visit(chance: random.Random, patient_id: str) -> Row:
    return _row(
        chance,
        patient_id=patient_id,
        clinic_id=_id(chance),
        provider_id=_id(chance),
        provider_name="Nour Haddad",
        check_in_timestamp=_START_MS,
        metadata="{}",
    )


def _attribute(chance: random.Random, patient_id: str, visit_id: str) -> Row:
    return _row(
        chance,
        patient_id=patient_id,
        attribute_id=_id(chance),
        attribute="blood_group",
        number_value=None,
        string_value="A+",
        date_value=None,
        boolean_value=None,
        metadata="{}",
        last_modified=_START_MS,
        server_created_at=_START_MS,
    )


def _event(chance: random.Random, patient_id: str, visit_id: str) -> Row:
    form = [
        {"name": name, "value": chance.randrange(200), "fieldId": _id(chance), "fieldType": "free-text"}
        for name in ("Temperature", "Pulse", "Weight")
    ]
    return _row(
        chance,
        patient_id=patient_id,
        form_id=_id(chance),
        visit_id=visit_id,
        event_type="Triage",
        form_data=json.dumps(form),
        metadata="{}",
        recorded_by_user_id=_id(chance),
    )


def _appointment(chance: random.Random, patient_id: str, visit_id: str) -> Row:
    return _row(
        chance,
        provider_id=None,
        clinic_id=_id(chance),
        patient_id=patient_id,
        user_id=_id(chance),
        current_visit_id=visit_id,
        fulfilled_visit_id=None,
        timestamp=_START_MS,
        duration=15,
        reason="follow-up",
        notes="",
        is_walk_in=False,
        departments="[]",
        status="pending",
        metadata="{}",
    )


def _prescription(chance: random.Random, patient_id: str, visit_id: str) -> Row:
    return _row(
        chance,
        patient_id=patient_id,
        provider_id=_id(chance),
        filled_by=None,
        pickup_clinic_id=None,
        visit_id=visit_id,
        priority="normal",
        expiration_date=_START_MS,
        prescribed_at=_START_MS,
        filled_at=None,
        status="pending",
        items=json.dumps([{"drug": "Paracetamol", "dose": "500 mg", "days": 5}]),
        notes="after meals",
        metadata="{}",
    )
