from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.update.place import UpdatePlace
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, opened_clinic
from tests.updates import Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    folder = tmp_path / "published"
    folder.mkdir()
    return Publisher(folder, Ed25519PrivateKey.generate())


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    made = opened_clinic(tmp_path / "data", AdjustableClock())
    made.add_patients("amal")
    yield made
    made.store.database.close()


@pytest.fixture
def place(clinic: OpenClinic) -> UpdatePlace:
    made = UpdatePlace(clinic.folder)
    made.prepare()
    return made
