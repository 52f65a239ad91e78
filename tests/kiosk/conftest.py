"""Fixtures of the tests of the program: a clinic's data folder, and a server process on it.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.database import Database
from db.store import open_store
from kiosk.cli import OK
from kiosk.keystore import CHOICE_VARIABLE
from kiosk.paths import DataFolder
from tests.db.rows import KEY
from tests.e2e.server import RunningServer
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, opened_clinic
from tests.kiosk.command_line import NURSE, PASSWORD, Run, runner
from tests.kiosk.hubs import built_hub
from tests.web.ui.kiosk_port_contract import FORM


@pytest.fixture(scope="session")
def made_clinic_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a clinic with one account. Copy it, don't use it."""
    root = tmp_path_factory.mktemp("made") / "data"
    with built_hub(root) as hub:
        hub.control.complete_first_run(FORM)
    return root


@pytest.fixture
def clinic_folder(made_clinic_folder: Path, tmp_path: Path) -> DataFolder:
    """The data folder of a clinic with one account."""
    shutil.copytree(made_clinic_folder, tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def server(clinic_folder: DataFolder) -> Iterator[RunningServer]:
    """A server on that folder, not started yet."""
    server = RunningServer(clinic_folder.root)
    yield server
    server.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs commands on that folder."""
    monkeypatch.setenv(CHOICE_VARIABLE, "file")
    former = os.umask(0o077)  # the program sets its own
    yield runner(folder, monkeypatch, capsys)
    os.umask(former)


@pytest.fixture
def staffed(run: Run) -> Run:
    """... in which there is one account."""
    assert run("user", "add", *NURSE, "--clinic", "North", "--password-stdin", stdin=PASSWORD.encode()).code == OK
    return run


@pytest.fixture
def clock() -> AdjustableClock:
    """A clock that tests set."""
    return AdjustableClock()


@pytest.fixture
def database(made_folder: Path, tmp_path: Path, clock: AdjustableClock) -> Iterator[Database]:
    """A database with its tables and nothing in them."""
    store = open_store(shutil.copytree(made_folder, tmp_path / "database"), KEY, clock)
    yield store.database
    store.close()


@pytest.fixture
def clinic(tmp_path: Path, clock: AdjustableClock) -> Iterator[OpenClinic]:
    """A clinic whose database is open, by the time of ``clock``."""
    made = opened_clinic(tmp_path / "data", clock)
    yield made
    made.store.database.close()
