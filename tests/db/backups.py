"""Backups for tests: made of a small database, and ways to break them.

Knows nothing of what is tested with them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from db.backup import create_backup
from db.backup_file import BackupInfo
from db.database import Database
from db.wrapped_key import Purpose, WrappedKey, wrap
from tests.db.rows import KEY
from tests.fakes.clock import START_MS

SECRET = b"the code"
RECOVERY: WrappedKey = wrap(KEY, SECRET, Purpose.RECOVERY, cost=2)


def backed_up(database: Database, target: Path, *, created_at: int = START_MS) -> BackupInfo:
    """A backup of this moment, with a copy of the key that SECRET opens."""
    return create_backup(database, KEY, target, created_at=created_at, recovery=RECOVERY)


def _flipped(at: Callable[[int], int]) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[at(len(content))] ^= 1
        return bytes(changed)

    return flip


WAYS_TO_BREAK: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "something else": lambda content: b"holiday pictures" * 1000,
    "half of it": lambda content: content[: len(content) // 2],
    "the last byte is missing": lambda content: content[:-1],
    "the first page is missing": lambda content: content[4096:],
    "more at the end": lambda content: content + b"\0",
    "twice": lambda content: content + content,
    "a bit in the first page": _flipped(lambda size: 100),
    "a bit in the middle": _flipped(lambda size: size // 2),
    "a bit in the description": _flipped(lambda size: size - 200),
    "a bit in the footer": _flipped(lambda size: size - 12),
    "the description of nothing": lambda content: content[-48:],
}
