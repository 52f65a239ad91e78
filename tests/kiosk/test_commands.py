from __future__ import annotations

from pathlib import Path

import pytest

from db.accounts import find_account, is_password_of
from db.clock import SystemClock
from db.store import open_database
from kiosk.cli import OK
from tests.kiosk.command_line import NURSE, PASSWORD, Run, is_refused


def stored_password(folder: Path, email: str) -> str:
    """The hash in the database."""
    database = open_database(folder, bytes.fromhex((folder / "key").read_text()), SystemClock())
    try:
        with database.read() as snapshot:
            account = find_account(snapshot, email)
            assert account is not None
            assert account.password_hash is not None
            return account.password_hash
    finally:
        database.close()


# user add


def test_an_account_is_added_with_its_clinic(run: Run, folder: Path) -> None:
    said = run("--json", "user", "add", *NURSE, "--clinic", "North", "--password-stdin", stdin=PASSWORD.encode())
    assert said.code == OK
    assert said.json["email"] == "nurse@example.org"
    assert (said.json["name"], said.json["role"], said.json["clinic"]) == ("Nour Haddad", "provider", "North")
    assert is_password_of(PASSWORD, stored_password(folder, "nurse@example.org"))
    assert PASSWORD not in said.out + said.err
    assert "hashed_password" not in said.out


@pytest.mark.parametrize("line", [b"%s\n", b"%s\r\n", b"%s", b"%s\nmore lines\n"])
def test_the_password_is_the_first_line_of_what_comes_in(run: Run, folder: Path, line: bytes) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin=line % PASSWORD.encode())
    assert is_password_of(PASSWORD, stored_password(folder, "nurse@example.org"))


def test_spaces_and_other_scripts_belong_to_the_password(run: Run, folder: Path) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin="  كلمة سر ñ \n".encode())
    assert is_password_of("  كلمة سر ñ ", stored_password(folder, "nurse@example.org"))


@pytest.mark.parametrize("stdin", [b"abc\n", b"\n", b"", None, b"p\xe9ssword\n"])
def test_a_password_that_is_short_missing_or_no_text_is_refused(run: Run, folder: Path, stdin: bytes | None) -> None:
    assert is_refused(run("user", "add", *NURSE, "--password-stdin", stdin=stdin), "invalid_input")
    assert run("status", "--json").json.get("users", 0) == 0


@pytest.mark.parametrize("email", ["", "nurse", "nurse@", "@example.org", "two words@example.org", "a@b@c"])
def test_a_bad_email_is_refused(run: Run, email: str) -> None:
    said = run("--json", "user", "add", "--email", email, "--name", "N", "--password-stdin", stdin=b"long enough")
    assert (said.code, said.json["error"], said.json["path"]) == (2, "invalid_input", "email")
    assert run("status", "--json").json["users"] == 0


@pytest.mark.parametrize("email", ["nurse@example.org", "NURSE@Example.ORG", " nurse@example.org "])
def test_an_email_that_is_in_use_is_refused(staffed: Run, email: str) -> None:
    again = ["user", "add", "--email", email, "--name", "Other", "--password-stdin"]
    assert is_refused(staffed(*again, stdin=b"long enough"), "already_exists")
    assert [user["name"] for user in staffed("--json", "user", "list").json] == ["Nour Haddad"]


@pytest.mark.parametrize("name", ["North", "north", "NORTH", "  North "])
def test_a_clinic_is_known_by_its_name_in_any_case(staffed: Run, name: str) -> None:
    doctor = ["--email", "doctor@example.org", "--name", "Dana", "--clinic", name]
    assert staffed("user", "add", *doctor, "--password-stdin", stdin=b"long enough").code == OK
    users = staffed("--json", "user", "list").json
    assert len({user["clinic_id"] for user in users}) == 1
    assert {user["clinic"] for user in users} == {"North"}
    assert staffed("--json", "status").json["records"]["clinics"] == 1


def test_an_account_that_ended_can_be_made_again(staffed: Run) -> None:
    first = staffed("--json", "user", "list").json[0]["id"]
    assert staffed("user", "remove", "--email", "nurse@example.org").code == OK
    assert staffed("user", "add", *NURSE, "--password-stdin", stdin=b"long enough").code == OK
    users = staffed("--json", "user", "list").json
    assert [user["email"] for user in users] == ["nurse@example.org"]
    assert users[0]["id"] != first


# user password, remove, list


def test_a_new_password_replaces_the_old_one(staffed: Run, folder: Path) -> None:
    said = staffed("--json", "user", "password", "--email", "Nurse@Example.org", "--password-stdin", stdin=b"another")
    assert (said.code, said.json["changed"]) == (OK, True)
    stored = stored_password(folder, "nurse@example.org")
    assert is_password_of("another", stored)
    assert not is_password_of(PASSWORD, stored)


def test_a_new_password_that_is_too_short_changes_nothing(staffed: Run, folder: Path) -> None:
    changing = ["user", "password", "--email", "nurse@example.org", "--password-stdin"]
    assert is_refused(staffed(*changing, stdin=b"abc"), "invalid_input")
    assert is_password_of(PASSWORD, stored_password(folder, "nurse@example.org"))


