"""An operating system whose answers tests set: whole (FakeComputer), and its commands, files and registry.

Knows nothing of who asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kiosk.doctor.facts import FirewallState, ProfileFacts, WebViewFacts
from kiosk.doctor.system_command import Said


class FakeComputer:
    """See kiosk.doctor.computer.Computer."""

    system = "linux"

    def __init__(self) -> None:
        self.firewall_state = FirewallState.OFF
        self.profile_facts: ProfileFacts | None = ProfileFacts(applies=False)
        self.sleeps_after: int | None = 0
        self.asked_port: int | None = None

    def firewall(self, port: int) -> FirewallState:
        self.asked_port = port
        return self.firewall_state

    def profile(self) -> ProfileFacts | None:
        return self.profile_facts

    def idle_minutes(self) -> int | None:
        return self.sleeps_after

    def webview(self) -> WebViewFacts:
        return WebViewFacts(is_needed=False)


class FakeSystem:
    """Commands by what they contain, and files by their path; what is not set is not there."""

    def __init__(
        self, commands: Mapping[str, str | Said] | None = None, files: Mapping[Path, str] | None = None
    ) -> None:
        self._commands = dict(commands or {})
        self._files = dict(files or {})

    def run(self, command: Sequence[str]) -> Said | None:
        """See kiosk.doctor.system_command.Run."""
        line = " ".join(command)
        for part, answer in self._commands.items():
            if part in line:
                return answer if isinstance(answer, Said) else Said(0, answer)
        return None

    def read(self, path: Path) -> str | None:
        """See kiosk.doctor.system_command.Read."""
        return self._files.get(path)


class FakeRegistry:
    """See kiosk.doctor.windows_registry.Registry: keys by their path."""

    def __init__(self, keys: Mapping[str, Mapping[str, str | int]]) -> None:
        self._keys = dict(keys)

    def values(self, path: str) -> Mapping[str, str | int]:
        return self._keys.get(path, {})
