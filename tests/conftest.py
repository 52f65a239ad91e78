"""What tests of every package begin with. Knows nothing of any of them."""

from __future__ import annotations

from pathlib import Path

import bcrypt
import pytest
from cheroot.server import HTTPServer

from db.store import open_store
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock

HTTPServer.expiration_interval = 0.02  # how soon a listener sees that it is to stop: hundreds of them do

_usual_salt = bcrypt.gensalt


def _cheap_salt(rounds: int = 4, prefix: bytes = b"2b") -> bytes:
    return _usual_salt(rounds, prefix)


bcrypt.gensalt = _cheap_salt  # a password costs a quarter of a second otherwise: thousands of tests have one


@pytest.fixture
def usual_password_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what they cost in the program."""
    monkeypatch.setattr(bcrypt, "gensalt", _usual_salt)


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database has its tables and nothing in them: making them takes longer than most tests.
    Copy it, don't use it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    folder.mkdir()
    open_store(folder, KEY, AdjustableClock()).close()
    return folder
