"""Backups that can be chosen for a restore."""

from __future__ import annotations

from pathlib import Path

from kiosk.backup_finding import find_backups
from kiosk.backup_shelf import Shelf
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import opened_clinic
from web.ui.restore_port import BackupPlace


def test_each_is_there_once_with_its_place(tmp_path: Path) -> None:
    clinic = opened_clinic(tmp_path / "data", AdjustableClock())
    here, second, drive = tmp_path / "here", tmp_path / "stick" / "second", tmp_path / "stick"
    for folder in (here, second):
        folder.mkdir(parents=True)
        clinic.back_up(folder / "a.hikma-backup")
    clinic.back_up(drive / "b.hikma-backup")
    (drive / "broken.hikma-backup").write_bytes(b"no backup")
    clinic.store.database.close()
    shelved = [*Shelf(here).backups(), *Shelf(second).backups()]
    found = find_backups(here, lambda: shelved, lambda: [drive])
    assert [(Path(one.file).parent, one.name, one.place) for one in found] == [
        (here, "a.hikma-backup", BackupPlace.HERE),
        (second, "a.hikma-backup", BackupPlace.SECOND),
        (drive, "b.hikma-backup", BackupPlace.DRIVE),
        (drive, "broken.hikma-backup", BackupPlace.DRIVE),
    ]
    assert [(one.server_name, one.made_ms is None) for one in found[2:]] == [("North Clinic", False), ("", True)]
