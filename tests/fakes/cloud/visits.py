"""Visits that the cloud invents where a record names none (CLOUD §4, references).

Knows nothing of how the record itself is stored. Each inventor gives the record back with the visit it will have,
and the row of the visit if it is a new one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tests.fakes.cloud import times
from tests.fakes.cloud.callers import Caller
from tests.fakes.cloud.database import Database, Row
from tests.fakes.cloud.schema import TABLES
from tests.fakes.cloud.values import Refused, is_uuid

Sent = Mapping[str, Any]


def for_event(db: Database, sent: Sent, caller: Caller) -> tuple[Sent, Row | None]:
    """A missing visit is made in the clinic of the first user; one without a name anew each time."""
    visit_id = sent.get("visit_id")
    if is_uuid(visit_id) and db.find("visits", str(visit_id).lower()) is not None:
        return sent, None
    first = next(iter(db.all("users")), None)
    if first is None:
        raise Refused("no user")
    created_at = sent.get("created_at")
    visit = _visit(
        db,
        id=str(visit_id).lower() if is_uuid(visit_id) else str(uuid.uuid4()),
        patient_id=sent.get("patient_id"),
        clinic_id=first["clinic_id"],
        provider_id=first["id"],
        provider_name=first["name"],
        check_in_timestamp=times.safe(created_at, db.now_ms()) if created_at else None,
        metadata={
            "artificially_created": True,
            "created_from": "server_event_creation",
            "original_event_id": sent.get("id"),
        },
    )
    return {**sent, "visit_id": visit["id"]}, visit


def for_appointment(db: Database, sent: Sent, caller: Caller) -> tuple[Sent, Row | None]:
    """People lend their own id and clinic where the record has none; hubs cannot."""
    user = caller.user or {}
    clinic_id = sent.get("clinic_id") if is_uuid(sent.get("clinic_id")) else user.get("clinic_id")
    user_id = sent.get("user_id") if is_uuid(sent.get("user_id")) else user.get("id")
    patient_id = sent.get("patient_id")
    if not (is_uuid(clinic_id) and is_uuid(user_id) and is_uuid(patient_id)):
        raise Refused("an appointment needs a clinic, a user and a patient")
    resolved: dict[str, Any] = {**sent, "clinic_id": clinic_id, "user_id": user_id}
    for optional in ("provider_id", "fulfilled_visit_id"):
        resolved[optional] = sent.get(optional) if is_uuid(sent.get(optional)) else None
    if is_uuid(sent.get("current_visit_id")):
        return resolved, None
    visit = _visit(
        db, patient_id=patient_id, clinic_id=clinic_id, provider_id=user_id, provider_name=user.get("name", "")
    )
    return {**resolved, "current_visit_id": visit["id"]}, visit


def for_prescription(db: Database, sent: Sent, caller: Caller) -> tuple[Sent, Row | None]:
    """Clinics that are not named are the provider's."""
    user = caller.user or {}
    visit_id = sent.get("visit_id") if is_uuid(sent.get("visit_id")) else None
    known_visit = db.find("visits", visit_id) or {}
    clinic_id = user.get("clinic_id") or known_visit.get("clinic_id") or _clinic_of_provider(db, sent)
    pickup = sent.get("pickup_clinic_id")
    resolved = {**sent, "pickup_clinic_id": pickup if is_uuid(pickup) else _clinic_of_provider(db, sent)}
    if visit_id is not None:
        return resolved, None
    visit = _visit(
        db,
        patient_id=sent.get("patient_id"),
        clinic_id=clinic_id,
        provider_id=sent.get("provider_id"),
        provider_name=user.get("id", ""),
    )
    return {**resolved, "visit_id": visit["id"]}, visit


Inventor = Callable[[Database, Sent, Caller], tuple[Sent, Row | None]]
INVENTORS: Mapping[str, Inventor] = MappingProxyType(
    {"events": for_event, "appointments": for_appointment, "prescriptions": for_prescription}
)


def _clinic_of_provider(db: Database, sent: Sent) -> str:
    provider = db.find("users", sent.get("provider_id"))
    if provider is None or not provider["clinic_id"]:
        raise Refused("the provider has no clinic")
    return str(provider["clinic_id"])


def _visit(db: Database, **values: Any) -> Row:
    stamp_us = db.statement_us()
    stamps = dict.fromkeys(("created_at", "updated_at", "last_modified", "server_created_at"), stamp_us)
    defaults = {"id": str(uuid.uuid4()), "metadata": {}, "is_deleted": False, **stamps}
    row = {**dict.fromkeys(TABLES["visits"].names), **defaults, **values}
    if not isinstance(row["patient_id"], str):
        raise Refused("null value in column patient_id")
    return row
