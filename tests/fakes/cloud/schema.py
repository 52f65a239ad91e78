"""All tables of the cloud, in the order of a hub's pull (CLOUD §3).

Knows nothing of rows or requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tests.fakes.cloud import clinic_tables, patient_tables
from tests.fakes.cloud.columns import Table

ALL = (
    patient_tables.PATIENTS,
    patient_tables.PATIENT_ADDITIONAL_ATTRIBUTES,
    clinic_tables.CLINICS,
    patient_tables.VISITS,
    patient_tables.EVENTS,
    clinic_tables.EVENT_FORMS,
    clinic_tables.PATIENT_REGISTRATION_FORMS,
    patient_tables.APPOINTMENTS,
    patient_tables.PRESCRIPTIONS,
    patient_tables.PATIENT_VITALS,
    patient_tables.PATIENT_PROBLEMS,
    clinic_tables.CLINIC_DEPARTMENTS,
    clinic_tables.DRUG_CATALOGUE,
    clinic_tables.CLINIC_INVENTORY,
    patient_tables.DISPENSING_RECORDS,
    patient_tables.PRESCRIPTION_ITEMS,
    clinic_tables.USERS,
    clinic_tables.DEVICES,
    clinic_tables.DEVICE_PIN_CODES,
    clinic_tables.USER_CLINIC_PERMISSIONS,
    clinic_tables.APP_CONFIG,
)
TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in ALL})
ONLY_FOR_HUBS = frozenset({"users", "devices", "device_pin_codes"})
