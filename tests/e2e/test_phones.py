"""Library-style phones and the running program: what one phone writes, the others get, without a complaint.

Knows nothing of lost replies (test_phones_lost_replies.py) or conflicts (test_phones_conflicts.py).
"""

from __future__ import annotations

import json

import pytest

from tests.e2e.clinic import Clinic, assert_clean, quiet_pulls, settle, stored, synced, unequal_after_settling
from tests.e2e.server import DOCTOR, NURSE, StaffAccount
from tests.phone.client import LosePull, Style
from tests.phone.convergence import PHONE_ONLY_TABLES, differences

CHANNELS = pytest.mark.parametrize("path", ["/sync", "/api/v2/sync"])

ODD_TEXTS = {
    "arabic": "مرحبا بكم في العيادة ١٢٣",
    "arabic with marks and direction signs": "بِسْمِ\u200f \u202bאבג\u202c \u200d",
    "emoji": "👩🏽‍⚕️🇸🇾😀",
    "beyond the basic plane": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈",
    "line ends": "one\r\ntwo\nthree\u2028four\u2029five\ttab",
    "quotes": "\"'`\\ -- '; DROP TABLE patients; --",
    "markup": "<script>alert(1)</script> &amp; %s {0} ${x}",
    "control": "\x01\x1f\x7f\x85",
    "not normalised": "e\u0301 é \ufb01 \ufeff",
    "spaces": "   ",
    "looks like a number": "00012.50",
    "looks like null": "null",
}
ODD_NUMBERS = [0, -1, 0.1, 36.6, -273.15, 1e-7, 1.5e300, 2**53 - 1, -(2**53 - 1), 2**40 + 0.5]


@CHANNELS
def test_two_library_phones_converge_without_a_complaint(clinic: Clinic, path: str) -> None:
    first, second = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = first.create("patients", given_name="Amal", surname="Haddad", date_of_birth="1980-02-29")
    visit = first.create("visits", patient_id=patient, clinic_id="c1", check_in_timestamp=1_760_000_000_000)
    first.create("events", patient_id=patient, visit_id=visit, form_data='[{"value":"é"}]')
    first.create("appointments", patient_id=patient, is_walk_in=True, departments='["d1"]', timestamp=1)
    first.create("prescriptions", patient_id=patient, items='[{"drug":"x"}]', status="pending")
    first.create("patient_additional_attributes", patient_id=patient, attribute="blood", boolean_value=True)
    second.create_many("patients", [{"given_name": f"Patient {number}"} for number in range(200)])
    assert unequal_after_settling(first, second) == []
    assert len(second.rows("patients")) == 201
    assert not first.has_unsynced()
    second.update("patients", patient, phone="0711")
    second.mark_as_deleted("visits", visit)
    assert unequal_after_settling(second, first) == []
    assert stored(first, "patients", patient)["phone"] == "0711"
    assert first.row("visits", visit) is None


@CHANNELS
def test_every_table_that_phones_may_write_reaches_the_other_phone(clinic: Clinic, path: str) -> None:
    first, second = clinic.library_phone(path=path), clinic.library_phone(path=path)
    patient = first.create("patients", given_name="Amal")
    written = {
        "patient_vitals": {"patient_id": patient, "temperature_celsius": 36.6, "event_id": "e1"},
        "patient_problems": {"patient_id": patient, "problem_code": "J45", "onset_date": 1_700_000_000_000},
        "clinic_departments": {"clinic_id": "c1", "name": "Pharmacy", "can_dispense_medications": True},
        "drug_catalogue": {"generic_name": "amoxicillin", "dosage_quantity": "500.0", "is_active": True},
        "clinic_inventory": {"clinic_id": "c1", "drug_id": "d1", "batch_number": "B7", "quantity_available": 12},
        "prescription_items": {"patient_id": patient, "prescription_id": "rx1", "quantity_prescribed": 3},
        "dispensing_records": {"patient_id": patient, "drug_id": "d1", "quantity_dispensed": 1},
    }
    ids = {table: first.create(table, **values) for table, values in written.items()}
    assert unequal_after_settling(first, second) == []
    for table, values in written.items():
        assert values.items() <= stored(second, table, ids[table]).items()


