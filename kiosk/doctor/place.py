"""In what kind of place a folder lies: whether it can be written, on which kind of disk, and who else has it.

Knows nothing of what is in it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import psutil

from kiosk.doctor.facts import FolderFacts

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "fuse.sshfs", "9p"}
)
SYNCED = MappingProxyType(
    {
        "onedrive": "OneDrive",
        "dropbox": "Dropbox",
        "google drive": "Google Drive",
        "googledrive": "Google Drive",
        "my drive": "Google Drive",
        "mobile documents": "iCloud",
        "icloud drive": "iCloud",
        "nextcloud": "Nextcloud",
    }
)
"""Folders of programs that copy files one by one, also while they are written to: a database does not survive that."""


class Partition(Protocol):
    """A mounted disk as psutil describes it."""

    @property
    def mountpoint(self) -> str:
        """The folder it begins at."""
        ...

    @property
    def fstype(self) -> str:
        """Its file system."""
        ...

    @property
    def opts(self) -> str:
        """How it is mounted, separated by commas."""
        ...


def look_at(folder: Path) -> FolderFacts:
    """The facts about an existing folder. It is written to for a moment."""
    kind, options = disk_of(folder, psutil.disk_partitions(all=True))
    is_remote = kind.lower() in NETWORK or "remote" in options.split(",") or str(folder).startswith("\\\\")
    return FolderFacts(can_write(folder), is_remote, kind, synced_by(folder))


def can_write(folder: Path) -> bool:
    """Whether a file can be made in the folder."""
    probe = folder / f".probe-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"\0")
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def synced_by(folder: Path) -> str | None:
    """The program that would copy the folder to the internet, by the names of the folders it is in."""
    for part in folder.parts:
        for beginning, program in SYNCED.items():
            if part.lower() == beginning or part.lower().startswith((f"{beginning} -", f"{beginning}-")):
                return program
    return None


def disk_of(folder: Path, partitions: Iterable[Partition]) -> tuple[str, str]:
    """File system and options of the disk that holds the folder: that of the longest path above it."""
    place = os.path.normcase(folder.absolute())
    best, found = -1, ("", "")
    for partition in partitions:
        point = os.path.normcase(partition.mountpoint)
        is_above = place == point or place.startswith(point if point.endswith(os.sep) else point + os.sep)
        if is_above and len(point) >= best:  # the last of several mounts on one another is what is seen
            best, found = len(point), (partition.fstype, partition.opts)
    return found
