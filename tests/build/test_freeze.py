"""The cheap parts of freezing. Freezing itself is `make dist`; what it makes is tried there."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import freeze
import pytest
from console import Failed

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the program is a shell script")


def program_that_says(folder: Path, text: str, exit_code: int) -> Path:
    program = folder / "program"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {exit_code}\n")
    program.chmod(0o755)
    return program


def test_the_same_sources_are_frozen_in_the_same_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    environ = freeze.environment(tmp_path)
    assert (environ["PYTHONHASHSEED"], environ["SOURCE_DATE_EPOCH"]) == ("0", "1700000000")
    assert environ["PYINSTALLER_CONFIG_DIR"].startswith(str(tmp_path))


def test_without_a_given_date_it_is_that_of_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert re.fullmatch(r"\d{10}", freeze.source_date())


@posix_only
def test_files_get_one_time_and_plain_rights(tmp_path: Path) -> None:
    inside = tmp_path / "_internal"
    inside.mkdir(mode=0o700)
    for path in (tmp_path / "program", inside / "lib.so", inside / "QtWebEngineProcess"):
        path.touch(mode=0o700)
    freeze.make_uniform(tmp_path, 1_700_000_000)
    rights = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert rights == {"program": 0o755, "_internal": 0o755, "lib.so": 0o644, "QtWebEngineProcess": 0o755}
    assert {path.stat().st_mtime for path in tmp_path.rglob("*")} == {1_700_000_000}


@posix_only
def test_a_self_test_that_fails_stops_the_build_and_is_shown(tmp_path: Path) -> None:
    report = json.dumps({"ok": False, "checks": [{"name": "window", "result": "failed", "reason": ["libEGL.so.1"]}]})
    with pytest.raises(Failed, match=r"libEGL\.so\.1"):
        freeze.selftest(program_that_says(tmp_path, report, 1))


@posix_only
def test_a_program_that_does_not_start_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="cannot open shared object"):
        freeze.selftest(program_that_says(tmp_path, "cannot open shared object", 127))


@posix_only
def test_a_self_test_that_passes_is_handed_on(tmp_path: Path) -> None:
    report = {"ok": True, "checks": []}
    assert freeze.selftest(program_that_says(tmp_path, json.dumps(report), 0)) == report


def test_sizes_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"4567")
    assert freeze.size_of(tmp_path) == 7
