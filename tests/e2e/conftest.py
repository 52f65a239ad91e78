"""Fixtures of the end-to-end tests: the running program and the real phones.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from playwright.sync_api import Browser

from db.accounts import NewAccount, add_account
from db.clock import SystemClock
from kiosk.config import Config
from kiosk.keystore import KeystoreChoice
from kiosk.opening import open_beside
from kiosk.paths import DataFolder
from kiosk.recovery import new_recovery_code
from tests.e2e.browser import launched_browser
from tests.e2e.clinic import Clinic
from tests.e2e.server import DOCTOR, NURSE, RunningServer
from tests.examples import IS_LONG
from tests.phone.client import PhoneDriver
from web.i18n import LANGUAGES, Translator, load_catalogue

_CHEAP = 2
_tags = count(1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this module's tests."""
    with launched_browser() as running:
        yield running


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Every language, unless a test says which ones."""
    return str(request.param)


@pytest.fixture
def words(language: str) -> Translator:
    """The words of that language."""
    return load_catalogue().translator(language)


@pytest.fixture(scope="session")
def staffed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two staff accounts and a recovery code. Copy it, don't use it."""
    folder = DataFolder(tmp_path_factory.mktemp("staffed") / "data")
    folder.prepare()
    key, database = open_beside(Config(folder, keystore=KeystoreChoice.FILE), SystemClock())
    with closing(database):
        for staff in (NURSE, DOCTOR):
            account = NewAccount(staff.email, staff.name, staff.password, clinic_name=staff.clinic)
            add_account(database, account, "command")
        # Stretching it costs a second each time that a code is made or typed.
        new_recovery_code(folder, database, key.secret, cost=_CHEAP)
    return folder.root


@pytest.fixture
def running_server(staffed_folder: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """The program, serving on a free loopback port, with the accounts NURSE and DOCTOR."""
    folder = tmp_path / "data"
    shutil.copytree(staffed_folder, folder)
    server = RunningServer(folder)
    server.start()
    yield server
    server.kill()  # nobody needs the folder any more, and waiting for a clean stop of every server adds up


@pytest.fixture(scope="module")
def phone_driver() -> Iterator[PhoneDriver]:
    """The process that holds this module's phones."""
    with PhoneDriver() as driver:
        yield driver


@pytest.fixture
def clinic(running_server: RunningServer, phone_driver: PhoneDriver) -> Iterator[Clinic]:
    """A running server without records, and as many phones as a test wants."""
    clinic = Clinic(running_server, phone_driver, f"test{next(_tags)}")
    yield clinic
    clinic.close_phones()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of each test of this folder a short run takes one combination, of different tests different ones; all of them
    with HIKMA_LONG=1, with -k or by name."""
    if IS_LONG or config.option.keyword or any("[" in word for word in config.args):
        return
    combinations: dict[str, list[pytest.Item]] = {}
    for item in items:
        combinations.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out = {
        item
        for name, some in combinations.items()
        if name.startswith("tests/e2e/")
        for place, item in enumerate(some)
        if place != crc32(name.encode()) % len(some)
    }
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]
