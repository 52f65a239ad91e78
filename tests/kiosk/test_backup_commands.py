"""The commands about backups and the recovery code: what they answer, and with which exit code they refuse."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.catalogue import CATALOGUE
from kiosk.cli import EXIT_CODES, OK, main
from kiosk.instance import ServerLock
from kiosk.keystore import CHOICE_VARIABLE
from kiosk.paths import DataFolder
from tests.db.backups import WAYS_TO_BREAK

NURSE = ["--email", "nurse@example.org", "--name", "Nour Haddad", "--clinic", "North", "--password-stdin"]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command with ``--json`` on the folder, or on the one given as ``at``; ``stdin`` is typed into it."""
    monkeypatch.setenv(CHOICE_VARIABLE, "file")
    former = os.umask(0o077)  # the program sets its own

    def run(*words: str | Path, at: Path = folder, stdin: str = "", is_plain: bool = False) -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(["--data-dir", str(at), *([] if is_plain else ["--json"]), *map(str, words)])
        shown = capsys.readouterr()
        return Said(code, shown.out, shown.err)

    yield run
    os.umask(former)


@pytest.fixture
def staffed(run: Run) -> Run:
    """With one account."""
    assert run("user", "add", *NURSE, stdin="correct horse").code == OK
    return run


@pytest.fixture
def code(staffed: Run) -> str:
    made: str = staffed("recovery", "show").json["recovery_code"]
    return made


@pytest.fixture
def backup(staffed: Run, code: str, tmp_path: Path) -> Path:
    assert staffed("backup", "create", tmp_path / "a.hikma-backup").code == OK
    return tmp_path / "a.hikma-backup"


def is_refused(said: Said, error: str) -> bool:
    """With the error's exit code, its object, and one sentence."""
    sentence = said.err.splitlines()
    return said.code == EXIT_CODES[error] and said.json["error"] == error and sentence == [said.json["message"]]


def users(run: Run, at: Path) -> list[str]:
    return [user["email"] for user in run("user", "list", at=at).json]


# recovery


def test_a_code_is_made_once_and_shown_again(staffed: Run) -> None:
    first = staffed("recovery", "show").json
    assert first["is_new"]
    assert staffed("recovery", "show").json == {"recovery_code": first["recovery_code"], "is_new": False}


def test_a_new_code_replaces_it(staffed: Run, code: str) -> None:
    new = staffed("recovery", "new").json
    assert new["is_new"]
    assert new["recovery_code"] != code
    assert staffed("recovery", "show").json["recovery_code"] == new["recovery_code"]


def test_with_a_new_key_old_backups_need_their_code(staffed: Run, code: str, backup: Path, folder: Path) -> None:
    new = staffed("recovery", "new", "--new-key").json["recovery_code"]
    assert users(staffed, folder) == ["nurse@example.org"]
    assert is_refused(staffed("backup", "verify", backup), "recovery_code_needed")
    assert is_refused(staffed("backup", "verify", backup, "--recovery-code-stdin", stdin=new), "wrong_recovery_code")
    assert staffed("backup", "verify", backup, "--recovery-code-stdin", stdin=code).code == OK


def test_a_new_key_while_a_server_runs_is_refused(staffed: Run, code: str, folder: Path) -> None:
    with ServerLock(DataFolder(folder)):
        assert is_refused(staffed("recovery", "new", "--new-key"), "already_running")
        assert staffed("recovery", "new").code == OK


# backup create, list, verify, drill


def test_a_backup_is_made_in_the_usual_place_and_listed(staffed: Run, folder: Path) -> None:
    made = staffed("backup", "create").json
    assert Path(made["file"]).parent == folder / "backups"
    assert made["records"]["users"] == 1
    assert set(made["records"]) <= set(CATALOGUE)
    assert (made["has_recovery_code"], made["second_place"]) == (False, None)
    (listed,) = staffed("backup", "list").json
    assert listed["file"] == made["file"]
    assert listed["readable"]
    assert listed["bytes"] == Path(made["file"]).stat().st_size
    assert "nurse@example.org" not in json.dumps([made, listed])


def test_a_file_that_cannot_be_read_is_listed_as_such(staffed: Run, folder: Path) -> None:
    staffed("backup", "create")
    (folder / "backups" / "b.hikma-backup").write_bytes(b"broken")
    assert [backup["readable"] for backup in staffed("backup", "list").json] == [True, False]


