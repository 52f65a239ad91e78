"""The commands about updates. This checkout trusts nobody's files; of one that does: tests/e2e/test_update.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.instance import ServerLock
from kiosk.update.place import UpdatePlace
from tests.kiosk.backups import OpenClinic
from tests.updates import Publisher, printed

UPDATE, NOT_RUNNING_AS_WISHED, NO_SUCH_THING = 10, 3, 6


@pytest.fixture(autouse=True)
def key_in_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIKMA_KEYSTORE", "file")


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, object]]:
    code = main(["--json", *map(str, words)])
    return code, printed(capsys.readouterr().out)


def test_a_file_of_nobody_we_trust_is_refused(
    clinic: OpenClinic, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.store.close()
    root = clinic.folder.root
    for action in ("check", "install"):
        code, told = said(capsys, "--data-dir", root, "update", action, publisher.small_update())
        assert (code, told["error"]) == (UPDATE, "update_not_trusted")


def test_while_a_server_runs_nothing_is_installed(
    clinic: OpenClinic, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    with ServerLock(clinic.folder):
        code, told = said(capsys, "--data-dir", clinic.folder.root, "update", "install", publisher.small_update())
    assert (code, told["error"]) == (NOT_RUNNING_AS_WISHED, "already_running")


def test_the_exchange_does_nothing_without_a_plan(
    clinic: OpenClinic, place: UpdatePlace, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.store.close()
    code, told = said(capsys, "--data-dir", clinic.folder.root, "update-run")
    assert (code, told["error"]) == (NO_SUCH_THING, "not_found")


def test_the_trial_serves_the_folder_it_is_given(clinic: OpenClinic, capsys: pytest.CaptureFixture[str]) -> None:
    clinic.store.close()
    code, told = said(capsys, "--data-dir", clinic.folder.root, "update-trial")
    assert (code, told["ok"]) == (0, True)
