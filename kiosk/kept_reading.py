"""What was read from the database, kept until somebody commits something: pages that are open ask every few seconds.

Knows nothing of what is read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from db.database import Database, Snapshot

T = TypeVar("T")
K = TypeVar("K")


class KeptReading(Generic[K, T]):
    """Safe for many threads. ``read`` is given a snapshot and what it depends on besides the database."""

    def __init__(self, database: Database, read: Callable[[Snapshot, K], T]) -> None:
        self._database = database
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[int, K, T] | None = None

    def current(self, depends_on: K) -> T:
        """As of now. Raises what reading raises."""
        version = self._database.version()  # before the reading: what is committed in between is read again
        with self._lock:
            kept = self._kept
        if kept is not None and kept[:2] == (version, depends_on):
            return kept[2]
        with self._database.read() as snapshot:
            value = self._read(snapshot, depends_on)
        with self._lock:
            self._kept = (version, depends_on, value)
        return value
