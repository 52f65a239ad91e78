from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from kiosk.cli import OK
from kiosk.doctor.checklist import CHECKS
from tests.kiosk.command_line import NURSE, PASSWORD, Run, is_refused


def by_name(checks: list[dict[str, object]]) -> dict[str, object]:
    return {str(check["name"]): check["reason"] for check in checks}


def test_the_doctor_says_one_line_for_every_check(run: Run, folder: Path) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin=PASSWORD.encode())
    said = run("doctor")
    assert said.code == OK
    lines = said.out.splitlines()
    assert len(lines) == len(CHECKS)
    assert "[pass] Database: The database is new and opens." in lines
    assert all(line.startswith(("[pass] ", "[warn] ", "[fail] ", "[unknown] ")) for line in lines)


def test_the_doctor_tells_programs_names_reasons_and_values(run: Run, folder: Path) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin=PASSWORD.encode())
    told = run("doctor", "--json").json
    assert [check["name"] for check in told["checks"]] == [check.name for check in CHECKS]
    assert told["worst"] in ("pass", "unknown", "warn", "fail")
    disk = next(check for check in told["checks"] if check["name"] == "disk")
    assert disk["values"]["size"] > 0
    assert disk["message"].endswith(".")


def test_the_doctor_works_before_there_is_a_database(run: Run, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    assert by_name(run("doctor", "--json").json["checks"])["database"] == "none_yet"
    assert run("status", "--json").json["database"] is False


def test_the_doctor_works_on_a_database_that_cannot_be_opened(run: Run, folder: Path) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin=PASSWORD.encode())
    (folder / "key").write_text("0" * 64)
    checks = run("doctor", "--json").json["checks"]
    assert by_name(checks)["database"] == "cannot_open"
    assert by_name(checks)["outbox"] == "no_database"


def test_a_folder_that_is_not_there_is_refused_and_not_made(run: Run, folder: Path) -> None:
    missing = folder / "mistyped"
    assert is_refused(run("--data-dir", str(missing), "doctor"), "not_found")
    assert not missing.exists()


# diagnostics


def test_a_report_is_saved_and_its_code_told(run: Run, folder: Path, tmp_path: Path) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin=PASSWORD.encode())
    said = run("diagnostics", str(tmp_path / "r.zip"), "--json")
    assert said.code == OK
    assert said.json["file"] == str(tmp_path / "r.zip")
    with zipfile.ZipFile(tmp_path / "r.zip") as opened:
        about = json.loads(opened.read("about.json"))
        assert set(opened.namelist()) == set(said.json["holds"])
    assert about["support_code"] == said.json["support_code"].replace("-", "")
    explained = run("diagnostics", "--explain", said.json["support_code"], "--json").json
    assert explained["version"] == about["version"]
    assert explained["state"] in ("no_server", "port_taken")  # whoever else runs here may have the usual port


def test_a_report_is_made_of_a_database_that_cannot_be_opened(run: Run, folder: Path, tmp_path: Path) -> None:
    run("user", "add", *NURSE, "--password-stdin", stdin=PASSWORD.encode())
    (folder / "key").write_text("0" * 64)
    said = run("diagnostics", str(tmp_path), "--json")
    with zipfile.ZipFile(said.json["file"]) as opened:
        assert json.loads(opened.read("database.json"))["failure"] == "wrong_key"
    explained = run("diagnostics", "--explain", said.json["support_code"], "--json").json
    assert (explained["state"], explained["worst"]) == ("no_database", "fail")


def test_a_report_that_cannot_be_saved_is_refused_in_one_sentence(run: Run, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(exist_ok=True)
    assert is_refused(run("diagnostics", str(tmp_path / "missing" / "r.zip")), "report_place_failed")


def test_a_code_that_was_misheard_is_refused(run: Run) -> None:
    assert is_refused(run("diagnostics", "--explain", "ABCDE-FGHJK"), "invalid_input")


def test_one_of_file_and_code_is_needed(run: Run) -> None:
    for words in ((), ("r.zip", "--explain", "X")):
        with pytest.raises(SystemExit):
            run("diagnostics", *words)
