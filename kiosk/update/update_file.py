"""An update file: a description that is signed, and the program it describes. Read, proved, unpacked; never believed.

Knows nothing of what is done with the program. Layout: MAGIC, four bytes with the length of the description, the
description (JSON), a signature (Ed25519) over all of that, and then the program as a tar to the end of the file, of
which the description holds length and SHA-256. build/update_file.py makes such files.
"""

from __future__ import annotations

import hashlib
import lzma
import shutil
import struct
import tarfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import IO, cast

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.errors import DiskFull
from db.update_errors import UpdateDamaged, UpdateNotTrusted
from kiosk.failures import meaning_of
from kiosk.update.versions import parse

SUFFIX = ".hikma-update"
MAGIC = b"hikma-update-1\n"
KEYS_FILE = "release-keys.txt"
SIGNATURE_BYTES = 64
_LENGTH = struct.Struct(">I")
_LONGEST_DESCRIPTION = 64 * 1024
_CHUNK = 1024 * 1024

Progress = Callable[[float], object]


def unwatched(done: float) -> None:
    """Nobody looks."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an update file says of itself. ``start``: the program to start, seen from the unpacked folder."""

    version: str
    platform: str
    minimum_version: str  # the oldest version that may be replaced by this one
    start: str
    size: int  # of the tar
    sha256: str  # of the tar
    unpacked_size: int


@dataclass(frozen=True)
class UpdateFile:
    """A file whose description was signed by us. What follows the description is not proved yet."""

    path: Path
    manifest: Manifest
    payload_at: int


def trusted_keys() -> tuple[bytes, ...]:
    """The public keys in this program, raw; one a line as hexadecimal digits, with # for remarks."""
    text = (resources.files("kiosk.update") / KEYS_FILE).read_text(encoding="ascii")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(bytes.fromhex(line) for line in lines if line)


def signed_part(manifest: Manifest) -> bytes:
    """The beginning of a file: all that the signature is for."""
    description = msgspec.json.encode(manifest)
    return MAGIC + _LENGTH.pack(len(description)) + description


def read_update(path: Path, keys: Sequence[bytes]) -> UpdateFile:
    """Reads the description and proves its signature. Raises UpdateDamaged, UpdateNotTrusted."""
    try:
        with path.open("rb") as stream:
            head = stream.read(len(MAGIC) + _LENGTH.size)
            if not head.startswith(MAGIC) or len(head) < len(MAGIC) + _LENGTH.size:
                raise UpdateDamaged
            (length,) = _LENGTH.unpack(head[len(MAGIC) :])
            if length > _LONGEST_DESCRIPTION:
                raise UpdateDamaged
            description, signature = stream.read(length), stream.read(SIGNATURE_BYTES)
            payload_at = stream.tell()
    except OSError:  # the stick is gone
        raise UpdateDamaged from None
    if not any(_is_signed(head + description, signature, key) for key in keys):
        raise UpdateNotTrusted
    return UpdateFile(path, _manifest(description), payload_at)


def check_payload(update: UpdateFile, progress: Progress = unwatched) -> None:
    """Compares the program with the description. Raises UpdateDamaged."""
    try:
        with update.path.open("rb") as stream:
            stream.seek(update.payload_at)
            payload = _Payload(stream, update.manifest, progress)
            while payload.read(_CHUNK):
                pass
            payload.require_proved()
    except OSError:
        raise UpdateDamaged from None


def unpack(update: UpdateFile, folder: Path, progress: Progress = unwatched) -> Path:
    """Unpacks the program into a new ``folder``; returns what is to be started in it. What is read is proved once more:
    a stick may be exchanged. Raises UpdateDamaged, DiskFull, StorageFailed; then the folder is gone."""
    is_done = False
    try:
        _unpack(update, folder, progress)
        is_done = (folder / update.manifest.start).is_file()
    except (tarfile.TarError, EOFError, lzma.LZMAError, zlib.error):
        raise UpdateDamaged from None
    except OSError as failure:
        raise meaning_of(failure) from None
    finally:
        if not is_done:
            shutil.rmtree(folder, ignore_errors=True)
    if not is_done:
        raise UpdateDamaged
    return folder / update.manifest.start


def _unpack(update: UpdateFile, folder: Path, progress: Progress) -> None:
    folder.mkdir(mode=0o700, parents=True)
    with update.path.open("rb") as stream:
        stream.seek(update.payload_at)
        payload = _Payload(stream, update.manifest, progress)
        with tarfile.open(fileobj=cast(IO[bytes], payload), mode="r|*") as tar:
            tar.extractall(folder, filter="data")
        while payload.read(_CHUNK):  # what stands behind the last file of the tar
            pass
        payload.require_proved()


class _Payload:
    """The tar in an update file: summed up while it is read, and never read beyond its end."""

    def __init__(self, stream: IO[bytes], manifest: Manifest, progress: Progress) -> None:
        self._stream = stream
        self._manifest = manifest
        self._progress = progress
        self._read = 0
        self._sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        left = self._manifest.size - self._read
        piece = self._stream.read(left if size < 0 else min(size, left))
        self._sum.update(piece)
        self._read += len(piece)
        self._progress(self._read / max(self._manifest.size, 1))
        return piece

    def require_proved(self) -> None:
        """Raises UpdateDamaged unless all was read, nothing follows, and it is what was signed."""
        is_whole = self._read == self._manifest.size and not self._stream.read(1)
        if not is_whole or self._sum.hexdigest() != self._manifest.sha256:
            raise UpdateDamaged


def require_space(update: UpdateFile, free_bytes: int, database_bytes: int) -> None:
    """For the program, the copy of the database that is tried out, the one before the change of its tables, the backup,
    and as much again that must stay free. Raises DiskFull."""
    if free_bytes < update.manifest.unpacked_size + 5 * database_bytes + _MUST_STAY_FREE:
        raise DiskFull


_MUST_STAY_FREE = 50 * 1024**2


def _is_signed(content: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _manifest(description: bytes) -> Manifest:
    """Signed by us, so a fault in it is a mistake of ours. Raises UpdateDamaged."""
    try:
        manifest = msgspec.json.decode(description, type=Manifest)
        parse(manifest.version)
        parse(manifest.minimum_version)
    except (msgspec.MsgspecError, ValueError):
        raise UpdateDamaged from None
    start = PurePosixPath(manifest.start)
    if start.is_absolute() or ".." in start.parts or not start.parts:
        raise UpdateDamaged
    return manifest
