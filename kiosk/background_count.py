"""Counts something in the background, sparingly: pages ask every few seconds for what takes seconds to count.

Knows nothing of what is counted or when it is out of date.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.jobs import run_guarded

SHARE_OF_TIME = 20
"""Counting takes no more than one part in so many of the time."""
Start = Callable[[Callable[[], None]], None]


def in_background(work: Callable[[], None]) -> None:
    """Runs it on a thread of its own, which ends with the process."""
    threading.Thread(target=work, name="background", daemon=True).start()


class BackgroundCount:
    """One count at a time. Safe for many threads. ``name`` is for the log; ``monotonic``: seconds."""

    def __init__(
        self, name: str, start: Start = in_background, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._start = start
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._is_counting = False
        self._next_s = 0.0

    def begin_unless_fresh(self, is_fresh: Callable[[], bool], count: Callable[[], None]) -> None:
        """Begins ``count``, unless one is under way, the last one was too recent, or ``is_fresh`` says that nothing has
        changed since."""
        with self._lock:
            is_due = not self._is_counting and not is_fresh() and self._monotonic() >= self._next_s
            self._is_counting = self._is_counting or is_due
        if is_due:
            self._start(lambda: run_guarded(self._name, lambda: self._run(count)))

    def _run(self, count: Callable[[], None]) -> None:
        began = self._monotonic()
        try:
            count()
        finally:
            with self._lock:
                ended = self._monotonic()
                self._next_s = ended + (ended - began) * SHARE_OF_TIME
                self._is_counting = False
