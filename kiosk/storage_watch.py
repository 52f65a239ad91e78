"""Whether this computer can store anything now. After a write that failed it tries again by itself, so that the page
says that there is room again before a phone finds out.

Knows nothing of how it is shown.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from db.database import Database
from db.errors import HubError
from db.settings import Setting, read_setting, write_setting
from kiosk.jobs import run_guarded
from kiosk.phone_receipts import Start, in_background

TRY_AGAIN_S = 10.0


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
        """The code of the error of the last write; None: it went well. Begins a try now and then while there is one."""
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
        """Stores again what is stored already."""
        with contextlib.suppress(HubError), self._database.write() as transaction:  # the failure is remembered there
            known = read_setting(transaction, Setting.SERVER_ID)
            if known is not None:
                write_setting(transaction, Setting.SERVER_ID, known)
