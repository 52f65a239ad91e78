"""Starts that fail, or that must not: what is told, and that the database is left as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.clock import SystemClock
from db.database import Database
from db.files import CEILING_NAME, DATABASE_NAME, UNCLEAN_NAME
from db.stamps import StampCeiling
from kiosk.paths import DataFolder
from kiosk.runtime_file import take_start_failure
from tests.e2e.server import PROJECT, RunningServer
from tests.kiosk.serving import ACCOUNT, log_of, phone_of, refusal

EMPTY_DATABASE_BYTES = 4096  # a header and nothing else


@pytest.fixture
def folder(clinic_folder: DataFolder) -> DataFolder:
    return clinic_folder


def damage(path: Path, begin: int) -> None:
    """Change every byte from ``begin`` on."""
    content = path.read_bytes()
    path.write_bytes(content[:begin] + bytes(byte ^ 0x5A for byte in content[begin:]))


def lose_the_key(folder: DataFolder) -> None:
    folder.key_file.unlink()


def bring_another_key(folder: DataFolder) -> None:
    folder.key_file.write_text("ab" * 32)


def spoil_the_key(folder: DataFolder) -> None:
    folder.key_file.write_text("not a key")


def damage_the_file(folder: DataFolder) -> None:
    damage(folder.database_file, 4096)


def damage_a_page_in_a_power_cut(folder: DataFolder) -> None:
    damage(folder.database_file, folder.database_file.stat().st_size - 4096)
    (folder.root / UNCLEAN_NAME).touch()


def cut_the_file_short(folder: DataFolder) -> None:
    os.truncate(folder.database_file, 100_000)


def come_from_the_future(folder: DataFolder) -> None:
    key = bytes.fromhex(folder.key_file.read_text())
    database = Database(folder.database_file, key, SystemClock(), StampCeiling(folder.root / CEILING_NAME))
    with database.write() as transaction:
        transaction.run(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()


FAULTS: tuple[tuple[Callable[[DataFolder], None], str], ...] = (
    (lose_the_key, "key_missing"),
    (bring_another_key, "wrong_key"),
    (spoil_the_key, "wrong_key"),
    (damage_the_file, "database_damaged"),
    (damage_a_page_in_a_power_cut, "database_damaged"),
    (cut_the_file_short, "database_damaged"),
    (come_from_the_future, "newer_database"),
)


@pytest.mark.parametrize(("fault", "error"), FAULTS)
def test_a_database_that_cannot_be_used_is_told_and_left_alone(
    folder: DataFolder, server: RunningServer, fault: Callable[[DataFolder], None], error: str
) -> None:
    fault(folder)
    before = folder.database_file.read_bytes()
    names = {path.name for path in folder.root.iterdir()}
    assert refusal(server) == (5, error)
    assert refusal(server) == (5, error)  # the first attempt has not made it worse, nor forgotten
    assert folder.database_file.read_bytes() == before
    left = {path.name for path in folder.root.iterdir()} - names
    assert left <= {"start-failed.json", "server.lock", "key.lock", f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm"}
    failure = take_start_failure(folder)
    assert failure is not None
    assert failure.code == error
    assert f"code={error}" in log_of(folder)


def test_a_kill_during_the_first_start_does_not_keep_the_second_from_serving(tmp_path: Path) -> None:
    """The power fails after the file was made and before its tables were."""
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.key_file.write_text("ab" * 32)
    Database(folder.database_file, bytes.fromhex("ab" * 32), SystemClock(), StampCeiling(tmp_path)).close()
    database = Database(folder.database_file, bytes.fromhex("ab" * 32), SystemClock(), StampCeiling(tmp_path))
    with database.read() as snapshot:
        snapshot.scalar(sa.select(1))
    database.close()
    assert folder.database_file.stat().st_size <= EMPTY_DATABASE_BYTES
    server = RunningServer(folder.root)
    server.start()
    assert server.stop() == 0


def test_an_emptied_file_is_not_taken_for_a_new_clinic(folder: DataFolder, server: RunningServer) -> None:
    server.start()
    phone_of(server).push_patients("p1")
    server.stop()
    os.truncate(folder.database_file, 0)
    assert refusal(server) == (5, "database_damaged")
    assert refusal(server) == (5, "database_damaged")


def test_a_database_that_was_taken_away_on_purpose_is_begun_anew(folder: DataFolder, server: RunningServer) -> None:
    server.start()
    phone = phone_of(server)
    phone.push_patients("p1")
    phone.pull()
    server.stop()
    folder.database_file.unlink()
    server.start()
    server.add_user(ACCOUNT)
    assert phone.pulled_ids() == set()
    assert phone.status() == 200


def test_a_folder_that_cannot_be_made_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(RunningServer(tmp_path / "file" / "data")) == (5, "storage_failed")
    assert refusal(RunningServer(tmp_path / "file")) == (5, "storage_failed")


def test_an_error_nobody_expected_is_in_the_log_by_place_and_never_by_text(folder: DataFolder) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from kiosk.config import config_from\n"
        "from kiosk.paths import DataFolder\n"
        "from kiosk.serve import serve\n"
        "def say(server): raise LookupError('Amina Haddad')\n"
        "folder = DataFolder(pathlib.Path(sys.argv[1]))\n"
        "serve(config_from(folder, {'HIKMA_KEYSTORE': 'file'}, host='127.0.0.1', port=0), say)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder.root)], capture_output=True, text=True, cwd=PROJECT, timeout=60
    )
    assert "HubError" in done.stderr.splitlines()[-1]
    log = log_of(folder)
    assert "LookupError" in log
    assert "Amina" not in log + done.stderr
    assert not (folder.root / UNCLEAN_NAME).exists()
    failure = take_start_failure(folder)
    assert failure is not None
    assert (failure.code, failure.context) == ("internal", {"request_id": "LookupError"})
