"""A clinic's store for the tests of the web modules, and the phones' application served from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.accounts import NewAccount, add_account
from db.store import Store, open_store
from tests.fakes.clock import AdjustableClock
from tests.web.phones_listener import DOCTOR, KEY, NURSE, PhonesListener


@pytest.fixture(scope="session")
def template_folder(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the accounts NURSE and DOCTOR. Copy it, don't use it."""
    folder = tmp_path_factory.mktemp("template") / "data"
    shutil.copytree(made_folder, folder)
    store = open_store(folder, KEY, AdjustableClock())
    for email, password, name in (NURSE, DOCTOR):
        add_account(store.database, NewAccount(email, name, password, clinic_name="North"), "command")
    store.close()
    return folder


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def store(template_folder: Path, tmp_path: Path, clock: AdjustableClock) -> Iterator[Store]:
    folder = tmp_path / "data"
    shutil.copytree(template_folder, folder)
    store = open_store(folder, KEY, clock)
    yield store
    store.close()


@pytest.fixture
def phones(store: Store, clock: AdjustableClock) -> Iterator[PhonesListener]:
    """The phones' application on a real listener."""
    with PhonesListener(store, clock) as listener:
        yield listener


@pytest.fixture(scope="module")
def standing_phones(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonesListener]:
    """The same for a whole module: for tests that do not mind what others have stored."""
    folder = tmp_path_factory.mktemp("standing") / "data"
    shutil.copytree(template_folder, folder)
    clock = AdjustableClock()
    store = open_store(folder, KEY, clock)
    with PhonesListener(store, clock) as listener:
        yield listener
    store.close()
