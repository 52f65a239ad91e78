"""Whether this computer can store anything now. After a write that failed it tries again by itself, so that the page
says that there is room again before a phone finds out.

Knows nothing of how it is shown.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from db.database import Database
from db.errors import HubError
from db.settings import Setting, read_setting, write_setting
from kiosk.background_count import Start, in_background
from kiosk.jobs import run_guarded

TRY_AGAIN_S = 10.0
ROOM_BYTES = 16 * 1024**2
"""More than phones send at once, mostly."""
SCRATCH_NAME = "room.tmp"
_CHUNK = bytes(1024**2)


class StorageWatch:
    """Safe for many threads. ``monotonic``: seconds."""

    def __init__(
        self, database: Database, start: Start = in_background, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._start = start
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next_s = 0.0

    def trouble(self) -> str | None:
        """The code of the error of the last write that failed; None: there is room. Begins a try now and then."""
        failure = self._database.write_failure
        if failure is None:
            return None
        with self._lock:
            is_due = self._monotonic() >= self._next_s
            if is_due:
                self._next_s = self._monotonic() + TRY_AGAIN_S
        if is_due:
            self._start(lambda: run_guarded("storage", self._try))
        return failure

    def _try(self) -> None:
        """Stores as much as phones may send, beside the database, and then again what is stored in it already."""
        if not has_room(self._database.path.parent):
            return
        with contextlib.suppress(HubError):  # the failure is remembered where it happened
            with self._database.write() as transaction:
                known = read_setting(transaction, Setting.SERVER_ID)
                if known is not None:
                    write_setting(transaction, Setting.SERVER_ID, known)
            self._database.forget_write_failure()


def has_room(folder: Path, size: int = ROOM_BYTES) -> bool:
    """Whether the disk of the folder takes so much; leaves nothing behind."""
    scratch = folder / SCRATCH_NAME
    try:
        with scratch.open("wb") as file:
            for _ in range(0, size, len(_CHUNK)):
                file.write(_CHUNK)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)
    return True
