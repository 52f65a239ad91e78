"""What staff may do: the eleven flags per user and clinic (PROTOCOL §4), and THE table of what needs which.

Knows nothing of who asks or how: procedures and pushes name a Rule from here (web/rpc, db/push.py). A flag holds at
one clinic; which clinic counts for a record is db/record_clinics.py's business.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import msgspec
import sqlalchemy as sa

from db.database import Snapshot
from db.records import Data
from db.schema import RECORD_TABLES
from db.sqlite.dialect import field as document_field

_GRANTS = RECORD_TABLES["user_clinic_permissions"]


class Flag(StrEnum):
    """A permission, named as the column that holds it."""

    REGISTER_PATIENTS = "can_register_patients"
    VIEW_HISTORY = "can_view_history"
    EDIT_RECORDS = "can_edit_records"
    DELETE_RECORDS = "can_delete_records"
    CLINIC_ADMIN = "is_clinic_admin"
    EDIT_OTHERS_EVENTS = "can_edit_other_provider_event"
    DOWNLOAD_REPORTS = "can_download_patient_reports"
    PRESCRIBE = "can_prescribe_medications"
    DISPENSE = "can_dispense_medications"
    DELETE_VISITS = "can_delete_patient_visits"
    DELETE_PATIENTS = "can_delete_patient_records"


@dataclass(frozen=True)
class Permissions:
    """All that one user may do, by clinic. A clinic without a row: nothing."""

    by_clinic: Mapping[str, frozenset[Flag]] = field(default_factory=lambda: MappingProxyType({}))

    def has(self, flag: Flag, clinic_id: str) -> bool:
        """Whether the flag is granted at this clinic."""
        return flag in self.by_clinic.get(clinic_id, frozenset())

    def clinics_with(self, flag: Flag) -> frozenset[str]:
        """The clinics at which the flag is granted."""
        return frozenset(clinic for clinic, flags in self.by_clinic.items() if flag in flags)


def grants_of(snapshot: Snapshot, user_id: str) -> list[Data]:
    """The user's living rows of user_clinic_permissions."""
    query = sa.select(_GRANTS.c.data).where(
        document_field(_GRANTS, "user_id") == sa.bindparam("user"), _GRANTS.c.local_server_deleted_at.is_(None)
    )
    return [msgspec.json.decode(row.data) for row in snapshot.rows(query, {"user": user_id})]


def permissions_of(snapshot: Snapshot, user_id: str) -> Permissions:
    """What the user may do now. Of several rows for one clinic, what any of them grants."""
    found: dict[str, frozenset[Flag]] = {}
    for grant in grants_of(snapshot, user_id):
        clinic = str(grant.get("clinic_id") or "")
        flags = frozenset(flag for flag in Flag if grant.get(flag.value) is True)
        found[clinic] = found.get(clinic, frozenset()) | flags
    return Permissions(MappingProxyType(found))


def new_grant(user_id: str, clinic_id: str, flags: frozenset[Flag]) -> Data:
    """A row of user_clinic_permissions for an account of this computer, without its times."""
    granted = {flag.value: flag in flags for flag in Flag}
    return {"id": str(uuid.uuid4()), "user_id": user_id, "clinic_id": clinic_id, **granted}


ALL_FLAGS: frozenset[Flag] = frozenset(Flag)


@dataclass(frozen=True)
class TableRule:
    """What pushing into one table needs, at the clinic of the record: every flag of the set."""

    create: frozenset[Flag]
    update: frozenset[Flag]
    delete: frozenset[Flag]


def _rule(create: Flag, update: Flag | None = None, delete: Flag = Flag.DELETE_RECORDS) -> TableRule:
    return TableRule(frozenset({create}), frozenset({update or create}), frozenset({delete}))


PUSH_RULES: MappingProxyType[str, TableRule] = MappingProxyType(
    {
        "patients": _rule(Flag.REGISTER_PATIENTS, Flag.EDIT_RECORDS, Flag.DELETE_PATIENTS),
        "patient_additional_attributes": _rule(Flag.REGISTER_PATIENTS, Flag.EDIT_RECORDS),
        "visits": _rule(Flag.EDIT_RECORDS, delete=Flag.DELETE_VISITS),
        "events": _rule(Flag.EDIT_RECORDS),  # somebody else's event: also EDIT_OTHERS_EVENTS, see is_others_event
        "appointments": _rule(Flag.EDIT_RECORDS),
        "patient_vitals": _rule(Flag.EDIT_RECORDS),
        "patient_problems": _rule(Flag.EDIT_RECORDS),
        "prescriptions": _rule(Flag.PRESCRIBE),
        "prescription_items": _rule(Flag.PRESCRIBE),
        "dispensing_records": _rule(Flag.DISPENSE),
        "clinic_inventory": _rule(Flag.DISPENSE, delete=Flag.CLINIC_ADMIN),
        "clinic_departments": _rule(Flag.CLINIC_ADMIN, delete=Flag.CLINIC_ADMIN),
        "drug_catalogue": _rule(Flag.CLINIC_ADMIN, delete=Flag.CLINIC_ADMIN),
    }
)
"""Tables that phones may write; the gate checks that none is missing."""


def is_others_event(stored: Data, user_id: str) -> bool:
    """Whether an event was recorded by somebody else: changing it needs EDIT_OTHERS_EVENTS as well."""
    author = stored.get("recorded_by_user_id")
    return bool(author) and author != user_id
