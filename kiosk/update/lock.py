"""Whether a process exchanges the program just now. Windows ask this all the time, so it imports next to nothing.

Knows nothing of what that process does (kiosk/update/updater.py).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from filelock import FileLock, Timeout

from db.update_errors import UpdateRunning
from kiosk.instance import is_held
from kiosk.paths import DataFolder


@contextlib.contextmanager
def update_lock(folder: DataFolder) -> Iterator[None]:
    """Held by the process that exchanges the program. Raises UpdateRunning if another one does."""
    lock = FileLock(folder.update_lock, thread_local=False)
    try:
        lock.acquire(timeout=1)  # a look at it holds it for a moment
    except Timeout:
        raise UpdateRunning from None
    try:
        yield
    finally:
        lock.release()


def is_updating(folder: DataFolder) -> bool:
    """True while a process exchanges the program of this folder."""
    return is_held(folder.update_lock)