@CHANNELS
@pytest.mark.parametrize("style", ["library", "legacy"])
def test_a_phones_own_push_does_not_come_back(clinic: Clinic, path: str, style: Style) -> None:
    phone = clinic.library_phone(path=path) if style == "library" else clinic.legacy_phone()
    other = clinic.library_phone(path=path)
    patient = phone.create("patients", given_name="Amal")
    assert synced(phone).pushed["patients"].ids == {patient}
    assert synced(phone).pulled_count == 0
    phone.update("patients", patient, given_name="Amira")
    assert synced(phone).pushed["patients"].ids == {patient}
    assert quiet_pulls([phone, phone]) == [0, 0]
    assert patient in synced(other).pulled["patients"].created
    assert quiet_pulls([phone, other]) == [0, 0]
    assert differences([phone, other]) == []


def test_phones_of_two_members_of_staff_and_of_both_addresses_converge(clinic: Clinic) -> None:
    phones = [
        clinic.library_phone(path=path, account=account)
        for path in ("/sync", "/api/v2/sync")
        for account in (NURSE, DOCTOR)
    ]
    for phone in phones:
        phone.create("patients", given_name=phone.name)
    assert unequal_after_settling(*phones) == []
    assert len(phones[0].rows("patients")) == 4
    assert quiet_pulls(phones) == [0] * 4


