"""What Linux tells: firewalld, ufw and nftables as far as this user may look, and the desktop's settings for sleep.

Knows nothing of how it is judged.
"""

from __future__ import annotations

import re
from pathlib import Path

from kiosk.doctor.facts import FirewallState, ProfileFacts, WebViewFacts
from kiosk.doctor.system_command import Read, Run, Said, read_text, run_command

UFW_SETTINGS = Path("/etc/ufw/ufw.conf")
LOGIND_SETTINGS = Path("/etc/systemd/logind.conf")
POWER_SETTINGS = "org.gnome.settings-daemon.plugins.power"
DEFAULT_IDLE_MINUTES = 30
"""What systemd-logind takes where no time is given."""


class LinuxComputer:
    """See kiosk.doctor.computer.Computer."""

    system = "linux"

    def __init__(self, run: Run = run_command, read: Read = read_text) -> None:
        self._run = run
        self._read = read

    def firewall(self, port: int) -> FirewallState:
        """The first of firewalld, ufw and nftables that is at work; OFF if none is known to be."""
        for look in (self._firewalld, self._ufw, self._nftables):
            state = look(port)
            if state is not None:
                return state
        return FirewallState.OFF

    def profile(self) -> ProfileFacts:
        """Linux has no such thing."""
        return ProfileFacts(applies=False)

    def idle_minutes(self) -> int | None:
        """Of the desktop's power settings, else of the login manager."""
        desktop = self._gsettings("sleep-inactive-ac-type"), self._gsettings("sleep-inactive-ac-timeout")
        if desktop[0] is not None and desktop[1] is not None:
            seconds = re.search(r"\d+$", desktop[1])
            is_asleep = "nothing" not in desktop[0] and "blank" not in desktop[0]
            return round(int(seconds.group()) / 60) if seconds and is_asleep else 0
        settings = self._read(LOGIND_SETTINGS)
        return None if settings is None else _logind_minutes(settings)

    def webview(self) -> WebViewFacts:
        """Qt comes with the program."""
        return WebViewFacts(is_needed=False)

    def _firewalld(self, port: int) -> FirewallState | None:
        state = self._run(["firewall-cmd", "--state"])
        if state is None or state.text.strip() != "running":
            return None
        answer = self._run(["firewall-cmd", f"--query-port={port}/tcp"])
        if answer is None or answer.text.strip() not in ("yes", "no"):
            return FirewallState.UNSURE
        return FirewallState.ALLOWS if answer.text.strip() == "yes" else FirewallState.BLOCKS

    def _ufw(self, port: int) -> FirewallState | None:
        settings = self._read(UFW_SETTINGS)
        if settings is None or not re.search(r"^ENABLED=yes\s*$", settings, re.MULTILINE | re.IGNORECASE):
            return None
        said = self._run(["ufw", "status"])  # only root is told
        if said is None or "Status: active" not in said.text:
            return FirewallState.UNSURE
        for line in said.text.splitlines():
            if match := re.match(rf"{port}(/tcp)?\s+(ALLOW|DENY|REJECT)\b", line):
                return FirewallState.ALLOWS if match[2] == "ALLOW" else FirewallState.BLOCKS
        return FirewallState.BLOCKS

    def _nftables(self, port: int) -> FirewallState | None:
        rules = self._run(["nft", "list", "ruleset"])  # only root is told
        if rules is None or rules.code != 0 or not _drops_what_comes_in(rules):
            return None
        is_open = re.search(rf"dport[^\n]*\b{port}\b[^\n]*\baccept\b", rules.text)
        return FirewallState.ALLOWS if is_open else FirewallState.UNSURE

    def _gsettings(self, key: str) -> str | None:
        said = self._run(["gsettings", "get", POWER_SETTINGS, key])
        return said.text.strip() if said is not None and said.code == 0 else None


def _drops_what_comes_in(rules: Said) -> bool:
    return re.search(r"hook input[^\n]*policy drop", rules.text) is not None


def _logind_minutes(settings: str) -> int:
    """Of systemd-logind's IdleAction and IdleActionSec; commented lines are defaults."""
    chosen = dict(re.findall(r"^\s*(IdleAction|IdleActionSec)\s*=\s*(\S+)", settings, re.MULTILINE))
    if chosen.get("IdleAction", "ignore") not in ("suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate"):
        return 0
    amount = re.fullmatch(r"(\d+)(min|m|s|sec|h)?", chosen.get("IdleActionSec", f"{DEFAULT_IDLE_MINUTES}min"))
    if amount is None:
        return DEFAULT_IDLE_MINUTES
    number, unit = int(amount[1]), amount[2] or "s"
    return max(1, number * 60 if unit == "h" else number if unit.startswith("m") else round(number / 60))
