from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import MappingProxyType

import pytest

from db.errors import StorageFailed
from kiosk import __version__
from kiosk.cli import OK, main
from kiosk.selftest import CHECKS, Bench, Check, CheckFailed, NotInThisBuild, has_hung, run_checks
from tests.e2e.server import PROJECT

SECRET = "the password of a nurse"


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What a check that hangs waits for; it comes when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def failing(failure: Exception) -> Check:
    def check(bench: Bench) -> None:
        raise failure

    return check


def passing(bench: Bench) -> None:
    pass


def results(report: dict[str, object]) -> dict[str, str]:
    checks = report["checks"]
    assert isinstance(checks, list)
    return {entry["name"]: entry["result"] for entry in checks}


def test_this_copy_of_the_program_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--selftest"]) == OK
    report = json.loads(capsys.readouterr().out)
    assert results(report) == dict.fromkeys(CHECKS, "passed")
    assert (report["ok"], report["version"], report["frozen"]) == (True, __version__, False)


def test_without_the_windows_toolkit_that_check_is_skipped() -> None:
    program = (
        "import sys; from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "PathFinder.find_spec = lambda name, *more: None if name == 'webview' else find(name, *more)\n"
        "from kiosk.cli import main; sys.exit(main(['--selftest']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == OK, done.stderr
    assert results(json.loads(done.stdout)) == dict.fromkeys(CHECKS, "passed") | {"window": "skipped"}


def test_a_check_that_fails_leaves_the_others_to_run() -> None:
    report = run_checks(MappingProxyType({"a": failing(CheckFailed("no code was drawn")), "b": passing}))
    assert results(report) == {"a": "failed", "b": "passed"}
    assert report["checks"][0]["reason"] == ["no code was drawn"]
    assert not report["ok"]


def test_what_nobody_expected_is_named_by_its_kind_and_place_without_its_text() -> None:
    report = run_checks({"a": failing(RuntimeError(SECRET)), "b": failing(StorageFailed(kind="OSError"))})
    assert results(report) == {"a": "failed", "b": "failed"}
    assert re.match(r"\s*RuntimeError$", report["checks"][0]["reason"][0])
    assert SECRET not in json.dumps(report)


def test_a_library_that_is_missing_is_named() -> None:
    missing = "libEGL.so.1: cannot open shared object file"
    report = run_checks({"window": failing(ImportError(missing))})
    assert missing in report["checks"][0]["reason"]


def test_what_is_left_out_of_a_build_is_no_failure() -> None:
    report = run_checks({"window": failing(NotInThisBuild())})
    assert (report["ok"], results(report)) == (True, {"window": "skipped"})


def test_a_check_that_hangs_ends_the_test_and_is_named(never: threading.Event) -> None:
    def hanging(bench: Bench) -> None:
        never.wait()

    report = run_checks({"a": hanging, "b": passing}, limit_s=0.05)
    assert results(report) == {"a": "timeout"}
    assert has_hung(report)
    assert not report["ok"]


@pytest.mark.parametrize("name", ["phone_sync", "backup_and_restore"])
def test_a_check_of_a_server_that_did_not_start_says_so(name: str) -> None:
    report = run_checks({name: CHECKS[name]})
    assert report["checks"][0]["reason"] == ["the server is not running"]


def test_a_backup_without_the_records_is_a_failure() -> None:
    report = run_checks({name: CHECKS[name] for name in ("serving", "backup_and_restore")})
    assert results(report) == {"serving": "passed", "backup_and_restore": "failed"}
    assert report["checks"][1]["reason"] == ["the restored records are not those of the backup"]


def test_nothing_is_left_behind(tmp_path: object) -> None:
    folders = []
    run_checks({"a": lambda bench: folders.append(bench.folder)})
    assert [folder.exists() for folder in folders] == [False]
