"""The facts about this very computer, for one run of the checks; what several of them need is measured once.

Knows nothing of how they are judged.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import psutil

from db.clock import Clock
from kiosk import RELEASED_MS, __version__
from kiosk.doctor.computer import Computer
from kiosk.doctor.facts import (
    ClockFacts,
    DataFacts,
    DiskFacts,
    FirewallState,
    FolderFacts,
    InstanceFacts,
    MemoryFacts,
    NetworkFacts,
    PortFacts,
    ProfileFacts,
    ReachFacts,
    SleepFacts,
    VersionFacts,
    WebViewFacts,
)
from kiosk.doctor.place import look_at
from kiosk.doctor.processes import count_other_servers, processes_now
from kiosk.doctor.reach import reach
from kiosk.network import LanAddress, choose, remembered_address
from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server

F = TypeVar("F")


@dataclass(frozen=True)
class Sources:
    """What differs between a check inside the server process and one beside it. ``port`` and ``data`` are asked once
    a run."""

    folder: DataFolder
    clock: Clock
    computer: Computer
    addresses: Callable[[], tuple[LanAddress, ...]]
    port: Callable[[], PortFacts]
    data: Callable[[], DataFacts]
    is_kept_awake: Callable[[], bool]


class LocalProbes:
    """See kiosk.doctor.probes.Probes."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._port = _Once(sources.port)
        self._data = _Once(sources.data)
        self._network = _Once(self._measure_network)

    def port(self) -> PortFacts:
        """See Probes."""
        return self._port()

    def network(self) -> NetworkFacts:
        """See Probes."""
        return self._network()

    def reach(self) -> ReachFacts:
        """See Probes."""
        port = self._port()
        if not port.is_listening:
            return ReachFacts(is_listening=False)
        return reach([address.ip for address in self._network().addresses], port.port)

    def firewall(self) -> FirewallState:
        """See Probes."""
        return self._sources.computer.firewall(self._port().port)

    def profile(self) -> ProfileFacts | None:
        """See Probes."""
        return self._sources.computer.profile()

    def clock(self) -> ClockFacts:
        """See Probes."""
        data = self._data()
        is_summer = time.daylight and time.localtime().tm_isdst > 0
        return ClockFacts(
            now_ms=self._sources.clock.now_ms(),
            released_ms=RELEASED_MS,
            cloud_ahead_ms=data.cloud_ahead_ms,
            phone_offsets_ms=data.phone_offsets_ms,
            zone=time.tzname[1 if is_summer else 0],
        )

    def disk(self) -> DiskFacts:
        """See Probes."""
        folder = self._sources.folder
        database = folder.database_file
        size = database.stat().st_size if database.exists() else 0
        return DiskFacts(shutil.disk_usage(folder.root).free, size)

    def folder(self) -> FolderFacts:
        """See Probes."""
        return look_at(self._sources.folder.root)

    def memory(self) -> MemoryFacts:
        """See Probes."""
        return MemoryFacts(psutil.virtual_memory().available)

    def sleep(self) -> SleepFacts:
        """See Probes."""
        return SleepFacts(self._sources.computer.idle_minutes(), self._sources.is_kept_awake())

    def webview(self) -> WebViewFacts:
        """See Probes."""
        return self._sources.computer.webview()

    def instances(self) -> InstanceFacts:
        """See Probes."""
        running = running_server(self._sources.folder)
        return InstanceFacts(count_other_servers(processes_now(), running.pid if running else None))

    def version(self) -> VersionFacts:
        """See Probes."""
        running = running_server(self._sources.folder)
        now_ms = self._sources.clock.now_ms()
        return VersionFacts(__version__, running.version if running else None, RELEASED_MS, now_ms)

    def data(self) -> DataFacts:
        """See Probes."""
        return self._data()

    def _measure_network(self) -> NetworkFacts:
        addresses = self._sources.addresses()
        remembered = remembered_address(self._sources.folder)
        choice = choose(addresses, remembered)
        return NetworkFacts(addresses, choice.address, choice.changed_from, remembered is not None)


class _Once(Generic[F]):
    """Measures when it is asked first; others wait for that, and get the same answer or the same refusal."""

    def __init__(self, measure: Callable[[], F]) -> None:
        self._measure = measure
        self._lock = threading.Lock()
        self._answers: list[F] = []
        self._refusals: list[BaseException] = []

    def __call__(self) -> F:
        with self._lock:
            if self._refusals:
                raise self._refusals[0]
            if not self._answers:
                try:
                    self._answers.append(self._measure())
                except BaseException as refusal:
                    self._refusals.append(refusal)
                    raise
            return self._answers[0]
