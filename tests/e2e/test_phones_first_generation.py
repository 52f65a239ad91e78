"""Phones of the first generation, alone and among library phones (PROTOCOL §6).

Knows nothing of their later, library-style versions.
"""

from __future__ import annotations

import time

import pytest

from tests.e2e.clinic import (
    HOUR_MS,
    Clinic,
    is_visible,
    quiet_pulls,
    settle,
    stored,
    synced,
    unequal_after_settling,
)
from tests.phone.convergence import FIRST_GENERATION_TABLES, differences

SCHEMAS = pytest.mark.parametrize("schema", [4, 6, 8])


@SCHEMAS
def test_a_first_generation_phone_converges_with_library_phones(clinic: Clinic, schema: int) -> None:
    legacy, library, plain = (
        clinic.legacy_phone(schema=schema),
        clinic.library_phone(),
        clinic.library_phone(path="/sync"),
    )
    patient = legacy.create("patients", given_name="from the old phone", date_of_birth="1980-02-29")
    library.create("patients", given_name="from the new phone", primary_clinic_id="c1")
    library.create("patient_vitals", patient_id=patient, heart_rate=70)
    library.create("drug_catalogue", generic_name="amoxicillin")
    assert unequal_after_settling(legacy, library, plain) == []
    library.update("patients", patient, phone="1")
    legacy.update("patients", patient, surname="Haddad")
    assert unequal_after_settling(legacy, library, plain) == []
    row = stored(library, "patients", patient)
    assert (row["phone"], row["surname"]) == ("1", "Haddad")
    assert quiet_pulls([legacy, library, plain]) == [0, 0, 0]


@SCHEMAS
def test_a_first_generation_phone_is_sent_only_its_ten_tables(clinic: Clinic, schema: int) -> None:
    legacy, library = clinic.legacy_phone(schema=schema), clinic.library_phone()
    library.create("patients", given_name="Amal")
    library.create("patient_vitals", heart_rate=70)
    library.create("clinic_inventory", batch_number="B7")
    synced(library)
    assert synced(legacy).pulled.keys() <= FIRST_GENERATION_TABLES


def test_first_generation_phones_of_different_schemas_converge(clinic: Clinic) -> None:
    phones = [clinic.legacy_phone(schema=schema) for schema in (4, 6, 8)]
    for phone in phones:
        phone.create("patients", given_name=phone.name)
        phone.create("appointments", reason=phone.name)
    assert unequal_after_settling(*phones) == []
    for phone in phones:
        phone.update("patients", next(iter(phone.rows("patients"))), surname=phone.name)
    assert unequal_after_settling(*phones) == []
    assert quiet_pulls(phones) == [0, 0, 0]


def test_columns_that_an_old_app_does_not_know_outlive_its_edits(clinic: Clinic) -> None:
    library, legacy, older = clinic.library_phone(), clinic.legacy_phone(schema=4), clinic.library_phone(schema=5)
    patient = library.create("patients", given_name="Amal", primary_clinic_id="c1")
    event = library.create("events", patient_id=patient, recorded_by_user_id="u1")
    appointment = library.create("appointments", patient_id=patient, is_walk_in=True, departments='["d1"]')
    settle(library, legacy, older)
    legacy.update("patients", patient, phone="1")
    legacy.update("appointments", appointment, reason="pain")
    older.update("events", event, event_type="x")
    assert unequal_after_settling(legacy, older, library) == []
    assert stored(library, "patients", patient)["primary_clinic_id"] == "c1"
    assert stored(library, "events", event)["recorded_by_user_id"] == "u1"
    row = stored(library, "appointments", appointment)
    assert (row["is_walk_in"], row["departments"], row["reason"]) == (True, '["d1"]', "pain")


@SCHEMAS
def test_a_newer_local_edit_survives_the_own_push_coming_back_even_after_the_first_sync(
    clinic: Clinic, schema: int
) -> None:
    legacy, library = clinic.legacy_phone(schema=schema), clinic.library_phone()
    patient = legacy.create("patients", given_name="Amal", phone="0")
    for value in ("1", "2", "3"):
        synced(legacy)
        legacy.update("patients", patient, phone=value)
        outcome = synced(legacy)
        assert outcome.pulled_count == 0 or patient not in outcome.pulled["patients"].ids
        assert outcome.pushed["patients"].ids == {patient}
        assert stored(legacy, "patients", patient)["phone"] == value
        synced(library)
        assert stored(library, "patients", patient)["phone"] == value
    assert unequal_after_settling(legacy, library) == []


