"""The command that erases everything: the name is needed, and the last backup opens with the recovery code."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.backup import verify_backup
from db.backup_file import read_description
from db.errors import AlreadyRunning, InvalidInput
from kiosk.erase import check_name, erase_everything
from kiosk.instance import ServerLock
from kiosk.recovery import key_by_code
from kiosk.restore import restore_backup
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, file_config, opened_clinic, patients_in

NAME = "North Clinic"


@pytest.fixture
def clinic(tmp_path: Path) -> OpenClinic:
    made = opened_clinic(tmp_path / "data", AdjustableClock(), NAME)
    made.add_patients("p1", "p2")
    made.store.close()
    return made


def test_the_last_backup_is_all_that_is_left_and_restores_with_the_code(clinic: OpenClinic, tmp_path: Path) -> None:
    done = erase_everything(clinic.config, clinic.clock, "north  clinic", cost=2)
    assert done.backup is not None
    assert done.recovery_code is not None
    verify_backup(done.backup, key_by_code(read_description(done.backup).recovery, done.recovery_code))
    assert not clinic.folder.database_file.exists()
    elsewhere = file_config(tmp_path / "elsewhere")
    restore_backup(elsewhere, done.backup, clinic.clock, recovery_code=done.recovery_code)
    assert patients_in(elsewhere, clinic.clock) == {"p1", "p2"}


def test_without_a_backup_nothing_is_left(clinic: OpenClinic) -> None:
    done = erase_everything(clinic.config, clinic.clock, NAME, with_backup=False, with_backups=True)
    assert (done.backup, done.recovery_code) == (None, None)
    assert list(clinic.folder.root.rglob("*.hikma-backup")) == []
    assert patients_in(clinic.config, clinic.clock) == set()


def test_a_wrong_name_or_a_running_server_erases_nothing(clinic: OpenClinic) -> None:
    with pytest.raises(InvalidInput):
        erase_everything(clinic.config, clinic.clock, "South Clinic")
    with ServerLock(clinic.folder), pytest.raises(AlreadyRunning):
        erase_everything(clinic.config, clinic.clock, NAME)
    assert patients_in(clinic.config, clinic.clock) == {"p1", "p2"}


@pytest.mark.parametrize("typed", ["NORTH CLINIC", " North\u00a0Clinic "])
def test_the_name_is_compared_as_people_read_it(typed: str) -> None:
    check_name(typed, NAME)
