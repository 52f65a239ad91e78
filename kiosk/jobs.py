"""What the server does by itself from time to time, on one thread with the ``schedule`` library.

Knows nothing of what the jobs do to the data. One of the three places that catch everything: a job that fails
is logged and runs again next time.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import schedule

_LOG = logging.getLogger(__name__)
_LONGEST_NAP_S = 60.0


def run_guarded(name: str, job: Callable[[], None]) -> None:
    """Runs what nobody waits for; what it raises is logged, with ``name``."""
    try:
        job()
    except Exception:  # noqa: BLE001 - the edge of the jobs
        _LOG.exception("job %s failed", name)


class JobRunner:
    """Runs jobs until it is stopped. Each job runs alone: there is one thread."""

    def __init__(self) -> None:
        self._scheduler = schedule.Scheduler()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def every(
        self, interval: timedelta, name: str, job: Callable[[], None], *, first_after: timedelta | None = None
    ) -> None:
        """Runs ``job`` every ``interval`` (in whole seconds), for the first time after ``first_after`` (default:
        one interval). ``name`` is for the log. Call before ``start``.

        A clinic's computer is switched off every evening: what is done once a day needs a first time that comes
        soon, or it is never done.
        """
        scheduled = self._scheduler.every(math.ceil(interval.total_seconds())).seconds.do(run_guarded, name, job)
        if first_after is not None:
            scheduled.next_run = datetime.now() + first_after  # the library counts in local time

    def start(self) -> None:
        """Begins; nothing runs before its time."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread once the job under way is done."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._scheduler.run_pending()
            idle = self._scheduler.idle_seconds
            self._stopped.wait(_LONGEST_NAP_S if idle is None else min(max(idle, 0.0), _LONGEST_NAP_S))
