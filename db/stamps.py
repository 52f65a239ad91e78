"""Change stamps: the logical clock of the database (DESIGN §4), and which marks belong to its timeline.

Knows nothing of records. A stamp looks like epoch milliseconds, strictly increases, survives restarts,
restored files and clock jumps; the order of stamps is the order of commits.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from db.clock import Clock
from db.errors import DiskFull, StorageFailed
from db.schema import SERVER_CLOCK, TIMELINE_GAPS

if TYPE_CHECKING:
    from db.database import Snapshot, Transaction

RESERVED_MS = 1_000
"""How far ahead the ceiling is written. Small: after a crash stamps continue above it, and marks that run
ahead of a first-generation phone's clock make it forget edits (PROTOCOL §6)."""


_WIDTH = 20


class StampCeiling:
    """A number in a file beside the database that no stamp ever given was above.

    It stays when the database file is replaced by an older copy, so that stamps are never given twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> int:
        """The ceiling, or 0 when there is none (a new folder) or it is unreadable."""
        try:
            return int(self._path.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def raise_above(self, stamp: int) -> None:
        """Makes sure, on the disk, that the ceiling is at or above ``stamp``. Call inside the write lock."""
        if self.read() < stamp:
            self._write(stamp + RESERVED_MS)

    def settle(self, stamp: int) -> None:
        """Lowers the ceiling to the last stamp: after a clean stop nothing is reserved."""
        if self.read() > stamp:
            self._write(stamp)

    def _write(self, value: int) -> None:
        """In place and of fixed width: a few bytes of one sector are written whole or not at all, and no other
        process can stand in the way of a replacement (Windows). Raises DiskFull, StorageFailed."""
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.write(handle, f"{value:0{_WIDTH}d}".encode("ascii"))
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as failure:
            raise DiskFull() if failure.errno == errno.ENOSPC else StorageFailed(kind="OSError") from None


def next_stamp(transaction: Transaction, clock: Clock, ceiling: StampCeiling) -> int:
    """Takes the stamp of a write transaction: ``max(now, last + 1)``, stored in that transaction."""
    last: int = transaction.scalar(sa.select(SERVER_CLOCK.c.last_stamp))
    stamp = max(clock.now_ms(), last + 1)
    ceiling.raise_above(stamp)
    transaction.run(SERVER_CLOCK.update().values(last_stamp=stamp))
    return stamp


def found_timeline(transaction: Transaction, clock: Clock, ceiling: StampCeiling) -> None:
    """Gives a new database its birth, after everything that an earlier one in this folder may have given."""
    birth = max(clock.now_ms(), ceiling.read() + 1)
    transaction.run(SERVER_CLOCK.insert().values(id=1, birth_stamp=birth, last_stamp=birth))


def resume_timeline(transaction: Transaction, ceiling: StampCeiling) -> None:
    """At the start of the program: closes the gap after a crash or a restored file. Stamps above the last one in
    the file may have been given by the part that was lost; they are never given again, and marks from there are
    known to be foreign."""
    last: int = transaction.scalar(sa.select(SERVER_CLOCK.c.last_stamp))
    reserved = ceiling.read()
    if reserved > last:
        transaction.run(TIMELINE_GAPS.insert().values(after_stamp=last, up_to_stamp=reserved))
        transaction.run(SERVER_CLOCK.update().values(last_stamp=reserved))


def settle_timeline(transaction: Transaction, ceiling: StampCeiling) -> None:
    """At a clean stop: nothing is reserved any more, so the next start finds no gap."""
    ceiling.settle(transaction.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))


def lost_since(snapshot: Snapshot, mark: int, *, leeway_ms: int = 0) -> int | None:
    """For a mark that no remembered pull has: the last stamp before the part of this timeline that was lost and may
    have given it, in which marks lie up to ``leeway_ms`` back; None if nothing was lost before it.

    How long a lost part was is not always known (a backup that was restored on another computer), so of several
    the earliest is named.
    """
    gap = TIMELINE_GAPS.c
    after = sa.select(sa.func.min(gap.after_stamp)).where(gap.after_stamp - leeway_ms < mark)
    earliest: int | None = snapshot.scalar(after)
    return earliest


def is_of_this_timeline(snapshot: Snapshot, stamp: int) -> bool:
    """Whether this database can have given ``stamp``: not before its birth, not after its last stamp, not in
    a part of its life that was lost."""
    row = snapshot.first(sa.select(SERVER_CLOCK.c.birth_stamp, SERVER_CLOCK.c.last_stamp))
    if row is None or not row.birth_stamp <= stamp <= row.last_stamp:
        return False
    gap = TIMELINE_GAPS.c
    lost = sa.select(sa.literal(1)).where(gap.after_stamp < stamp, stamp <= gap.up_to_stamp)
    return snapshot.first(lost) is None
