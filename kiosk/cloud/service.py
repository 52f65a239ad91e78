"""The exchange with the cloud as one object: rounds one at a time, what came of the last one, what it is doing now.

Knows nothing of pages or commands. Rounds of other processes of this folder (the command line) wait for each other by
a lock in the data folder.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from db.clock import Clock
from db.cloud.state import (
    CloudAccess,
    Halt,
    change_state,
    count_bytes,
    read_access,
    read_metering,
    read_state,
)
from db.database import Database
from db.errors import (
    CloudBusy,
    CloudInTrouble,
    CloudKeyRefused,
    CloudLimitReached,
    CloudNotConnected,
    CloudOffline,
    HubError,
)
from db.outbox import fingerprint
from db.settings import Setting, read_setting
from kiosk.cloud.backoff import Backoff
from kiosk.cloud.connecting import Connect
from kiosk.cloud.desk import Activity
from kiosk.cloud.enrolment import enrol
from kiosk.cloud.loop import CloudLoop, Signs, Trigger
from kiosk.cloud.pace import Pace
from kiosk.cloud.round import CloudStopped, Phase, Progress, Round, RoundResult, RoundSettings

if TYPE_CHECKING:
    from kiosk.cloud.client import CloudClient

DEFAULT_MINUTES = 5
LOCK_NAME = "cloud.lock"


class CloudService:
    """Safe for many threads. ``addresses``: this computer's addresses now, to notice that the network is back."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        clock: Clock,
        connect: Connect,
        addresses: Callable[[], object] = lambda: None,
        *,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
        checkpoint: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._connect = connect
        self._addresses = addresses
        self._lock = filelock.FileLock(folder / LOCK_NAME)
        self._pace = pace or Pace()
        self._checkpoint = checkpoint
        self._progress: Progress | None = None
        self._client: CloudClient | None = None
        self._must_check = True  # at the start, and after the network was away: it may be another cloud now
        self._stopped = threading.Event()
        self._backoff = Backoff(clock, chance)
        self.loop = CloudLoop(self._run_triggered, self._look, clock, self._backoff, chance=chance)

    def activity(self) -> Activity:
        """What the round under way does, and when the next one is due."""
        progress, due = self._progress, self.loop.next_at_ms
        if progress is None:
            return Activity(next_try_ms=due)
        return Activity(
            is_running=True, phase=progress.phase.value, done=progress.done, total=progress.total, next_try_ms=due
        )

    def connect(self, url: str, key: str, *, may_replace: bool) -> None:
        """Checks the key, remembers the connection, and begins the first round. Raises as ``enrol``."""
        enrol(self._database, self._connect, url, key, may_replace=may_replace)
        self.sync_now()

    def sync_now(self) -> None:
        """A person asks for a round."""
        self.loop.sync_now()

    def start(self) -> None:
        """Begins to run rounds by itself."""
        self.loop.start()

    def stop(self) -> None:
        """Ends it; a round under way ends within seconds and goes on another time."""
        self._stopped.set()
        client = self._client
        if client is not None:
            client.stop()
        self.loop.stop()

    def run_round(self, *, wait_s: float = 0.0) -> RoundResult:
        """One round, here and now. ``wait_s``: how long to wait for one of another process.

        Raises CloudNotConnected, CloudHalted, CloudBusy, CloudLimitReached, CloudStopped, a CloudFailure, or what
        storage raises. What came of it is remembered before it is raised.
        """
        try:
            with self._alone(wait_s):
                return self._remembered()
        finally:
            self._progress = self._client = None

    def _run_triggered(self, trigger: Trigger) -> None:
        self.run_round()

    @contextmanager
    def _alone(self, wait_s: float) -> Iterator[None]:
        try:
            with self._lock.acquire(timeout=wait_s):
                yield
        except filelock.Timeout:
            raise CloudBusy from None

    def _remembered(self) -> RoundResult:
        """The round, and what came of it in the state."""
        self._note(last_try_ms=self._clock.now_ms())
        try:
            result = self._round()
        except CloudStopped:
            raise
        except CloudNotConnected:
            raise
        except HubError as failure:
            if self._stopped.is_set():
                raise CloudStopped from None
            self._must_check = self._must_check or isinstance(failure, CloudOffline)
            self._note(last_result=failure.code)
            raise
        self._must_check = False
        self._note(last_result="ok", last_success_ms=self._clock.now_ms())
        return result

    def _round(self) -> RoundResult:
        self._check_limit()
        settings = RoundSettings(
            clock=self._clock,
            connect=self._connected,
            count=self._count,
            pace=self._pace,
            report=self._report,
            checkpoint=self._checkpoint,
            should_stop=self._stopped.is_set,
        )
        try:
            return Round(self._database, settings, check_key=self._must_check).run()
        except CloudInTrouble as failure:
            if failure.status == 401:
                self._explain_unauthorized()
            raise

    def _connected(self, access: CloudAccess) -> CloudClient:
        self._client = client = self._connect(access)
        if self._stopped.is_set():
            client.stop()
        return client

    def _explain_unauthorized(self) -> None:
        """401 may mean anything (CLOUD §2): asked about the key, the cloud tells the truth. Raises CloudKeyRefused, or
        what else is wrong."""
        with self._database.read() as snapshot:
            access = read_access(snapshot)
        if access is None:
            raise CloudNotConnected
        with self._connected(access) as client:
            from kiosk.cloud.client import why_unauthorized

            failure = why_unauthorized(client)
        if isinstance(failure, CloudKeyRefused):
            self._note(halt=Halt.KEY_REFUSED.value)
        raise failure

    def _report(self, progress: Progress) -> None:
        self._progress = progress
        if progress.phase is Phase.PUSHING and progress.done:
            self._backoff.succeeded()  # on a line that breaks again and again, what gets through is no failure
        self._check_limit()

    def _check_limit(self) -> None:
        with self._database.read() as snapshot:
            metering = read_metering(snapshot, self._today())
        if 0 < metering.limit_bytes <= metering.used_bytes:
            raise CloudLimitReached

    def _count(self, more: int) -> None:
        with self._database.write() as transaction:
            count_bytes(transaction, self._today(), more)

    def _today(self) -> str:
        """This computer's day: a limit is about its line."""
        return datetime.fromtimestamp(self._clock.now_ms() / 1000).strftime("%Y-%m-%d")

    def _note(self, **values: object) -> None:
        with self._database.write() as transaction:
            change_state(transaction, **values)

    def _look(self) -> Signs:
        with self._database.read() as snapshot:
            access, state = read_access(snapshot), read_state(snapshot)
            changes = fingerprint(snapshot)
            minutes = int(read_setting(snapshot, Setting.CLOUD_MINUTES) or DEFAULT_MINUTES)
        is_held = access is None or state.is_paused or bool(state.halt)
        return Signs(changes, self._addresses(), minutes, is_held)
