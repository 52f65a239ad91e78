"""Everything goes that belongs to the clinic, nothing else, and a kill on the way does not keep it from going."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest

from kiosk.erasure import EraseStep, Erasure, decide_erasure, finish_erasure, is_erasing
from kiosk.keystore import Keystore, KeystoreChoice
from kiosk.opening import open_beside
from kiosk.passphrase import set_passphrase
from kiosk.paths import DataFolder
from kiosk.recovery import new_recovery_code
from tests.db.rows import run_python
from tests.fakes.clock import AdjustableClock
from tests.fakes.keyring_backends import LockedKeystore, MemoryKeystore
from tests.kiosk.backups import OpenClinic, opened_clinic, patients_in

STAYS = {"opening.lock", "key.lock", "server.lock", "running.json", "notes-of-somebody.txt"}
CHEAP = 2


@pytest.fixture
def clinic(tmp_path: Path) -> OpenClinic:
    """One that has everything a data folder can have; closed."""
    made = opened_clinic(tmp_path / "data", AdjustableClock())
    made.add_patients("p1")
    new_recovery_code(made.folder, made.store.database, made.key, cost=CHEAP)
    made.store.close()
    root = made.folder.root
    for name in ("clinic.db-wal", "clinic.db-shm", "clinic.db.before-migration", "key.damaged-12", ".key.a1.part"):
        (root / name).write_bytes(b"x")
    for name in ("address.json", "language", "passphrase-tries", "start-failed.json", "open.html", *STAYS):
        (root / name).write_bytes(b"x")
    for name in ("replaced/2026-01-01", "program/before", "program/trial", "staging", "backups", "logs"):
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "clinic.db").write_bytes(b"x")
    for name in ("old", "last"):
        (root / "backups" / f"{name}.hikma-backup").write_bytes(b"x")
    (root / "logs" / "server.log").write_text("a line")
    (root / "logs" / "server.log.1").write_text("a line")
    return made


def left_in(folder: DataFolder) -> set[str]:
    return {path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file()}


def test_everything_of_the_clinic_is_gone_and_nothing_else(clinic: OpenClinic) -> None:
    decide_erasure(clinic.folder, Erasure(with_backups=True, kept="last.hikma-backup"))
    assert finish_erasure(clinic.folder)
    assert left_in(clinic.folder) == STAYS | {"backups/last.hikma-backup", "backups/clinic.db", "logs/server.log"}
    assert (clinic.folder.logs / "server.log").read_bytes() == b""
    assert not finish_erasure(clinic.folder)


def test_backups_stay_unless_they_are_to_go_too(clinic: OpenClinic) -> None:
    decide_erasure(clinic.folder, Erasure())
    finish_erasure(clinic.folder)
    assert {name for name in left_in(clinic.folder) if name.endswith(".hikma-backup")} == {
        "backups/old.hikma-backup",
        "backups/last.hikma-backup",
    }


def test_a_passphrase_and_its_copy_of_the_key_are_gone_too(clinic: OpenClinic) -> None:
    set_passphrase(clinic.folder, Keystore(clinic.folder), clinic.key, "correct horse", cost=CHEAP)
    decide_erasure(clinic.folder, Erasure())
    finish_erasure(clinic.folder)
    assert not clinic.folder.passphrase_file.exists()


def test_a_mark_that_cannot_be_read_erases_no_backup(clinic: OpenClinic) -> None:
    clinic.folder.erasing_file.write_text("yes")
    finish_erasure(clinic.folder)
    assert not clinic.folder.database_file.exists()
    assert (clinic.folder.backups / "old.hikma-backup").exists()


KILLED = """
import os, sys
from pathlib import Path
from kiosk.erasure import Erasure, EraseStep, decide_erasure, finish_erasure
from kiosk.paths import DataFolder
step = EraseStep(sys.argv[2])
def at(reached):
    if reached is step:
        os._exit(9)
folder = DataFolder(Path(sys.argv[1]))
decide_erasure(folder, Erasure(with_backups=True, kept="last.hikma-backup"))
finish_erasure(folder, at)
"""


@pytest.mark.parametrize("step", EraseStep)
def test_killed_at_any_step_the_next_start_brings_it_to_its_end(clinic: OpenClinic, step: EraseStep) -> None:
    assert run_python(KILLED, str(clinic.folder.root), step.value).returncode == 9
    assert patients_in(clinic.config, AdjustableClock()) == set()  # a new and empty database
    assert not is_erasing(clinic.folder)
    assert {name for name in left_in(clinic.folder) if "backup" in name} == {
        "backups/last.hikma-backup",
        "backups/clinic.db",
    }


def test_the_next_database_has_another_key_even_if_the_keystore_could_not_be_asked(tmp_path: Path) -> None:
    former = keyring.get_keyring()
    backend = MemoryKeystore()
    try:
        keyring.set_keyring(backend)
        folder = DataFolder(tmp_path)
        old = Keystore(folder, KeystoreChoice.OS).open().secret
        keyring.set_keyring(LockedKeystore())
        decide_erasure(folder, Erasure())
        finish_erasure(folder)
        keyring.set_keyring(backend)
        keystore = Keystore(folder, KeystoreChoice.OS)
        assert keystore.open().secret != old
        keystore.forget_abandoned()
        assert old.hex() not in backend.entries.values()
        assert len(backend.entries) == 1
        keystore.forget_abandoned()
    finally:
        keyring.set_keyring(former)


def test_whoever_opens_the_folder_finds_it_empty(clinic: OpenClinic) -> None:
    decide_erasure(clinic.folder, Erasure())
    key, database = open_beside(clinic.config, AdjustableClock())
    database.close()
    assert key.secret != clinic.key
