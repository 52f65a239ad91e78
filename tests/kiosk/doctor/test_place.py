"""In what kind of place a folder lies."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from kiosk.doctor.place import can_write, disk_of, look_at, synced_by


@dataclass(frozen=True)
class Disk:
    mountpoint: str
    fstype: str
    opts: str = "rw"


def test_an_ordinary_folder_can_be_written_and_is_left_as_it_was(tmp_path: Path) -> None:
    facts = look_at(tmp_path)
    assert (facts.is_writable, facts.is_remote, facts.synced_by) == (True, False, None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_cannot_be_written(tmp_path: Path) -> None:
    assert not can_write(tmp_path / "gone")


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX systems")
def test_the_disk_is_that_of_the_longest_path_above() -> None:
    disks = [Disk("/", "ext4"), Disk("/media/stick", "vfat"), Disk("/media/stick2", "nfs4"), Disk("/media", "tmpfs")]
    assert disk_of(Path("/media/stick/data"), disks) == ("vfat", "rw")
    assert disk_of(Path("/media/stick2"), disks) == ("nfs4", "rw")
    assert disk_of(Path("/var/x"), disks) == ("ext4", "rw")
    assert disk_of(Path("/media/stick"), [*disks, Disk("/media/stick", "cifs")]) == ("cifs", "rw")
    assert disk_of(Path("/var/x"), []) == ("", "")


@pytest.mark.parametrize(
    ("path", "program"),
    [
        ("/Users/clinic/OneDrive/data", "OneDrive"),
        ("/Users/clinic/OneDrive - Clinic/data", "OneDrive"),
        ("/home/clinic/Dropbox", "Dropbox"),
        ("/Users/clinic/Library/Mobile Documents/x", "iCloud"),
        ("/home/clinic/.local/share/hikma-local-server", None),
        ("/home/clinic/onedriver", None),
    ],
)
def test_a_folder_that_goes_to_the_internet_is_known_by_its_name(path: str, program: str | None) -> None:
    assert synced_by(Path(PurePosixPath(path))) == program