def test_an_edit_made_while_the_very_first_push_is_under_way_survives(clinic: Clinic) -> None:
    legacy, library = clinic.legacy_phone(), clinic.library_phone()
    patient = legacy.create("patients", given_name="Amal", phone="0")
    assert legacy.start_sync().is_paused
    legacy.update("patients", patient, phone="edited meanwhile")
    assert legacy.finish_sync().ok
    assert unequal_after_settling(legacy, library) == []
    assert stored(library, "patients", patient)["phone"] == "edited meanwhile"


def test_two_first_generation_phones_that_begin_at_the_same_time_both_get_everything(clinic: Clinic) -> None:
    first, second = clinic.legacy_phone(), clinic.legacy_phone()
    for phone in (first, second):
        phone.create("patients", given_name=phone.name)
    assert first.start_sync().is_paused
    assert second.start_sync().is_paused
    assert first.finish_sync().ok
    assert second.finish_sync().ok
    assert unequal_after_settling(first, second) == []
    assert len(first.rows("patients")) == 2
    assert quiet_pulls([first, second]) == [0, 0]


@SCHEMAS
def test_a_deletion_on_a_first_generation_phone_reaches_all_phones(clinic: Clinic, schema: int) -> None:
    legacy, other_legacy, library = clinic.legacy_phone(schema=schema), clinic.legacy_phone(), clinic.library_phone()
    patient = legacy.create("patients", given_name="Amal")
    kept = legacy.create("patients", given_name="Amira")
    settle(legacy, other_legacy, library)
    legacy.soft_delete("patients", patient)
    assert unequal_after_settling(legacy, other_legacy, library) == []
    for phone in (legacy, other_legacy, library):
        assert not is_visible(phone, "patients", patient)
        assert is_visible(phone, "patients", kept)
    assert quiet_pulls([legacy, other_legacy, library]) == [0, 0, 0]


@SCHEMAS
def test_a_deletion_on_a_library_phone_reaches_first_generation_phones_and_harms_nobody(
    clinic: Clinic, schema: int
) -> None:
    legacy, library, plain = (
        clinic.legacy_phone(schema=schema),
        clinic.library_phone(),
        clinic.library_phone(path="/sync", says_schema=False),
    )
    patient = library.create("patients", given_name="Amal")
    legacy.create("patients", given_name="Amira")
    settle(legacy, library, plain)
    library.mark_as_deleted("patients", patient)
    outcomes = [synced(phone) for phone in (library, legacy, plain, library, legacy, plain)]
    for outcome, phone in zip(outcomes, (library, legacy, plain) * 2, strict=True):
        for table in outcome.pulled.values():
            if phone.style == "library":
                assert all(isinstance(entry, str) for entry in table.deleted)
    assert unequal_after_settling(legacy, library, plain) == []
    assert not is_visible(legacy, "patients", patient)
    assert quiet_pulls([legacy, library, plain]) == [0, 0, 0]


def test_a_first_generation_phone_that_never_wrote_anything_gets_deletions_too(clinic: Clinic) -> None:
    legacy, library = clinic.legacy_phone(schema=4), clinic.library_phone()
    patient = library.create("patients", given_name="Amal")
    settle(library, legacy)
    library.mark_as_deleted("patients", patient)
    assert unequal_after_settling(library, legacy) == []
    assert not is_visible(legacy, "patients", patient)


def test_an_edit_of_a_first_generation_phone_does_not_bring_a_deleted_record_back(clinic: Clinic) -> None:
    legacy, library = clinic.legacy_phone(), clinic.library_phone()
    patient = library.create("patients", given_name="Amal")
    settle(library, legacy)
    legacy.update("patients", patient, phone="1")
    assert legacy.start_sync().is_paused
    library.mark_as_deleted("patients", patient)
    synced(library)
    assert legacy.finish_sync().ok
    assert unequal_after_settling(library, legacy, rounds=3) == []
    assert not is_visible(legacy, "patients", patient)


def test_an_edit_between_pull_and_push_of_a_first_generation_phone_is_merged(clinic: Clinic) -> None:
    legacy, library = clinic.legacy_phone(), clinic.library_phone()
    patient = library.create("patients", given_name="G", surname="S", phone="0")
    settle(library, legacy)
    legacy.update("patients", patient, given_name="from legacy")
    assert legacy.start_sync().is_paused
    library.update("patients", patient, surname="from library")
    synced(library)
    assert legacy.finish_sync().ok
    assert unequal_after_settling(legacy, library) == []
    row = stored(legacy, "patients", patient)
    assert (row["given_name"], row["surname"]) == ("from legacy", "from library")