def test_a_backup_can_go_anywhere_but_not_over_a_file(staffed: Run, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    assert staffed("backup", "create", target).json["file"] == str(target)
    assert is_refused(staffed("backup", "create", target), "already_exists")
    assert is_refused(staffed("backup", "create", tmp_path / "missing" / "b"), "backup_place_failed")


def test_a_backup_is_made_beside_a_running_server(staffed: Run, folder: Path) -> None:
    with ServerLock(DataFolder(folder)):
        assert staffed("backup", "create").code == OK
        assert staffed("backup", "drill").json["result"] == "ok"


def test_verifying_needs_the_key_of_this_computer_or_the_code(staffed: Run, backup: Path, code: str) -> None:
    answer = staffed("backup", "verify", backup).json
    assert answer["whole"]
    other = backup.parent / "elsewhere"
    assert is_refused(staffed("backup", "verify", backup, at=other), "recovery_code_needed")
    typed = staffed("backup", "verify", backup, "--recovery-code-stdin", at=other, stdin=f"{code.lower()}\n")
    assert typed.json == answer
    assert not other.exists()  # looking makes nothing


@pytest.mark.parametrize("way", WAYS_TO_BREAK)
def test_a_broken_backup_is_refused_with_a_sentence(staffed: Run, backup: Path, way: str) -> None:
    backup.write_bytes(WAYS_TO_BREAK[way](backup.read_bytes()))
    assert is_refused(staffed("backup", "verify", backup), "backup_damaged")
    assert is_refused(staffed("backup", "restore", backup), "backup_damaged")


def test_the_drill_without_a_backup_says_so(staffed: Run) -> None:
    assert staffed("backup", "drill").json == {"result": "no_backup", "file": None}


def test_without_a_database_nothing_is_made(run: Run, folder: Path) -> None:
    for words in (["backup", "create"], ["backup", "list"], ["backup", "drill"], ["recovery", "show"]):
        assert is_refused(run(*words), "not_found")
    assert not folder.exists()


# backup restore


def test_a_backup_is_restored_on_an_empty_folder_with_the_code(staffed: Run, backup: Path, code: str) -> None:
    other = backup.parent / "elsewhere"
    done = staffed("backup", "restore", backup, "--recovery-code-stdin", at=other, stdin=code).json
    assert done["restored"] == str(backup)
    assert (done["replaced"], done["synced_after_backup"], done["passphrase_removed"]) == (None, None, False)
    assert users(staffed, other) == ["nurse@example.org"]
    assert staffed("recovery", "show", at=other).json["recovery_code"] == code


def test_a_backup_is_restored_in_place_and_the_old_data_put_aside(staffed: Run, backup: Path, folder: Path) -> None:
    staffed("user", "remove", "--email", "nurse@example.org")
    done = staffed("backup", "restore", backup).json
    assert Path(done["replaced"]).parent == folder / "replaced"
    assert (Path(done["replaced"]) / "clinic.db").exists()
    assert users(staffed, folder) == ["nurse@example.org"]


def test_while_a_server_runs_nothing_is_restored(staffed: Run, backup: Path, folder: Path) -> None:
    with ServerLock(DataFolder(folder)):
        assert is_refused(staffed("backup", "restore", backup), "already_running")


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("ABCDE", "recovery_code_mistyped"),
        ("", "recovery_code_mistyped"),
        ("\udcff", "recovery_code_mistyped"),
    ],
)
def test_a_mistyped_code_is_told_at_once(staffed: Run, backup: Path, typed: str, error: str) -> None:
    words = ("backup", "restore", backup, "--recovery-code-stdin")
    assert is_refused(staffed(*words, stdin=typed.encode("utf-8", "replace").decode()), error)


def test_a_file_that_is_not_there_is_told(staffed: Run, tmp_path: Path) -> None:
    assert is_refused(staffed("backup", "restore", tmp_path / "missing"), "not_found")


# settings backup-folder


def test_the_second_place_is_chosen_shown_and_given_up(staffed: Run, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert staffed("settings", "backup-folder").json == {"backup_folder": "off"}
    assert staffed("settings", "backup-folder", stick).json == {"backup_folder": str(stick)}
    assert staffed("backup", "create").json["second_place"] == "ok"
    assert len(staffed("backup", "list").json) == 2
    assert is_refused(staffed("settings", "backup-folder", tmp_path / "missing"), "invalid_input")
    assert staffed("settings", "backup-folder", "off").json == {"backup_folder": "off"}


def test_answers_for_people_are_plain(staffed: Run) -> None:
    said = staffed("backup", "create", is_plain=True)
    assert "has_recovery_code: no" in said.out.splitlines()