def test_one_phone_may_use_both_addresses(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    assert_clean(phone, phone.sync(path="/sync", parameter="lastPulledAt"))
    phone.update("patients", patient, surname="Haddad")
    assert_clean(phone, phone.sync(path="/api/v2/sync", parameter="lastPulledAt"))
    assert_clean(phone, phone.sync(path="/sync", parameter="last_pulled_at"))
    assert unequal_after_settling(phone, other) == []


def test_a_library_phone_that_does_not_say_its_schema_converges_too(clinic: Clinic) -> None:
    plain = clinic.library_phone(path="/sync", says_schema=False)
    other = clinic.library_phone(path="/sync")
    patient = plain.create("patients", given_name="Amal")
    doomed = plain.create("patients", given_name="to be deleted")
    assert unequal_after_settling(plain, other) == []
    other.mark_as_deleted("patients", doomed)
    plain.update("patients", patient, phone="1")
    assert unequal_after_settling(other, plain) == []
    assert plain.rows("patients").keys() == {patient}
    assert quiet_pulls([plain, other]) == [0, 0]


def test_the_clinic_and_its_staff_reach_the_phones_without_their_passwords(clinic: Clinic) -> None:
    for phone in (clinic.library_phone(), clinic.library_phone(path="/sync"), clinic.legacy_phone(schema=4)):
        outcome = phone.sync(keep_bodies=True)
        assert_clean(phone, outcome)
        assert {row["email"] for row in phone.rows("users").values()} == {NURSE.email, DOCTOR.email}
        assert {row["name"] for row in phone.rows("clinics").values()} == {NURSE.clinic}
        assert not any("hashed_password" in (exchange.reply or "") for exchange in outcome.exchanges)


def test_what_a_phone_writes_into_the_servers_own_tables_stays_on_that_phone(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    settle(phone, other)
    user = next(iter(phone.rows("users")))
    phone.update("users", user, role="super_admin")
    phone.create("app_config", namespace="auth", key="k", value="v")
    synced(phone)
    assert synced(other).pulled_count == 0
    assert stored(other, "users", user)["role"] != "super_admin"


def test_nothing_in_event_logs_and_peers_comes_back(clinic: Clinic) -> None:
    phone, other = clinic.library_phone(), clinic.library_phone()
    phone.create("event_logs", transaction_id="t1", changes='{"secret":"log"}')
    phone.create("peers", peer_id="hub", public_key="secret key")
    assert synced(phone).pushed.keys() == PHONE_ONLY_TABLES
    for reader in (phone, other):
        outcome = reader.sync(keep_bodies=True)
        assert_clean(reader, outcome)
        changes = json.loads(outcome.exchanges[0].reply or "")["changes"]
        assert not changes.keys() & PHONE_ONLY_TABLES
    assert other.rows("event_logs") == other.rows("peers") == {}


@pytest.mark.parametrize(
    "account",
    [
        StaffAccount(NURSE.email, "wrong password", "", ""),
        StaffAccount("nobody@example.org", NURSE.password, "", ""),
        StaffAccount("", "", "", ""),
    ],
    ids=["wrong password", "unknown person", "nothing typed"],
)
def test_a_phone_that_is_not_signed_in_gets_401_and_no_data(clinic: Clinic, account: StaffAccount) -> None:
    synced(clinic.library_phone())
    phones = [
        clinic.library_phone(account=account),
        clinic.library_phone(path="/sync", account=account),
        clinic.legacy_phone(account=account),
    ]
    for phone in phones:
        patient = phone.create("patients", given_name="waits on the phone")
        outcome = phone.sync(keep_bodies=True)
        assert (outcome.ok, outcome.status, outcome.has_pushed) == (False, 401, False)
        assert isinstance(json.loads(outcome.exchanges[0].reply or ""), dict)
        assert NURSE.email not in (outcome.exchanges[0].reply or "")
        phone.connect(credentials=NURSE.credentials)
        assert patient in synced(phone).pushed["patients"].ids


def test_odd_texts_survive_on_every_kind_of_phone(clinic: Clinic) -> None:
    writer, library, legacy = clinic.library_phone(), clinic.library_phone(path="/sync"), clinic.legacy_phone()
    ids = {
        text: writer.create("patients", given_name=text, metadata=json.dumps({"note": text}, ensure_ascii=False))
        for text in ODD_TEXTS.values()
    }
    assert unequal_after_settling(writer, library, legacy) == []
    for text, patient in ids.items():
        assert stored(library, "patients", patient)["given_name"] == text
        assert json.loads(stored(legacy, "patients", patient)["metadata"]) == {"note": text}
    from_legacy = legacy.create_many("patients", [{"surname": text} for text in ODD_TEXTS.values()])
    assert unequal_after_settling(legacy, writer, library) == []
    assert [stored(writer, "patients", patient)["surname"] for patient in from_legacy] == [*ODD_TEXTS.values()]


def test_odd_numbers_survive(clinic: Clinic) -> None:
    writer, reader = clinic.library_phone(), clinic.library_phone()
    ids = writer.create_many(
        "patient_additional_attributes",
        [{"number_value": number, "date_value": number, "boolean_value": None} for number in ODD_NUMBERS],
    )
    assert unequal_after_settling(writer, reader) == []
    kept = [stored(reader, "patient_additional_attributes", row_id)["number_value"] for row_id in ids]
    assert kept == ODD_NUMBERS


def test_a_megabyte_of_text_survives(clinic: Clinic) -> None:
    writer, library, legacy = clinic.library_phone(), clinic.library_phone(), clinic.legacy_phone()
    text = "ضغط الدم 😀 <&> \\ " * 60_000
    assert len(text.encode()) > 1_000_000
    event = writer.create("events", form_data=json.dumps([text], ensure_ascii=False))
    assert unequal_after_settling(writer, library, legacy) == []
    assert json.loads(stored(legacy, "events", event)["form_data"]) == [text]


@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d surrogate"], ids=["NUL", "half a surrogate"])
def test_text_that_cannot_be_kept_as_it_is_never_blocks_a_phone(clinic: Clinic, text: str) -> None:
    writer, reader = clinic.library_phone(), clinic.library_phone()
    writer.create("patients", "odd", given_name=text)
    writer.create("patients", "fine", given_name="Amal")
    assert unequal_after_settling(writer, reader) == []
    assert reader.rows("patients").keys() == {"odd", "fine"}
    assert not writer.has_unsynced()


@pytest.mark.parametrize("way", ["reply", "middle"])
def test_a_large_first_pull_arrives_whole_or_not_at_all(clinic: Clinic, way: LosePull) -> None:
    writer, reader = clinic.library_phone(), clinic.library_phone()
    writer.create_many("patients", [{"given_name": f"{number:06}" * 20} for number in range(3_000)])
    synced(writer)
    assert not reader.sync(lose_pull=way).ok
    assert reader.rows("patients") == {}
    assert unequal_after_settling(writer, reader, rounds=1) == []
    assert len(reader.rows("patients")) == 3_000
