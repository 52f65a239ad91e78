"""What happens between two syncs: the app is upgraded or started again, the power fails, the program stops.

Knows nothing of load (kill -9 under load is tested elsewhere).
"""

from __future__ import annotations

import pytest

from tests.e2e.clinic import (
    Clinic,
    assert_clean,
    quiet_pulls,
    settle,
    stored,
    synced,
    unequal_after_settling,
)
from tests.phone.client import Phone, Style

CHANNELS = pytest.mark.parametrize("path", ["/sync", "/api/v2/sync"])


def write_what_came_after_schema_6(phone: Phone) -> dict[str, str]:
    """A record in every table that is newer or got columns since; their ids by table."""
    patient = phone.create("patients", given_name="Amal")
    return {
        "events": phone.create("events", patient_id=patient, recorded_by_user_id="u1"),
        "patient_vitals": phone.create("patient_vitals", patient_id=patient, event_id="e1", heart_rate=70),
        "drug_catalogue": phone.create("drug_catalogue", generic_name="amoxicillin", is_active=True),
        "clinic_inventory": phone.create("clinic_inventory", batch_number="B7", quantity_available=3),
        "prescription_items": phone.create("prescription_items", patient_id=patient, quantity_prescribed=2),
        "dispensing_records": phone.create("dispensing_records", patient_id=patient, quantity_dispensed=1),
    }


@CHANNELS
@pytest.mark.parametrize("versions", [(9,), (7, 8, 9)], ids=["at once", "step by step"])
def test_an_upgraded_app_receives_the_rows_of_its_new_tables_and_columns(
    clinic: Clinic, path: str, versions: tuple[int, ...]
) -> None:
    newest, upgraded = clinic.library_phone(path=path), clinic.library_phone(schema=6, path=path)
    ids = write_what_came_after_schema_6(newest)
    settle(newest, upgraded)
    assert "drug_catalogue" not in upgraded.snapshot()
    for version in versions:
        upgraded.upgrade(version)
        migration = synced(upgraded).migration
        assert migration is not None
        assert migration["from"] == version - 1 or len(versions) == 1
    assert unequal_after_settling(upgraded, newest, rounds=1) == []
    assert stored(upgraded, "events", ids["events"])["recorded_by_user_id"] == "u1"
    assert stored(upgraded, "patient_vitals", ids["patient_vitals"])["event_id"] == "e1"
    assert stored(upgraded, "clinic_inventory", ids["clinic_inventory"])["batch_number"] == "B7"
    assert quiet_pulls([upgraded, newest]) == [0, 0]


def test_an_upgrade_survives_lost_replies_and_edits_on_both_sides(clinic: Clinic) -> None:
    newest, upgraded = clinic.library_phone(), clinic.library_phone(schema=6)
    ids = write_what_came_after_schema_6(newest)
    settle(newest, upgraded)
    upgraded.update("events", ids["events"], event_type="edited before the upgrade")
    newest.update("events", ids["events"], recorded_by_user_id="u2")
    later = newest.create("drug_catalogue", generic_name="made after the last sync")
    synced(newest)
    upgraded.upgrade(9)
    for _ in range(2):
        lost = upgraded.sync(lose_pull="reply")
        assert lost.migration is not None
    assert upgraded.sync(lose_push="reply").migration is not None
    assert unequal_after_settling(upgraded, newest) == []
    row = stored(upgraded, "events", ids["events"])
    assert (row["recorded_by_user_id"], row["event_type"]) == ("u2", "edited before the upgrade")
    assert upgraded.rows("drug_catalogue").keys() == {ids["drug_catalogue"], later}


