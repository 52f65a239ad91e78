"""Sticks and other drives that a person has connected to this computer, and the backups on them.

Knows nothing of what is done with them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import psutil

from kiosk.backup_shelf import Shelf, ShelvedBackup

FOLDERS_LOOKED_AT = 60
_PLACES = ("/media/", "/run/media/", "/mnt/", "/Volumes/")


class Partition(Protocol):
    """As psutil tells it."""

    @property
    def mountpoint(self) -> str:
        """Its folder."""
        ...

    @property
    def opts(self) -> str:
        """Words with commas; on Windows the kind of drive among them."""
        ...


Partitions = Callable[[], Sequence[Partition]]


def _here() -> Sequence[Partition]:
    return psutil.disk_partitions(all=False)


def connected_drives(partitions: Partitions = _here, system: str = sys.platform) -> tuple[Path, ...]:
    """Where they are found. Not the disk that the system is on, no network drives, no discs."""
    found = {partition.mountpoint for partition in partitions() if _is_connected(partition, system)}
    return tuple(map(Path, sorted(found)))


def backups_on(drive: Path) -> list[ShelvedBackup]:
    """Those in its folder and in the folders in it, newest first."""
    folders = [drive]
    with contextlib.suppress(OSError):
        inside = sorted(path for path in drive.iterdir() if path.is_dir() and not path.name.startswith("."))
        folders += inside[:FOLDERS_LOOKED_AT]
    return [backup for folder in folders for backup in Shelf(folder).backups()]


def _is_connected(partition: Partition, system: str) -> bool:
    if system == "win32":
        kinds = partition.opts.split(",")
        own = os.environ.get("SYSTEMDRIVE", "C:").upper()
        is_own = partition.mountpoint.upper().startswith(own)
        return not is_own and not {"cdrom", "remote"} & set(kinds)
    return partition.mountpoint.startswith(_PLACES)
