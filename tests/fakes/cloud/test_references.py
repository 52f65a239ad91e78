"""What must exist for a record to be stored, and what the double invents where it does not (CLOUD §4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.cloud import Cloud
from tests.fakes.cloud.asking import (
    APPOINTMENT,
    DONE,
    MADE_MS,
    PATIENT,
    PRESCRIPTION,
    SERVER_ERROR,
    UNKNOWN,
    Asking,
    person,
)
from tests.fakes.cloud.organisation import ADMIN, CLINIC_A, CLINIC_B, DRUG, EMAILS, PASSWORD, PROVIDER
from tests.fakes.cloud.test_push import FAILED_ITEM, OTHER, stored

OK = (200, DONE)
FAILED = (500, SERVER_ERROR)
MUST_EXIST = {
    "patients": ("last_modified_by",),
    "visits": ("patient_id", "provider_id"),
    "events": ("patient_id", "form_id", "recorded_by_user_id"),
    "appointments": ("patient_id", "user_id", "current_visit_id"),
    "prescriptions": ("patient_id", "provider_id", "visit_id"),
    "patient_vitals": ("patient_id", "visit_id", "recorded_by_user_id"),
    "patient_problems": ("patient_id", "visit_id", "recorded_by_user_id"),
    "dispensing_records": ("drug_id", "patient_id", "dispensed_by", "prescription_item_id"),
    "prescription_items": ("prescription_id", "patient_id", "drug_id"),
}
MAY_BE_NULL = {
    "patients": ("last_modified_by", "primary_clinic_id"),
    "visits": ("clinic_id", "provider_id"),
    "events": ("form_id", "recorded_by_user_id"),
    "patient_vitals": ("visit_id", "recorded_by_user_id"),
    "patient_problems": ("visit_id", "recorded_by_user_id"),
    "dispensing_records": ("prescription_item_id",),
}
MUST_BE_GIVEN = {
    "visits": ("id", "patient_id"),
    "patient_additional_attributes": ("id", "attribute_id"),
    "appointments": ("patient_id", "clinic_id", "user_id", "duration", "reason"),
    "prescriptions": ("provider_id",),
    "patient_vitals": ("patient_id",),
    "patient_problems": (
        "patient_id",
        "problem_code_system",
        "problem_code",
        "problem_label",
        "clinical_status",
        "verification_status",
    ),
    "dispensing_records": ("clinic_id", "drug_id", "patient_id", "dispensed_by"),
    "prescription_items": ("prescription_id", "patient_id", "drug_id", "clinic_id"),
}


def pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(name, column) for name, columns in table.items() for column in columns]


def failure(table: str) -> tuple[int, Any]:
    return FAILED_ITEM if table == "prescription_items" else FAILED


@pytest.mark.parametrize(("table", "column"), pairs(MUST_EXIST))
def test_a_reference_to_nothing_fails(cloud: Cloud, asking: Asking, table: str, column: str) -> None:
    """CLOUD §4, references."""
    asking.create_all()
    assert asking.create(table, **{"id": OTHER, column: UNKNOWN}) == failure(table)
    assert cloud.row(table, OTHER) is None


@pytest.mark.parametrize(("table", "column"), pairs(MAY_BE_NULL))
def test_some_references_may_be_null(cloud: Cloud, asking: Asking, table: str, column: str) -> None:
    """CLOUD §4, references."""
    asking.create_all()
    assert asking.create(table, **{"id": OTHER, column: None}) == OK
    assert stored(cloud, table, OTHER)[column] is None


@pytest.mark.parametrize(("table", "column"), pairs(MUST_BE_GIVEN))
def test_some_columns_may_not_be_null(asking: Asking, table: str, column: str) -> None:
    """CLOUD §4, references."""
    asking.create_all()
    assert asking.create(table, **{"id": OTHER, column: None}) == failure(table)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("patients", "last_modified_by"),
        ("visits", "provider_id"),
        ("patient_vitals", "visit_id"),
        ("events", "form_id"),
    ],
)
def test_an_empty_text_is_no_uuid(asking: Asking, table: str, column: str) -> None:
    """CLOUD §4, references."""
    asking.create_all()
    assert asking.create(table, **{"id": OTHER, column: ""}) == FAILED


def test_a_record_that_would_be_skipped_as_stale_is_not_checked(asking: Asking) -> None:
    """PostgreSQL looks at references of rows that are written only."""
    asking.create_all()
    assert asking.update("visits", provider_id=UNKNOWN) == OK
    assert asking.update("visits", provider_id=UNKNOWN, updated_at=MADE_MS + 1) == FAILED


def test_deleted_parents_still_exist(asking: Asking) -> None:
    """CLOUD §4 [100, 100b]."""
    asking.create_all()
    asking.delete("patients", PATIENT)
    for table in ("visits", "events"):
        assert asking.create(table, id=OTHER) == OK


def test_attributes_of_nobody_are_accepted(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [85]."""
    assert asking.create("patient_additional_attributes", patient_id=UNKNOWN) == OK


# Visits out of nothing


