"""Updates with real processes: versions are copies of the sources, files are signed, phones go on before and after."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db import migrate
from db.files import DATABASE_NAME
from kiosk.paths import DataFolder
from kiosk.update.lock import is_updating
from kiosk.update.place import UpdatePlace
from kiosk.update.pointer import POINTER_NAME
from tests.e2e.rest_phone import RestPhone
from tests.e2e.updating import UpdatedClinic, updated_clinic
from tests.polling import eventually
from tests.updates import NEW, OLD, Publisher

LIMIT_S = 90
MIGRATION = """
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "DOWN"


def upgrade() -> None:
    op.create_table("of_the_next_version", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("of_the_next_version")
"""


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    return Publisher(tmp_path_factory.mktemp("published"), Ed25519PrivateKey.generate())


@pytest.fixture(scope="module")
def installed(publisher: Publisher) -> Path:
    """Version N. It does not wait for phones that have just synced: those of these tests do nothing else."""
    return publisher.version(OLD, kiosk__update__desk="QUIET_S = 0.0")


@pytest.fixture(scope="module")
def set_up(installed: Path, publisher: Publisher, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an account."""
    folder = DataFolder(tmp_path_factory.mktemp("set-up") / "data")
    UpdatedClinic(installed, folder).set_up()
    return folder.root


@pytest.fixture
def clinic(installed: Path, set_up: Path, tmp_path: Path) -> Iterator[UpdatedClinic]:
    shutil.copytree(set_up, tmp_path / "data")
    with updated_clinic(installed, tmp_path / "data") as made:
        yield made


def next_version(publisher: Publisher, **changed: str) -> Path:
    """Version N+1, whose tables the version before it cannot read."""
    program = publisher.version(NEW, **changed)
    script = MIGRATION.replace("DOWN", migrate.newest_revision())
    (program / "db" / "migrations" / "versions" / "m9999_next.py").write_text(script, "utf-8")
    return program


def on_stick(file: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(file, folder / file.name))


def refused_files(publisher: Publisher, program: Path, stick: Path) -> list[tuple[Path, str]]:
    """Files that must not be installed, and what the page says of each."""
    flipped = on_stick(publisher.update(program, NEW), stick)
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    stranger = Publisher(publisher.folder, Ed25519PrivateKey.generate())
    return [
        (flipped, "update_damaged"),
        (on_stick(stranger.small_update(NEW), stick), "update_not_trusted"),
        (on_stick(publisher.small_update("0.9.0"), stick), "update_not_newer"),
        (on_stick(publisher.small_update(NEW, minimum_version="1.0.1"), stick), "update_too_far_ahead"),
        (on_stick(publisher.small_update(NEW, unpacked_size=10**18), stick), "disk_full"),
    ]


def synced(phone: RestPhone, *, sent: str, seen: set[str]) -> None:
    """A phone that begins anew finds everything, and what it sends is taken."""
    assert phone.pulled_ids() == seen
    phone.push_patients(sent)


def test_what_must_not_be_installed_is_refused_and_then_the_right_file_takes_over(
    clinic: UpdatedClinic, publisher: Publisher, tmp_path: Path
) -> None:
    phone = clinic.phone
    phone.push_patients("first")
    program = next_version(publisher)
    words = {"update_damaged": "not whole", "disk_full": "is full"}
    for file, code in refused_files(publisher, program, tmp_path / "stick"):
        clinic.install(file)
        outcome = clinic.pages().post("/update/install", file=str(file)).json()
        if code in words:  # found out when it is looked at more closely
            eventually(lambda text=words[code]: text in clinic.pages().shown())
        else:
            assert outcome["code"] == code
        assert (clinic.version(), clinic.phone.status()) == (OLD, 200)

    file = on_stick(publisher.update(program, NEW), tmp_path / "stick")
    assert clinic.said("update", "check", str(file))["version"] == NEW
    assert clinic.run("update", "install", str(file)).returncode == 3  # a server runs: by its page, then
    clinic.install(file)
    eventually(lambda: clinic.version() == NEW, deadline_s=LIMIT_S)
    eventually(lambda: not is_updating(clinic.folder))
    assert f"Version {NEW} is installed" in clinic.pages().shown()
    assert list(clinic.folder.backups.glob("*.hikma-backup"))
    phone.push_patients("second")  # the mark of before is still good
    synced(clinic.phone, sent="third", seen={"first", "second"})

    clinic.stop()
    assert clinic.start().version == NEW
    assert clinic.phone.pulled_ids() == {"first", "second", "third"}
    assert not UpdatePlace(clinic.folder).before.exists()


def test_a_version_that_does_not_serve_gives_program_and_database_back(
    clinic: UpdatedClinic, publisher: Publisher
) -> None:
    phone = clinic.phone
    phone.push_patients("first")
    before = clinic.pid()
    program = next_version(publisher, kiosk__serve="def serve(config, say):\n    raise SystemExit(3)")
    clinic.install(publisher.update(program, NEW))
    eventually(lambda: clinic.pid() not in (None, before), deadline_s=LIMIT_S)
    eventually(lambda: not is_updating(clinic.folder))
    assert clinic.version() == OLD  # which could not read what the next version has made of the tables
    assert f"Version {NEW} could not be installed" in clinic.pages().shown()
    phone.push_patients("second")
    assert clinic.phone.pulled_ids() == {"first", "second"}


def test_killed_in_the_middle_it_finishes_or_returns_and_nothing_is_lost(
    clinic: UpdatedClinic, publisher: Publisher
) -> None:
    place = UpdatePlace(clinic.folder)
    file = publisher.update(next_version(publisher), NEW)
    phone = clinic.phone
    seen: set[str] = set()
    moments: list[tuple[str, Callable[[], bool]]] = [
        (OLD, lambda: (place.trial / DATABASE_NAME).exists()),
        (NEW, lambda: (clinic.folder.root / POINTER_NAME).exists()),
    ]
    for number, (expected, has_come) in enumerate(moments):
        phone.push_patients(f"sent-{number}")
        seen.add(f"sent-{number}")
        clinic.install(file)
        eventually(has_come, deadline_s=LIMIT_S, every_s=0.001)
        clinic.kill()
        assert clinic.start().version == expected
        assert clinic.phone.pulled_ids() == seen
