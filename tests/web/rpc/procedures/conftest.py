"""A desk at a clinic with an open store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import open_store
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock
from tests.web.rpc.procedures.desk import Desk


@pytest.fixture(scope="session")
def desk_folder(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the account of the nurse. Copy it, don't use it."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(made_folder, folder)
    clock = AdjustableClock()
    store = open_store(folder, KEY, clock)
    Desk(store, clock)
    store.close()
    return folder


@pytest.fixture
def desk(desk_folder: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "data"
    shutil.copytree(desk_folder, folder)
    clock = AdjustableClock()
    store = open_store(folder, KEY, clock)
    yield Desk(store, clock)
    store.close()
