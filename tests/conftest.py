"""What tests of every package begin with. Knows nothing of any of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cheroot.server import HTTPServer

from db.store import open_store
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock

HTTPServer.expiration_interval = 0.02  # how soon a listener sees that it is to stop: hundreds of them do


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database has its tables and nothing in them: making them takes longer than most tests.
    Copy it, don't use it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    folder.mkdir()
    open_store(folder, KEY, AdjustableClock()).close()
    return folder
