"""The form of a backup: the encrypted database file itself, followed by a description that anybody can read (ADR 9).

    pages of the database | description (JSON) | its SHA-256 (32 bytes) | its length (8 bytes, big endian) | HIKMABK1

Knows nothing of what is in the database. The description says nothing of patients: who made the backup and when,
how many rows each table has, the checksum of the pages, and the copy of the key that the recovery code opens.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec

from db.durability import sync_file
from db.errors import BackupDamaged, NewerDatabase
from db.wrapped_key import WrappedKey

FORMAT = 1
_MAGIC = b"HIKMABK1"
_FOOTER = struct.Struct(f">32sQ{len(_MAGIC)}s")
_LONGEST_DESCRIPTION = 1024**2
_CHUNK = 1024**2

Progress = Callable[[float], object]
"""Called with 0.0 to 1.0, never falling. What it raises ends the work."""


def unwatched(part: float) -> None:
    """A progress nobody looks at."""


class Contents(msgspec.Struct, frozen=True):
    """What the database in a backup holds, as far as it can be compared with the database itself."""

    server_id: str
    server_name: str
    revision: str  # of the tables
    last_stamp: int
    rows: dict[str, int]  # by table, deleted records included


class BackupInfo(msgspec.Struct, frozen=True):
    """The description."""

    contents: Contents
    created_at: int  # epoch ms by the clock of the computer that made it
    database_bytes: Annotated[int, msgspec.Meta(ge=1)]
    database_sha256: str
    recovery: WrappedKey | None  # None: there was no recovery code yet
    format: int = FORMAT

    @property
    def order(self) -> tuple[int, int]:
        """What to compare backups of one server by: stamps are right even while the clock is not."""
        return self.contents.last_stamp, self.created_at


def checksum(path: Path, length: int, *, progress: Progress = unwatched) -> str:
    """SHA-256 of the first ``length`` bytes, hexadecimal digits. Raises BackupDamaged if there are fewer, OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        _feed(file, length, digest.update, progress)
    return digest.hexdigest()


def append_description(path: Path, info: BackupInfo) -> None:
    """Makes a copy of the database a backup, and puts it on the disk. Raises OSError."""
    description = msgspec.json.encode(info)
    with path.open("ab") as file:
        file.write(description)
        file.write(_FOOTER.pack(hashlib.sha256(description).digest(), len(description), _MAGIC))
    sync_file(path)


def read_description(path: Path) -> BackupInfo:
    """What a backup says of itself; its pages are not looked at. Raises BackupDamaged, NewerDatabase (a form of a later
    release), OSError."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < _FOOTER.size:
            raise BackupDamaged
        file.seek(size - _FOOTER.size)
        digest, length, magic = _FOOTER.unpack(file.read(_FOOTER.size))
        start = size - _FOOTER.size - length
        if magic != _MAGIC or length > _LONGEST_DESCRIPTION or start < 0:
            raise BackupDamaged
        file.seek(start)
        description = file.read(length)
    if hashlib.sha256(description).digest() != digest:
        raise BackupDamaged
    info = _decode(description)
    if info.database_bytes != start:
        raise BackupDamaged
    return info


def check_pages(path: Path, info: BackupInfo, *, progress: Progress = unwatched) -> None:
    """Compares the pages with the checksum. Raises BackupDamaged, OSError."""
    if checksum(path, info.database_bytes, progress=progress) != info.database_sha256:
        raise BackupDamaged


def copy_pages(path: Path, info: BackupInfo, target: Path, *, progress: Progress = unwatched) -> None:
    """Writes the database of a backup to a file of its own, on the disk. Raises BackupDamaged, OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("wb") as copy:

        def take(chunk: bytes) -> None:
            digest.update(chunk)
            copy.write(chunk)

        _feed(source, info.database_bytes, take, progress)
    sync_file(target)
    if digest.hexdigest() != info.database_sha256:
        raise BackupDamaged


def _feed(file: BinaryIO, length: int, take: Callable[[bytes], object], progress: Progress) -> None:
    left = length
    while left:
        chunk = file.read(min(left, _CHUNK))
        if not chunk:
            raise BackupDamaged
        take(chunk)
        left -= len(chunk)
        progress((length - left) / length)


def _decode(description: bytes) -> BackupInfo:
    try:
        form = msgspec.json.decode(description, type=_Form).format
        if form > FORMAT:
            raise NewerDatabase(revision=f"backup {form}")
        return msgspec.json.decode(description, type=BackupInfo)
    except msgspec.DecodeError:
        raise BackupDamaged from None


class _Form(msgspec.Struct):
    format: int
