"""When rounds with the cloud run: every few minutes, after phones have synced, on demand, when the network is back.

Knows nothing of what a round does (kiosk/cloud/round.py). One thread, so one round at a time; a wish during a round
is kept for one more. A round that fails is tried again later.
"""

from __future__ import annotations

import logging
import math
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import schedule

from db.clock import Clock
from db.errors import CloudFailure, CloudOffline, HubError
from kiosk.cloud.backoff import Backoff
from kiosk.cloud.round import CloudStopped
from kiosk.jobs import run_guarded

_LOG = logging.getLogger(__name__)
LOOK_EVERY_S = 10.0
QUIET_MS = 120_000
"""After the last change by phones a round runs once they have been quiet for so long."""
JITTER = 0.1


class Trigger(StrEnum):
    """Why a round runs."""

    SCHEDULE = "schedule"
    PHONES = "phones"
    PERSON = "person"
    NETWORK = "network"
    RETRY = "retry"


@dataclass(frozen=True)
class Signs:
    """What the loop looks at between rounds. ``changes``: differs when the outbox has changed; ``network``: differs
    when the computer's addresses have, and is empty without any; ``minutes`` between rounds; ``is_held``: no rounds by
    themselves now (paused, halted, not connected)."""

    changes: object
    network: object
    minutes: int
    is_held: bool


class CloudLoop:
    """Runs rounds on a thread of its own. ``run_round`` raises what the round raises; ``look`` is asked often, so it
    must be quick. ``next_at_ms``: when the next round is due by itself (epoch ms), None while it is held."""

    def __init__(
        self,
        run_round: Callable[[Trigger], None],
        look: Callable[[], Signs],
        clock: Clock,
        backoff: Backoff,
        *,
        chance: Callable[[], float] = random.random,
        look_every_s: float = LOOK_EVERY_S,
        scheduler: schedule.Scheduler | None = None,
    ) -> None:
        self.is_running = False
        self._run_round = run_round
        self._look = look
        self._clock = clock
        self._backoff = backoff
        self._chance = chance
        self._look_every_s = look_every_s
        self._scheduler = scheduler or schedule.Scheduler()
        self._due: list[Trigger] = []
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._minutes = 0
        self._changes: object = None
        self._changed_at_ms: int | None = None
        self._network: object = None
        self._was_offline = False
        self._thread = threading.Thread(target=self._run, name="cloud", daemon=True)

    @property
    def should_stop(self) -> bool:
        """Asked by a round between pieces of its work."""
        return self._stopped.is_set()

    @property
    def next_at_ms(self) -> int | None:
        """When the next round is due by itself."""
        due = self._scheduler.next_run
        return None if due is None else round(due.timestamp() * 1000)

    def start(self) -> None:
        """Begins; the first round runs at once."""
        self._thread.start()

    def sync_now(self) -> None:
        """A person asks for a round; during a round, for one more after it."""
        self._due = [Trigger.PERSON]
        self._wake.set()

    def stop(self) -> None:
        """Ends the thread; a round under way ends at its next step."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            run_guarded("cloud", self._turn)
            self._wake.wait(self._look_every_s)
            self._wake.clear()

    def _turn(self) -> None:
        """One look at everything, and a round if one is due."""
        signs = self._look()
        self._plan(signs)
        self._scheduler.run_pending()
        self._notice(signs)
        wishes, self._due = self._due, []
        wanted = [wish for wish in wishes if wish is Trigger.PERSON or not signs.is_held]
        if wanted and not self._stopped.is_set():
            self._round(wanted[0])
            self._changes, self._changed_at_ms = self._look().changes, None  # its own confirmations are no news

    def _plan(self, signs: Signs) -> None:
        """Keeps one job in the scheduler, none while rounds are held; the first round comes at once."""
        if signs.is_held:
            self._scheduler.clear()
            self._minutes = 0
        elif signs.minutes != self._minutes:
            if not self._minutes:
                self._wish(Trigger.SCHEDULE)
            self._minutes = signs.minutes
            self._plan_next(self._interval(), Trigger.SCHEDULE)

    def _plan_next(self, seconds: float, trigger: Trigger) -> None:
        self._scheduler.clear()
        self._scheduler.every(max(math.ceil(seconds), 1)).seconds.do(self._wish, trigger)

    def _interval(self) -> float:
        """Seconds to the next round; not the same for all computers of an organisation."""
        return self._minutes * 60 * (1 + JITTER * (2 * self._chance() - 1))

    def _wish(self, trigger: Trigger) -> None:
        self._due.append(trigger)

    def _notice(self, signs: Signs) -> None:
        """Phones that have been quiet for a while after a change, and a network that is back."""
        now = self._clock.now_ms()
        if signs.changes != self._changes:
            self._changes, self._changed_at_ms = signs.changes, now
        elif self._changed_at_ms is not None and abs(now - self._changed_at_ms) >= QUIET_MS:
            self._changed_at_ms = None
            self._wish(Trigger.PHONES)
        if signs.network != self._network:
            if self._was_offline and signs.network:
                self._wish(Trigger.NETWORK)
            self._network = signs.network

    def _round(self, trigger: Trigger) -> None:
        self.is_running = True
        try:
            self._run_round(trigger)
        except CloudStopped:
            return
        except HubError as failure:
            _LOG.info("round (%s) failed: %s", trigger.value, failure.code)
            self._was_offline = isinstance(failure, CloudOffline)
            wait_s = failure.retry_after_s if isinstance(failure, CloudFailure) else None
            pause_s = self._backoff.failed(wait_s)
            # Patience has an end, but what the cloud asks for is kept to.
            self._plan_next(pause_s if wait_s is not None else min(pause_s, self._interval()), Trigger.RETRY)
        else:
            self._was_offline = False
            self._backoff.succeeded()
            self._plan_next(self._interval(), Trigger.SCHEDULE)
        finally:
            self.is_running = False