def test_nobody_is_changed_or_removed_who_is_not_there(staffed: Run) -> None:
    stranger = ["--email", "stranger@example.org"]
    assert is_refused(staffed("user", "remove", *stranger), "not_found")
    assert is_refused(staffed("user", "password", *stranger, "--password-stdin", stdin=b"another"), "not_found")
    assert len(staffed("--json", "user", "list").json) == 1


def test_whoever_was_removed_is_listed_no_more(staffed: Run) -> None:
    assert staffed("user", "remove", "--email", "nurse@example.org").code == OK
    assert staffed("--json", "user", "list").json == []
    assert staffed("user", "list").out == "(none)\n"
    assert is_refused(staffed("user", "remove", "--email", "nurse@example.org"), "not_found")


# Folders without a database


@pytest.mark.parametrize(
    "words",
    [
        ["user", "list"],
        ["user", "remove", "--email", "a@b.c"],
        ["user", "password", "--email", "a@b.c", "--password-stdin"],
        ["history", "show", "patients", "x"],
        ["history", "restore", "patients", "x", "1"],
    ],
)
def test_a_folder_without_a_database_is_told_and_left_alone(run: Run, folder: Path, words: list[str]) -> None:
    assert is_refused(run(*words, stdin=b"long enough"), "not_found")
    assert not folder.exists()


def test_the_status_of_nothing_makes_nothing(run: Run, folder: Path) -> None:
    said = run("--json", "status")
    assert said.code == OK
    assert (said.json["running"], said.json["database"], said.json["phones"]) == (False, False, None)
    assert not folder.exists()


def test_a_file_where_the_folder_should_be_is_a_fault_of_the_disk(run: Run, folder: Path) -> None:
    folder.write_text("in the way")
    adding = ["user", "add", *NURSE, "--password-stdin"]
    assert is_refused(run(*adding, stdin=b"long enough"), "storage_failed")
    assert folder.read_text() == "in the way"


# status


def test_the_status_counts_what_there_is(staffed: Run, folder: Path) -> None:
    status = staffed("--json", "status").json
    assert status["data_folder"] == str(folder)
    assert (status["running"], status["database"], status["users"]) == (False, True, 1)
    assert status["records"] == {"clinics": 1, "user_clinic_permissions": 1, "users": 1}


def test_work_at_this_computer_is_no_sync(staffed: Run) -> None:
    assert staffed("--json", "status").json["last_sync_at"] is None
    assert "last_sync_at: -" in staffed("status").out


# history


def test_the_history_of_an_account_shows_no_password(staffed: Run) -> None:
    staffed("user", "password", "--email", "nurse@example.org", "--password-stdin", stdin=b"another")
    user = staffed("--json", "user", "list").json[0]["id"]
    said = staffed("--json", "history", "show", "users", user)
    assert [version["kind"] for version in said.json] == ["current", "replaced"]
    assert "$2b$" not in said.out
    assert all("hashed_password" not in version["data"] for version in said.json)
    assert "$2b$" not in staffed("history", "show", "users", user).out


def test_an_old_password_does_not_come_back_with_an_old_version(staffed: Run, folder: Path) -> None:
    staffed("user", "password", "--email", "nurse@example.org", "--password-stdin", stdin=b"another")
    user = staffed("--json", "user", "list").json[0]["id"]
    old = staffed("--json", "history", "show", "users", user).json[1]["version"]
    assert staffed("history", "restore", "users", user, str(old)).code == OK
    assert is_password_of("another", stored_password(folder, "nurse@example.org"))


@pytest.mark.parametrize(
    ("table", "record", "version"),
    [
        ("users", "nobody", "1"),
        ("clinics; DROP TABLE users", "x", "1"),
        ("sqlite_master", "x", "1"),
        ("settings", "token_key", "1"),
        ("peers", "x", "1"),
        ("patients", "id with ' and \" and \u0000", "1"),
        ("patients", "x", str(2**63)),
        ("patients", "x", str(2**80)),
        ("patients", "x", "0"),
        ("patients", "x", "-1"),
    ],
)
def test_what_is_unknown_is_not_found(staffed: Run, table: str, record: str, version: str) -> None:
    assert is_refused(staffed("history", "show", table, record), "not_found")
    assert is_refused(staffed("history", "restore", table, record, version), "not_found")


def test_a_version_of_another_record_is_not_found(staffed: Run, folder: Path) -> None:
    staffed("user", "password", "--email", "nurse@example.org", "--password-stdin", stdin=b"another")
    user = staffed("--json", "user", "list").json[0]
    old = staffed("--json", "history", "show", "users", user["id"]).json[1]["version"]
    assert is_refused(staffed("history", "restore", "clinics", user["clinic_id"], str(old)), "not_found")
    assert is_refused(staffed("history", "restore", "users", user["id"], str(old + 1)), "not_found")


# The options that all commands have


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "user", "list"],
        ["user", "--json", "list"],
        ["user", "list", "--json"],
    ],
)
def test_json_may_be_asked_for_anywhere(staffed: Run, words: list[str]) -> None:
    assert [user["name"] for user in staffed(*words).json] == ["Nour Haddad"]


def test_an_error_is_json_too_and_a_sentence_all_the_same(run: Run) -> None:
    said = run("user", "list", "--json")
    assert said.json["error"] == "not_found"
    assert said.err == said.json["message"] + "\n"
