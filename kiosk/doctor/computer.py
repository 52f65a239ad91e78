"""What only the operating system can tell: its firewall, its networks, its sleep; and which of ours asks it.

Knows nothing of how it is judged. Nothing is ever changed.
"""

from __future__ import annotations

import sys
from typing import Protocol

from kiosk.doctor.facts import FirewallState, ProfileFacts, WebViewFacts


class Computer(Protocol):
    """One operating system. None: it does not tell."""

    @property
    def system(self) -> str:
        """ "windows", "macos" or "linux"."""
        ...

    def firewall(self, port: int) -> FirewallState:
        """Whether other computers may connect to this program on a TCP port."""
        ...

    def profile(self) -> ProfileFacts | None:
        """Which networks count as public."""
        ...

    def idle_minutes(self) -> int | None:
        """After how many idle minutes on mains power it sleeps; 0: never."""
        ...

    def webview(self) -> WebViewFacts:
        """What draws the window."""
        ...


def this_computer() -> Computer:
    """The one this program runs on."""
    if sys.platform == "win32":
        from kiosk.doctor.windows_computer import WindowsComputer
        from kiosk.doctor.windows_registry import LocalMachine

        return WindowsComputer(LocalMachine())
    if sys.platform == "darwin":
        from kiosk.doctor.macos_computer import MacComputer

        return MacComputer()
    from kiosk.doctor.linux_computer import LinuxComputer

    return LinuxComputer()
