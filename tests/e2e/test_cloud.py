"""Two clinics' computers and the organisation's cloud, with real phones at both: who edits what reaches whom.

Both computers are of one clinic, so that each receives what the other sends. The cloud is the double.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from db.clock import SystemClock
from tests.e2e.clinic import Clinic, quiet_pulls, settle, stored, synced
from tests.e2e.server import RunningServer, StaffAccount
from tests.fakes.cloud import Cloud, running_cloud
from tests.fakes.cloud.organisation import ADMIN, API_KEY, CLINIC_A, EMAILS, PASSWORD, PROVIDER
from tests.phone.client import Phone, PhoneDriver

OTHER_KEY = "hh_" + "fedcba9876543210" * 4
STAFF = StaffAccount(EMAILS[PROVIDER], PASSWORD, "Pavel Provider", "Clinic A")
MAY_DELETE = StaffAccount(EMAILS[ADMIN], PASSWORD, "Amina Admin", "Clinic A")
"""Both come from the cloud with the first pull: nobody makes an account on either computer."""


@dataclass
class TwoClinics:
    """Two computers that exchange with one cloud."""

    cloud: Cloud
    here: Clinic
    there: Clinic

    def exchange(self) -> None:
        """A round of either, and one more of the first: what is on one of them is then on both."""
        for clinic in (self.here, self.there, self.here):
            done = clinic.server.cli("cloud", "sync", "--once")
            assert done.returncode == 0, done.stdout + done.stderr

    def phone(self, clinic: Clinic, kind: str, account: StaffAccount = STAFF) -> Phone:
        if kind == "hub":
            clinic.let_phones_in()
            return clinic.hub_phone(account=account)
        return clinic.legacy_phone(account=account) if kind == "legacy" else clinic.library_phone(account=account)


@pytest.fixture(scope="module")
def computers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cloud, RunningServer, RunningServer]]:
    with ExitStack() as stack:
        cloud = stack.enter_context(running_cloud(SystemClock()))
        cloud.change(is_rate_limited=False)
        cloud.seed_device(OTHER_KEY, [CLINIC_A], name="hub-b")
        for grant in cloud.live("user_clinic_permissions"):
            if grant["user_id"] == ADMIN:
                cloud.edit("user_clinic_permissions", grant["id"], can_delete_patient_records=True)
        servers = []
        for key in (API_KEY, OTHER_KEY):
            server = RunningServer(tmp_path_factory.mktemp("computer") / "data")
            server.start()
            stack.callback(server.kill)
            done = server.cli("cloud", "enrol", "--url", cloud.url, "--key-stdin", stdin=f"{key}\n")
            assert done.returncode == 0, done.stdout + done.stderr
            assert server.cli("cloud", "sync", "--once").returncode == 0
            servers.append(server)
        yield cloud, servers[0], servers[1]


@pytest.fixture
def clinics(
    computers: tuple[Cloud, RunningServer, RunningServer], phone_driver: PhoneDriver, request: pytest.FixtureRequest
) -> Iterator[TwoClinics]:
    cloud, here, there = computers
    name = request.node.name
    pair = TwoClinics(cloud, Clinic(here, phone_driver, f"{name}-here"), Clinic(there, phone_driver, f"{name}-there"))
    yield pair
    for clinic in (pair.here, pair.there):
        clinic.close_phones()


def patient_of(phone: Phone, **values: str) -> str:
    return phone.create("patients", str(uuid.uuid4()), primary_clinic_id=CLINIC_A, **values)


def visit_of(phone: Phone, patient: str) -> str:
    return phone.create("visits", str(uuid.uuid4()), patient_id=patient, clinic_id=CLINIC_A, provider_id=PROVIDER)


@pytest.mark.parametrize(("kind", "other_kind"), [("library", "legacy"), ("legacy", "hub"), ("hub", "library")])
def test_what_a_phone_makes_reaches_the_cloud_and_the_phones_of_the_other_computer(
    clinics: TwoClinics, kind: str, other_kind: str
) -> None:
    phone, other = clinics.phone(clinics.here, kind), clinics.phone(clinics.there, other_kind)
    settle(phone, other)
    patient = patient_of(phone, given_name="Amal", surname="Haddad")
    visit = visit_of(phone, patient)
    synced(phone)
    clinics.exchange()
    assert {row["id"] for row in clinics.cloud.live("patients")} >= {patient}
    synced(other)
    assert stored(other, "patients", patient)["surname"] == "Haddad"
    assert stored(other, "visits", visit)["patient_id"] == patient
    other.update("patients", patient, phone="0700")
    settle(other)
    clinics.exchange()
    settle(phone)
    assert stored(phone, "patients", patient)["phone"] == "0700"


def test_an_edit_in_the_cloud_reaches_phones_that_synced_before(clinics: TwoClinics) -> None:
    phones = [clinics.phone(clinics.here, "library"), clinics.phone(clinics.there, "legacy")]
    patient = patient_of(phones[0], given_name="Amal")
    synced(phones[0])
    clinics.exchange()
    settle(*phones)
    clinics.cloud.edit("patients", patient, surname="from the cloud")
    clinics.exchange()
    settle(*phones)
    assert [stored(phone, "patients", patient)["surname"] for phone in phones] == ["from the cloud"] * 2


def test_a_deletion_reaches_the_cloud_and_every_phone(clinics: TwoClinics) -> None:
    phone = clinics.phone(clinics.here, "library", MAY_DELETE)
    other = clinics.phone(clinics.there, "library")
    patient = patient_of(phone, given_name="Amal")
    visit = visit_of(phone, patient)
    settle(phone)
    clinics.exchange()
    settle(other)
    assert other.row("visits", visit) is not None
    phone.mark_as_deleted("patients", patient)
    settle(phone)
    clinics.exchange()
    settle(other)
    assert (other.row("patients", patient), other.row("visits", visit)) == (None, None)
    assert patient not in {row["id"] for row in clinics.cloud.live("patients")}


def test_edits_of_one_record_at_both_computers_are_both_kept(clinics: TwoClinics) -> None:
    """Of different columns both are current; of the same column one is, and the other is shown as a conflict."""
    phone, other = clinics.phone(clinics.here, "library"), clinics.phone(clinics.there, "hub")
    patient = patient_of(phone, given_name="Amal")
    synced(phone)
    clinics.exchange()
    settle(phone, other)
    phone.update("patients", patient, surname="Haddad", phone="here")
    other.update("patients", patient, hometown="Homs", phone="there")
    settle(phone, other)
    clinics.exchange()
    clinics.exchange()
    settle(phone, other)
    row, other_row = stored(phone, "patients", patient), stored(other, "patients", patient)
    assert (row["surname"], row["hometown"]) == (other_row["surname"], other_row["hometown"]) == ("Haddad", "Homs")
    assert row["phone"] == other_row["phone"]
    lost = {"here", "there"} - {row["phone"]}
    versions = [*clinics.here.server.history("patients", patient), *clinics.there.server.history("patients", patient)]
    assert lost <= {version["data"]["phone"] for version in versions if version["kind"] == "conflict"}


def test_with_nothing_new_phones_are_sent_nothing_and_nothing_waits(clinics: TwoClinics) -> None:
    phones = [clinics.phone(clinics.here, "library"), clinics.phone(clinics.there, "library")]
    patient_of(phones[0], given_name="Amal")
    synced(phones[0])
    clinics.exchange()
    settle(*phones)
    clinics.exchange()
    assert quiet_pulls(phones) == [0, 0]
    for clinic in (clinics.here, clinics.there):
        status = json.loads(clinic.server.cli("cloud", "status", "--json").stdout)
        assert (status["waiting"], status["set_aside"]) == (0, 0)
