"""What macOS tells: its application firewall and its power settings.

Knows nothing of how it is judged. Read after Apple's documentation, never run there (docs/platforms.md).
"""

from __future__ import annotations

import re
import sys

from kiosk.doctor.facts import FirewallState, ProfileFacts, WebViewFacts
from kiosk.doctor.system_command import Run, run_command

FIREWALL = "/usr/libexec/ApplicationFirewall/socketfilterfw"
POWER = "/usr/bin/pmset"
OFF, BLOCKS_ALL = "0", "2"


class MacComputer:
    """See kiosk.doctor.computer.Computer. ``program``: the file that listens."""

    system = "macos"

    def __init__(self, run: Run = run_command, program: str = sys.executable) -> None:
        self._run = run
        self._program = program

    def firewall(self, port: int) -> FirewallState:
        """The application firewall knows programs, not ports; it asks about those it does not know."""
        said = self._run([FIREWALL, "--getglobalstate"])
        state = re.search(r"State = (\d)", said.text) if said else None
        if state is None:
            return FirewallState.UNREADABLE
        if state[1] in (OFF, BLOCKS_ALL):
            return FirewallState.OFF if state[1] == OFF else FirewallState.BLOCKS
        listed = self._run([FIREWALL, "--listapps"])
        return FirewallState.UNREADABLE if listed is None else _state_of(self._program, listed.text)

    def profile(self) -> ProfileFacts:
        """macOS has no such thing."""
        return ProfileFacts(applies=False)

    def idle_minutes(self) -> int | None:
        """Of the settings for mains power."""
        said = self._run([POWER, "-g", "custom"])
        mains = re.search(r"AC Power:(.*?)(?:\n\S|\Z)", said.text, re.DOTALL) if said else None
        minutes = re.search(r"^\s*sleep\s+(\d+)", mains[1], re.MULTILINE) if mains else None
        return int(minutes[1]) if minutes else None

    def webview(self) -> WebViewFacts:
        """WebKit is part of the system."""
        return WebViewFacts(is_needed=False)


def _state_of(program: str, listed: str) -> FirewallState:
    """The line after a program's path says what is done with it; a bundle is listed by its own path."""
    lines = listed.splitlines()
    for line, verdict in zip(lines, [*lines[1:], ""], strict=True):
        path = re.sub(r"^\d+\s*:\s*", "", line.strip())
        if path.startswith("/") and (program == path or program.startswith(f"{path}/")):
            return FirewallState.BLOCKS if "Block" in verdict else FirewallState.ALLOWS
    return FirewallState.UNSURE
