"""Sticks are found on every system, and the backups on them without anybody saying in which folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.drives import backups_on, connected_drives
from tests.kiosk.backups import OpenClinic


@dataclass(frozen=True)
class FakePartition:
    mountpoint: str
    opts: str = "rw"


@pytest.mark.parametrize(
    ("system", "mounted", "expected"),
    [
        ("linux", ["/", "/boot/efi", "/run/media/a/STICK", "/media/b/Disk 2", "/mnt/usb"], 3),
        ("darwin", ["/", "/System/Volumes/Data", "/Volumes/STICK"], 1),
        ("linux", ["/"], 0),
    ],
)
def test_what_is_mounted_where_people_see_it_is_a_drive(system: str, mounted: list[str], expected: int) -> None:
    found = connected_drives(lambda: [FakePartition(folder) for folder in mounted], system)
    assert len(found) == expected
    assert Path("/") not in found


def test_on_windows_it_is_every_drive_but_the_systems_own_discs_and_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SYSTEMDRIVE", "C:")
    kinds = {"C:\\": "rw,fixed", "D:\\": "ro,cdrom", "E:\\": "rw,removable", "F:\\": "rw,fixed", "Z:\\": "rw,remote"}
    found = connected_drives(lambda: [FakePartition(place, kind) for place, kind in kinds.items()], "win32")
    assert [str(drive) for drive in found] == ["E:\\", "F:\\"]


def test_this_computer_can_be_asked() -> None:
    assert Path("/") not in connected_drives()


def test_backups_in_the_folder_of_a_stick_and_in_the_folders_in_it_are_found(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    for folder in (stick, stick / "Backups", stick / ".hidden", stick / "a" / "b"):
        folder.mkdir(parents=True)
        clinic.back_up(folder / "x.hikma-backup")
    assert {backup.path.parent for backup in backups_on(stick)} == {stick, stick / "Backups"}
    assert backups_on(tmp_path / "gone") == []
