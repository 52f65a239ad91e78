"""What Windows tells: its firewall's rules from the registry, its networks, its power plan, its WebView2.

Knows nothing of how it is judged. Words of Windows depend on its language, so only numbers and names that do not are
read. Read after Microsoft's documentation, never run there (docs/platforms.md).
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kiosk.doctor.facts import FirewallState, ProfileFacts, WebViewFacts
from kiosk.doctor.system_command import Run, run_command
from kiosk.doctor.windows_registry import Registry
from kiosk.toolkit import webview2_version

POLICY = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
RULES = rf"{POLICY}\FirewallRules"
KEYS = MappingProxyType({"Public": "PublicProfile", "Private": "StandardProfile", "Domain": "DomainProfile"})
CATEGORIES = ("Public", "Private", "Domain")
"""As Get-NetConnectionProfile numbers them."""
TCP = "6"
FOR_OTHERS = frozenset({"Svc", "AppPkgId", "LUOwn", "IFType", "RPort", "LA4", "LA6"})
"""Restrictions under which a rule need not be about this program and the clinic's wifi."""


@dataclass(frozen=True)
class _Connection:
    name: str
    category: str


class WindowsComputer:
    """See kiosk.doctor.computer.Computer. ``program``: the file that listens."""

    system = "windows"

    def __init__(self, registry: Registry, run: Run = run_command, program: str = sys.executable) -> None:
        self._registry = registry
        self._run = run
        self._program = program

    def firewall(self, port: int) -> FirewallState:
        """The strictest answer over the kinds of network that are connected now."""
        connections = self._connections()
        categories = {connection.category for connection in connections or ()} or set(CATEGORIES)
        states = [self._state_for(category, port) for category in sorted(categories)]
        for state in (FirewallState.BLOCKS, FirewallState.UNREADABLE, FirewallState.ALLOWS):
            if state in states:
                return state
        return FirewallState.OFF

    def profile(self) -> ProfileFacts | None:
        """The names of the public networks that are connected now."""
        connections = self._connections()
        if connections is None:
            return None
        return ProfileFacts(True, tuple(one.name for one in connections if one.category == CATEGORIES[0]))

    def idle_minutes(self) -> int | None:
        """Of the power plan in use, on mains power: the last but one number that powercfg prints."""
        said = self._run([_system32("powercfg.exe"), "/query", "SCHEME_CURRENT", "SUB_SLEEP", "STANDBYIDLE"])
        numbers = re.findall(r"0x([0-9a-fA-F]{8})\s*$", said.text, re.MULTILINE) if said else []
        return round(int(numbers[-2], 16) / 60) if len(numbers) >= 2 else None

    def webview(self) -> WebViewFacts:
        """The runtime that Windows 11 has and Windows 10 may lack."""
        return WebViewFacts(is_needed=True, version=webview2_version())

    def _connections(self) -> tuple[_Connection, ...] | None:
        script = "ConvertTo-Json @(Get-NetConnectionProfile | Select-Object Name, @{n='C';e={[int]$_.NetworkCategory}})"
        shell = _system32(r"WindowsPowerShell\v1.0\powershell.exe")
        said = self._run([shell, "-NoProfile", "-NonInteractive", "-Command", script])
        try:
            listed = json.loads(said.text) if said else None
            return tuple(_Connection(str(one["Name"]), CATEGORIES[int(one["C"])]) for one in listed or ())
        except (ValueError, KeyError, TypeError, IndexError):
            return None

    def _state_for(self, category: str, port: int) -> FirewallState:
        settings = self._registry.values(rf"{POLICY}\{KEYS[category]}")
        if "EnableFirewall" not in settings:
            return FirewallState.UNREADABLE
        if not settings["EnableFirewall"]:
            return FirewallState.OFF
        if settings.get("DoNotAllowExceptions"):
            return FirewallState.BLOCKS
        rules = [_parts(str(value)) for value in self._registry.values(RULES).values()]
        actions = {rule["Action"] for rule in rules if _is_about(rule, category, port, self._program)}
        if "Block" in actions:  # goes before every rule that allows
            return FirewallState.BLOCKS
        lets_in = "Allow" in actions or settings.get("DefaultInboundAction", 1) == 0
        return FirewallState.ALLOWS if lets_in else FirewallState.BLOCKS


def _parts(rule: str) -> dict[str, str]:
    """``v2.31|Action=Allow|Dir=In|…``; of parts that come several times all, separated by commas."""
    parts: dict[str, str] = {}
    for part in rule.split("|"):
        name, equals, value = part.partition("=")
        if equals:
            parts[name] = f"{parts[name]},{value}" if name in parts else value
    return parts


def _is_about(rule: Mapping[str, str], category: str, port: int, program: str) -> bool:
    if rule.get("Active", "").upper() != "TRUE" or rule.get("Dir") != "In" or "Action" not in rule:
        return False
    if rule.get("Protocol", TCP) != TCP or not FOR_OTHERS.isdisjoint(rule):
        return False
    if "Profile" in rule and category not in rule["Profile"].split(","):
        return False
    if "LPort" in rule and not any(_has_port(part, port) for part in rule["LPort"].split(",")):
        return False
    if "App" in rule:
        return os.path.expandvars(rule["App"]).lower() == program.lower()
    return "LPort" in rule  # a rule for all programs and all ports is about something else


def _has_port(part: str, port: int) -> bool:
    low, _, high = part.partition("-")
    return low.isdigit() and (high or low).isdigit() and int(low) <= port <= int(high or low)


def _system32(name: str) -> str:
    return str(Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / name)
