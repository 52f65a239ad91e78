"""Where the facts come from: one method for what the checks need to know.

Knows nothing of how the facts are judged. The real one is kiosk/doctor/local_probes.py.
"""

from __future__ import annotations

from typing import Protocol

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


class Probes(Protocol):
    """For one run of the checks; each method may be called in several threads at once, and may take its time. None:
    the computer does not tell. Methods may raise HubError and OSError."""

    def port(self) -> PortFacts | None:
        """What the phones' listener does."""
        ...

    def network(self) -> NetworkFacts | None:
        """The addresses of this computer."""
        ...

    def reach(self) -> ReachFacts | None:
        """Whether it reaches itself at them."""
        ...

    def firewall(self) -> FirewallState | None:
        """Whether the system lets phones in."""
        ...

    def profile(self) -> ProfileFacts | None:
        """Which networks Windows takes for public ones."""
        ...

    def clock(self) -> ClockFacts | None:
        """The clock against others."""
        ...

    def disk(self) -> DiskFacts | None:
        """The room there is."""
        ...

    def folder(self) -> FolderFacts | None:
        """The place of the data folder."""
        ...

    def memory(self) -> MemoryFacts | None:
        """The memory there is."""
        ...

    def sleep(self) -> SleepFacts | None:
        """Whether the computer goes to sleep."""
        ...

    def webview(self) -> WebViewFacts | None:
        """What draws the window."""
        ...

    def instances(self) -> InstanceFacts | None:
        """Other servers on this computer."""
        ...

    def version(self) -> VersionFacts | None:
        """The versions of this program that are at work."""
        ...

    def data(self) -> DataFacts | None:
        """What the database says of itself."""
        ...