def test_an_event_of_an_unknown_visit_gets_one_in_the_first_users_clinic(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [82]."""
    asking.create("patients")
    assert asking.create("events", visit_id=UNKNOWN) == OK
    visit = stored(cloud, "visits", UNKNOWN)
    first = (visit["clinic_id"], visit["provider_id"], visit["patient_id"])
    assert first == (CLINIC_A, ADMIN, PATIENT)


@pytest.mark.parametrize("visit_id", [None, ""])
def test_an_event_without_a_visit_gets_a_new_one_each_time_it_is_sent(
    cloud: Cloud, asking: Asking, visit_id: str | None
) -> None:
    """CLOUD §4 [82b, 82c]: even when the event itself is skipped as stale."""
    asking.create("patients")
    for sent in range(1, 4):
        assert asking.create("events", visit_id=visit_id) == OK
        assert (len(cloud.rows("visits")), len(cloud.rows("events"))) == (sent, 1)


def test_a_visit_invented_for_an_event_stays_though_the_event_fails(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: two statements, two commits."""
    asking.create("patients")
    assert asking.create("events", visit_id=None, form_id=UNKNOWN) == FAILED
    assert (len(cloud.rows("visits")), cloud.rows("events")) == (1, [])


@pytest.mark.parametrize(("table", "column"), [("appointments", "current_visit_id"), ("prescriptions", "visit_id")])
def test_appointments_and_prescriptions_without_a_visit_get_a_new_one_each_time(
    cloud: Cloud, asking: Asking, table: str, column: str
) -> None:
    """CLOUD §4 [86b, 86b2, 87c]."""
    asking.create("patients")
    for sent in range(1, 4):
        assert asking.create(table, **{column: None}) == OK
        assert (len(cloud.rows("visits")), len(cloud.rows(table))) == (sent, 1)


def test_a_visit_invented_for_an_appointment_goes_with_it_when_it_fails(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: one transaction."""
    asking.create("patients")
    assert asking.create("appointments", current_visit_id=None, reason=None) == FAILED
    assert cloud.rows("visits") == []


def test_an_appointments_unreadable_provider_and_fulfilled_visit_become_null(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4."""
    asking.create("patients")
    asking.create("visits")
    assert asking.create("appointments", provider_id="nobody", fulfilled_visit_id="") == OK
    row = stored(cloud, "appointments")
    assert (row["provider_id"], row["fulfilled_visit_id"]) == (None, None)


def test_a_person_lends_an_appointment_the_clinic_and_user_it_lacks(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [117b]; a hub cannot."""
    asking.create("patients")
    asking.create("visits")
    phone = person(cloud.url, EMAILS[PROVIDER], PASSWORD)
    assert phone.create("appointments", clinic_id=None, user_id=None) == OK
    row = stored(cloud, "appointments", APPOINTMENT)
    assert (row["clinic_id"], row["user_id"]) == (CLINIC_A, PROVIDER)


def test_a_prescription_without_a_pickup_clinic_gets_its_providers(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [87b]."""
    asking.create("patients")
    asking.create("visits")
    cloud.overwrite("users", PROVIDER, clinic_id=CLINIC_B)
    assert asking.create("prescriptions", pickup_clinic_id=None) == OK
    assert stored(cloud, "prescriptions", PRESCRIPTION)["pickup_clinic_id"] == CLINIC_B


# Ids and stock


def test_a_patient_whose_id_is_no_uuid_is_stored_under_a_new_one_each_time(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4 [93]."""
    for sent in range(1, 3):
        assert asking.create("patients", id="legacy-1") == OK
        assert len({row["id"] for row in cloud.rows("patients")} - {"legacy-1"}) == sent


@pytest.mark.parametrize("sent", [{}, "x", 5, []])
def test_an_empty_record_makes_an_empty_patient(cloud: Cloud, asking: Asking, sent: Any) -> None:
    """CLOUD §4 [131, 132]."""
    assert asking.push({"patients": {"created": [sent]}}).outcome == OK
    assert [row["surname"] for row in cloud.live("patients")] == [None]


def test_dispensing_lowers_the_stock_below_zero_and_shows_it_in_pulls(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: the database's trigger, on inserts only."""
    asking.create_all()
    asking.create("dispensing_records", id=OTHER, prescription_item_id=None)
    asking.update("dispensing_records", quantity_dispensed=100, updated_at=MADE_MS + 1)
    (stock,) = asking.pull()["changes"]["clinic_inventory"]["created"]
    assert (stock["clinic_id"], stock["drug_id"], stock["quantity_available"]) == (CLINIC_A, DRUG, -14)
    assert stock["batch_number"].startswith(f"UNTRACKED-{DRUG}-")
    assert stored(cloud, "dispensing_records", OTHER)["batch_id"] == stock["batch_id"]


def test_a_batch_nobody_knows_is_recovered(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4: the database's trigger."""
    asking.create_all()
    asking.create("dispensing_records", id=OTHER, batch_id=UNKNOWN)
    assert f"RECOVERED-{UNKNOWN}" in {row["batch_number"] for row in cloud.rows("clinic_inventory")}
