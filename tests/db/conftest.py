"""A data folder with an open database, real and encrypted, and a clock that tests set.

Knows nothing of what is tested with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.database import Database
from db.store import Store, open_store
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


@pytest.fixture
def store(made_folder: Path, folder: Path, clock: AdjustableClock) -> Iterator[Store]:
    shutil.copytree(made_folder, folder, dirs_exist_ok=True)
    opened = open_store(folder, KEY, clock)
    yield opened
    opened.database.close()


@pytest.fixture
def database(store: Store) -> Database:
    return store.database