@pytest.mark.parametrize("offset_ms", [-HOUR_MS, HOUR_MS], ids=["an hour behind", "an hour ahead"])
def test_edits_of_a_first_generation_phone_with_a_wrong_clock_get_through(clinic: Clinic, offset_ms: int) -> None:
    legacy, library = clinic.legacy_phone(clock_offset_ms=offset_ms), clinic.library_phone()
    patient = legacy.create("patients", given_name="Amal", phone="0")
    settle(legacy, library, rounds=3)
    legacy.update("patients", patient, phone="1")
    assert unequal_after_settling(legacy, library, rounds=3) == []
    assert stored(library, "patients", patient)["phone"] == "1"
    library.update("patients", patient, phone="2")
    assert unequal_after_settling(library, legacy, rounds=3) == []
    assert stored(legacy, "patients", patient)["phone"] == "2"


@pytest.mark.parametrize("is_first_sync_empty", [False, True])
def test_records_written_soon_after_a_sync_do_not_stay_on_a_phone_whose_clock_is_behind(
    clinic: Clinic, is_first_sync_empty: bool
) -> None:
    """Such a phone compares the server's mark with its own, earlier times (PROTOCOL §6)."""
    legacy, library = clinic.legacy_phone(clock_offset_ms=-HOUR_MS), clinic.library_phone()
    if not is_first_sync_empty:
        legacy.create("patients", given_name="before the first sync")
    synced(legacy)
    patient = legacy.create("patients", given_name="after the first sync")
    synced(legacy)
    legacy.set_clock(0)
    legacy.create("patients", given_name="after the clock was put right")
    assert unequal_after_settling(legacy, library, rounds=3) == []
    assert is_visible(library, "patients", patient)


def test_a_phone_that_carries_rows_on_in_the_other_style_changes_nothing(clinic: Clinic) -> None:
    writer, courier, witness = clinic.library_phone(), clinic.legacy_phone(schema=8), clinic.library_phone()
    patient = writer.create("patients", given_name="Amal")
    settle(writer, courier, witness)
    writer.update("patients", patient, phone="1")
    settle(writer, witness)
    carried = courier.sync(style="library", path="/api/v2/sync", parameter="last_pulled_at")
    assert carried.ok, carried  # complaints are its own fault: it has the rows of its other sync already
    assert patient in carried.pushed["patients"].ids
    assert quiet_pulls([writer, witness]) == [0, 0]
    assert stored(witness, "patients", patient)["phone"] == "1"
    settle(courier)
    assert differences([writer, courier, witness]) == []


def test_a_row_that_a_newer_app_passes_on_unchanged_is_no_edit(clinic: Clinic) -> None:
    """The newer app adds its columns, empty, to a row of the older one. If that came back to the older phone as an
    edit, it would overwrite what was written there meanwhile."""
    older, courier, library = clinic.legacy_phone(schema=4), clinic.legacy_phone(schema=8), clinic.library_phone()
    patient = older.create("patients", given_name="Amal")
    settle(older, courier, library)
    carried = courier.sync(style="library", path="/api/v2/sync", parameter="last_pulled_at")
    assert carried.ok, carried
    assert patient in carried.pushed["patients"].ids
    assert quiet_pulls([older, library]) == [0, 0]


def test_a_quiet_first_generation_phone_sends_back_only_what_others_wrote_in_the_last_day(clinic: Clinic) -> None:
    """It sends what is newer than its mark (PROTOCOL §6), and that is a day in the past."""
    legacy, library = clinic.legacy_phone(), clinic.library_phone()
    legacy.create("patients", given_name="its own")
    settle(legacy, rounds=2)
    before_yesterday = int(time.time() * 1000) - 2 * 24 * HOUR_MS
    times = {"created_at": before_yesterday, "updated_at": before_yesterday}
    library.create_many("patients", [{"given_name": f"Patient {number}", **times} for number in range(100)])
    library.create_many("patients", [{"given_name": f"Patient of today {number}"} for number in range(5)])
    settle(library, legacy, rounds=2)
    # The rows of today, its own among them, the clinic and two accounts: each time, and each time nothing changes.
    assert synced(legacy).pushed_count == synced(legacy).pushed_count == 5 + 1 + 3
    assert quiet_pulls([library, legacy]) == [0, 0]
