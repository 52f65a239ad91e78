"""The command line as support uses it: beside a running server and without one, on the same folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.clinic import Clinic, settle, stored, synced, unequal_after_settling
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import DOCTOR, LOOPBACK, NURSE, PROJECT, RunningServer, StaffAccount
from tests.phone.client import Phone

MIDWIFE = StaffAccount("midwife@example.org", "staple battery", "Mina Farah", "north clinic")
Done = subprocess.CompletedProcess[str]


def answer(done: Done) -> Any:
    """What a command said in JSON; it must have gone well and complained about nothing."""
    assert (done.returncode, done.stderr) == (0, ""), (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)


def assert_refused(done: Done, code: int, error: str) -> dict[str, Any]:
    """The exit code, the error in JSON, and one sentence for people. Returns the JSON."""
    assert done.returncode == code, done
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["error"] == error
    assert done.stderr == told["message"] + "\n"
    return told


@pytest.fixture(params=["beside a server", "without a server"])
def folder(request: pytest.FixtureRequest, running_server: RunningServer) -> RunningServer:
    """The staffed folder, with its server running or stopped."""
    if request.param == "without a server":
        running_server.stop()
    return running_server


# Accounts


def test_accounts_are_managed_with_and_without_a_server(folder: RunningServer) -> None:
    folder.add_user(MIDWIFE)
    users = answer(folder.cli("user", "list", "--json"))
    assert [user["name"] for user in users] == sorted([NURSE.name, DOCTOR.name, MIDWIFE.name])
    assert {user["clinic"] for user in users} == {NURSE.clinic}
    changing = ["user", "password", "--email", MIDWIFE.email, "--password-stdin", "--json"]
    assert answer(folder.cli(*changing, stdin="another one\n")) == {"email": MIDWIFE.email, "changed": True}
    removed = answer(folder.cli("user", "remove", "--email", MIDWIFE.email, "--json"))
    assert removed == {"email": MIDWIFE.email, "removed": True}
    assert_refused(folder.cli("user", "remove", "--email", MIDWIFE.email, "--json"), 6, "not_found")


def test_wrong_input_is_refused_with_and_without_a_server(folder: RunningServer) -> None:
    adding = ["--json", "user", "add", "--name", "N", "--password-stdin"]
    told = assert_refused(folder.cli(*adding, "--email", NURSE.email.upper(), stdin="long enough"), 6, "already_exists")
    assert told["path"] == "email"
    told = assert_refused(folder.cli(*adding, "--email", "new@example.org", stdin="abc\n"), 2, "invalid_input")
    assert told["path"] == "password"
    told = assert_refused(folder.cli(*adding, "--email", "nobody", stdin="long enough"), 2, "invalid_input")
    assert told["path"] == "email"
    assert len(answer(folder.cli("--json", "user", "list"))) == 2


def test_an_account_added_beside_the_server_may_sync_at_once(running_server: RunningServer) -> None:
    phone = RestPhone(running_server.phones_url, MIDWIFE)
    assert phone.status() == 401
    running_server.add_user(MIDWIFE)
    assert phone.status() == 200


def test_whoever_is_removed_gets_401_at_the_next_request(running_server: RunningServer) -> None:
    phone = RestPhone(running_server.phones_url, NURSE)
    assert phone.status() == 200
    answer(running_server.cli("user", "remove", "--email", NURSE.email, "--json"))
    assert phone.status() == 401
    assert RestPhone(running_server.phones_url, DOCTOR).status() == 200


def test_an_old_password_gets_401_at_the_next_request(running_server: RunningServer) -> None:
    old, new = RestPhone(running_server.phones_url), replace(NURSE, password="a new one")
    assert old.status() == 200
    changing = ["user", "password", "--email", NURSE.email, "--password-stdin", "--json"]
    answer(running_server.cli(*changing, stdin=f"{new.password}\n"))
    assert old.status() == 401
    assert RestPhone(running_server.phones_url, new).status() == 200


def test_of_commands_that_add_the_same_account_at_once_one_succeeds(running_server: RunningServer) -> None:
    adding = ["user", "add", "--email", MIDWIFE.email, "--name", MIDWIFE.name, "--password-stdin", "--json"]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: running_server.cli(*adding, stdin="long enough"), range(3)))
    assert sorted(each.returncode for each in done) == [0, 6, 6]
    assert len(answer(running_server.cli("user", "list", "--json"))) == 3


def test_a_command_beside_a_busy_server_waits_its_turn(running_server: RunningServer) -> None:
    phone = RestPhone(running_server.phones_url)
    phone.pull()
    with ThreadPoolExecutor(2) as pool:
        pushing = pool.submit(lambda: [phone.push_patients(f"p{number}") for number in range(60)])
        answer(
            running_server.cli("user", "password", "--email", DOCTOR.email, "--password-stdin", "--json", stdin="new!")
        )
        pushing.result()
    assert answer(running_server.cli("status", "--json"))["records"]["patients"] == 60


# Status


def test_the_status_tells_of_the_server_and_its_phones(running_server: RunningServer) -> None:
    before = answer(running_server.cli("status", "--json"))
    assert before["running"] is True
    assert (before["pid"], before["phones"]) == (running_server.pid, running_server.phones_url)
    assert before["last_sync_at"] is None
    phone = RestPhone(running_server.phones_url)
    phone.pull()
    phone.push_patients("p1", "p2")
    after = answer(running_server.cli("status", "--json"))
    assert after["records"] == {"clinics": 1, "patients": 2, "user_clinic_permissions": 2, "users": 2}
    assert (after["users"], after["waiting_for_cloud"]) == (2, 2)
    assert after["last_sync_at"] > 0
    running_server.stop()
    stopped = answer(running_server.cli("status", "--json"))
    assert (stopped["running"], stopped["pid"], stopped["phones"]) == (False, None, None)
    assert stopped["records"] == after["records"]


def test_for_people_the_status_is_a_line_a_fact(running_server: RunningServer) -> None:
    done = running_server.cli("status")
    assert done.returncode == 0
    assert f"phones: {running_server.phones_url}" in done.stdout.splitlines()
    assert "running: yes" in done.stdout.splitlines()


def test_the_token_of_the_pages_is_told_by_no_command(running_server: RunningServer) -> None:
    token = running_server.ui_url.partition("#")[2]
    for words in (["status"], ["status", "--json"], ["user", "list"]):
        done = running_server.cli(*words)
        assert token not in done.stdout + done.stderr


def test_the_folder_may_be_named_after_the_words_too(running_server: RunningServer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "user", "list", "--json", "--data-dir", str(running_server.data_folder)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "HIKMA_KEYSTORE": "file"},
        cwd=PROJECT,
        timeout=60,
        check=False,
    )
    assert [user["email"] for user in answer(done)] == [DOCTOR.email, NURSE.email]


# History


def conflict(clinic: Clinic) -> tuple[Phone, Phone, str]:
    """Two phones that edited the same column, neither knowing of the other; the later arrival is current on both."""
    first, second = clinic.library_phone(account=NURSE), clinic.library_phone(account=DOCTOR)
    patient = first.create("patients", given_name="G", surname="S", phone="0")
    settle(first, second)
    first.update("patients", patient, phone="loses")
    second.update("patients", patient, phone="wins")
    assert second.start_sync().is_paused  # it has pulled, and pushes after the other one
    synced(first)
    assert second.finish_sync().ok
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["phone"] == "wins"
    return first, second, patient


def test_the_edit_that_lost_is_listed_and_can_be_restored_on_all_phones(clinic: Clinic) -> None:
    first, second, patient = conflict(clinic)
    versions = clinic.server.history("patients", patient)
    assert (versions[0]["version"], versions[0]["kind"], versions[0]["data"]["phone"]) == (0, "current", "wins")
    assert (versions[0]["user"], versions[0]["at"] > 0) == (DOCTOR.name, True)
    lost = versions[1]
    assert (lost["data"]["phone"], lost["user"], lost["kind"]) == ("loses", NURSE.name, "conflict")
    assert "phone" in lost["columns"]
    restored = clinic.server.cli("history", "restore", "patients", patient, str(lost["version"]), "--json")
    assert answer(restored) == {"table": "patients", "id": patient, "restored": lost["version"]}
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["phone"] == stored(second, "patients", patient)["phone"] == "loses"
    assert stored(second, "patients", patient)["surname"] == "S"
    newest, replaced = clinic.server.history("patients", patient)[:2]
    assert (newest["data"]["phone"], newest["channel"]) == ("loses", "command")
    assert (replaced["data"]["phone"], replaced["kind"]) == ("wins", "replaced")


def test_what_is_restored_while_no_server_runs_reaches_the_phones_later(clinic: Clinic) -> None:
    first, second, patient = conflict(clinic)
    clinic.server.stop()
    lost = clinic.server.history("patients", patient)[1]["version"]
    assert clinic.server.cli("history", "restore", "patients", patient, str(lost)).returncode == 0
    clinic.server.start()
    for phone in (first, second):
        assert synced(phone).pulled["patients"].updated == [patient]
        assert stored(phone, "patients", patient)["phone"] == "loses"


def test_a_deleted_record_comes_back_to_the_phones(clinic: Clinic) -> None:
    first, second = clinic.library_phone(), clinic.library_phone()
    patient = first.create("patients", given_name="G", phone="0")
    settle(first, second)
    second.mark_as_deleted("patients", patient)
    settle(second, first)
    assert first.rows("patients") == {}
    deleted = clinic.server.history("patients", patient)
    assert [version["kind"] for version in deleted] == ["deleted", "deleted"]
    restoring = ["history", "restore", "patients", patient, str(deleted[1]["version"])]
    assert clinic.server.cli(*restoring).returncode == 0
    assert unequal_after_settling(first, second) == []
    assert stored(first, "patients", patient)["given_name"] == "G"


def test_unknown_tables_records_and_versions_are_not_found(folder: RunningServer) -> None:
    for words in (
        ["history", "show", "patients", "nobody"],
        ["history", "show", "no_such_table", "x"],
        ["history", "restore", "patients", "nobody", "1"],
        ["history", "restore", "no_such_table", "x", "1"],
    ):
        assert_refused(folder.cli("--json", *words), 6, "not_found")


# Serving where that is not possible


def test_a_second_server_on_the_folder_is_refused_and_disturbs_nothing(running_server: RunningServer) -> None:
    assert_refused(running_server.cli("--json", "serve", "--port", "0", "--host", LOOPBACK), 3, "already_running")
    assert RestPhone(running_server.phones_url).status() == 200
    assert answer(running_server.cli("status", "--json"))["pid"] == running_server.pid


def test_a_taken_port_is_refused_with_the_name_of_who_has_it(running_server: RunningServer) -> None:
    running_server.stop()
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        serving = ["serve", "--port", str(port), "--host", LOOPBACK]
        told = assert_refused(running_server.cli("--json", *serving), 4, "port_taken")
        assert (told["port"], told["holder"]) == (port, psutil.Process(os.getpid()).name())
        done = running_server.cli(*serving)
        assert (done.returncode, done.stdout) == (4, "")
        assert f"{told['holder']} is using port {port}" in done.stderr
    running_server.start()
    assert RestPhone(running_server.phones_url).status() == 200


def test_an_address_of_another_computer_cannot_be_served(running_server: RunningServer) -> None:
    running_server.stop()
    done = running_server.cli("--json", "serve", "--port", "0", "--host", "192.0.2.77")
    assert_refused(done, 4, "address_unavailable")


# Output that goes nowhere

to_a_full_disk = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="a disk that is always full is a Linux thing"
)


@to_a_full_disk
def test_an_answer_that_cannot_be_printed_is_no_success_and_no_trace(running_server: RunningServer) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kiosk", "user", "list", "--data-dir", str(running_server.data_folder)],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "HIKMA_KEYSTORE": "file"},
            cwd=PROJECT,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"")