def test_a_first_generation_phone_that_becomes_a_library_phone_converges(clinic: Clinic) -> None:
    phone, other = clinic.legacy_phone(schema=8), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    other.create("drug_catalogue", generic_name="amoxicillin")
    settle(phone, other)
    phone.upgrade(9)
    for _ in range(2):  # the library knows nothing of the rows that the old code stored: it complains once
        outcome = phone.sync(style="library", path="/api/v2/sync", parameter="last_pulled_at")
        assert outcome.ok, outcome
    assert outcome.complaints == []
    synced(other)
    assert phone.rows("drug_catalogue").keys() == other.rows("drug_catalogue").keys()
    assert stored(other, "patients", patient)["given_name"] == "Amal"


@pytest.mark.parametrize("style", ["library", "legacy"])
def test_a_phone_goes_on_where_it_was_after_the_app_was_started_again(clinic: Clinic, style: Style) -> None:
    phone = clinic.library_phone() if style == "library" else clinic.legacy_phone()
    other = clinic.library_phone()
    patient, another = phone.create("patients", given_name="Amal"), phone.create("patients", given_name="Amira")
    settle(phone, other)
    phone.update("patients", patient, phone="1")
    phone.reopen()
    other.update("patients", another, surname="Haddad")
    assert unequal_after_settling(other, phone) == []
    assert stored(other, "patients", patient)["phone"] == "1"
    assert stored(phone, "patients", another)["surname"] == "Haddad"
    assert quiet_pulls([phone, other]) == [0, 0]


@CHANNELS
def test_phones_go_on_as_if_nothing_had_happened_after_a_power_cut(clinic: Clinic, path: str) -> None:
    phones = [clinic.library_phone(path=path), clinic.library_phone(path=path), clinic.legacy_phone()]
    first, second, _ = phones
    patient = first.create("patients", given_name="Amal")
    settle(*phones)
    second.update("patients", patient, phone="acknowledged")
    synced(second)
    clinic.server.restart_after_kill()
    assert quiet_pulls([second]) == [0]
    assert unequal_after_settling(*phones) == []
    assert stored(first, "patients", patient)["phone"] == "acknowledged"
    first.update("patients", patient, surname="after the power cut")
    assert unequal_after_settling(*phones) == []
    assert quiet_pulls(phones) == [0, 0, 0]


@pytest.mark.parametrize("style", ["library", "legacy"])
def test_a_power_cut_between_pull_and_push_costs_nothing(clinic: Clinic, style: Style) -> None:
    phone = clinic.library_phone() if style == "library" else clinic.legacy_phone()
    other = clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    settle(phone, other)
    phone.update("patients", patient, phone="1")
    assert phone.start_sync().is_paused
    clinic.server.restart_after_kill()
    assert_clean(phone, phone.finish_sync())
    assert unequal_after_settling(phone, other) == []
    assert stored(other, "patients", patient)["phone"] == "1"
    assert quiet_pulls([phone, other]) == [0, 0]


def test_an_acknowledged_push_is_there_after_a_power_cut_in_the_next_moment(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    for number in range(5):
        phone.create("patients", f"p{number}", given_name="Amal")
        synced(phone)
        clinic.server.restart_after_kill()
    synced(other)
    assert other.rows("patients").keys() == {f"p{number}" for number in range(5)}


def test_a_phone_waits_while_the_server_is_off_and_goes_on_when_it_is_back(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    settle(phone, other)
    assert clinic.server.stop() == 0
    patient = phone.create("patients", given_name="Amal")
    outcome = phone.sync()
    assert (outcome.ok, outcome.status) == (False, None)
    clinic.server.start()
    assert unequal_after_settling(phone, other) == []
    assert other.rows("patients").keys() == {patient}


def test_a_first_generation_phone_learns_of_deletions_that_came_before_a_restart(clinic: Clinic) -> None:
    legacy, library = clinic.legacy_phone(), clinic.library_phone()
    patient = library.create("patients", given_name="Amal")
    settle(library, legacy)
    library.mark_as_deleted("patients", patient)
    settle(library, legacy, rounds=1)
    clinic.server.restart_after_kill()
    assert unequal_after_settling(library, legacy) == []
    assert legacy.rows("patients") == {}
