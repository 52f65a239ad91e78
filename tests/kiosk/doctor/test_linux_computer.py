"""What Linux tells, from answers recorded on such systems."""

from __future__ import annotations

import pytest

from kiosk.doctor.facts import FirewallState
from kiosk.doctor.linux_computer import LOGIND_SETTINGS, UFW_SETTINGS, LinuxComputer
from kiosk.doctor.system_command import Said
from tests.fakes.computer import FakeSystem

UFW_ON = {UFW_SETTINGS: "# comment\nENABLED=yes\nLOGLEVEL=low\n"}
UFW_STATUS = """Status: active

To                         Action      From
--                         ------      ----
22/tcp                     ALLOW       Anywhere
{rule}
"""
NFT = """table inet filter {{
	chain input {{
		type filter hook input priority filter; policy {policy};
		ct state established,related accept
		tcp dport {{ 22, {port} }} accept
	}}
}}
"""


def computer(commands: dict[str, str | Said] | None = None, files: dict | None = None) -> LinuxComputer:  # type: ignore[type-arg]
    system = FakeSystem(commands, files)
    return LinuxComputer(system.run, system.read)


def test_without_any_firewall_nothing_is_in_the_way() -> None:
    assert computer().firewall(4001) is FirewallState.OFF
    stopped = {"firewall-cmd --state": Said(252, "not running\n")}
    assert computer(stopped, {UFW_SETTINGS: "ENABLED=no\n"}).firewall(4001) is FirewallState.OFF


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Said(0, "yes\n"), FirewallState.ALLOWS),
        (Said(1, "no\n"), FirewallState.BLOCKS),
        (Said(253, "Authorization failed.\n"), FirewallState.UNSURE),
    ],
)
def test_firewalld_is_asked_about_the_port(answer: Said, state: FirewallState) -> None:
    commands: dict[str, str | Said] = {"--state": "running\n", "--query-port=4001/tcp": answer}
    assert computer(commands).firewall(4001) is state


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ("4001/tcp                   ALLOW       192.168.0.0/16", FirewallState.ALLOWS),
        ("4001                       ALLOW       Anywhere", FirewallState.ALLOWS),
        ("4001/tcp                   DENY        Anywhere", FirewallState.BLOCKS),
        ("40010/tcp                  ALLOW       Anywhere", FirewallState.BLOCKS),
    ],
)
def test_ufws_rules_are_read_where_this_user_may(rule: str, state: FirewallState) -> None:
    commands: dict[str, str | Said] = {"ufw status": UFW_STATUS.format(rule=rule)}
    assert computer(commands, UFW_ON).firewall(4001) is state


def test_ufw_that_tells_only_root_leaves_it_open() -> None:
    refusal = {"ufw status": Said(1, "ERROR: You need to be root to run this script\n")}
    assert computer(dict(refusal), UFW_ON).firewall(4001) is FirewallState.UNSURE
    assert computer(files=UFW_ON).firewall(4001) is FirewallState.UNSURE


def test_nftables_that_drops_is_searched_for_the_port() -> None:
    assert computer({"nft": NFT.format(policy="drop", port=4001)}).firewall(4001) is FirewallState.ALLOWS
    assert computer({"nft": NFT.format(policy="drop", port=4002)}).firewall(4001) is FirewallState.UNSURE
    assert computer({"nft": NFT.format(policy="accept", port=4002)}).firewall(4001) is FirewallState.OFF
    assert computer({"nft": Said(1, "Operation not permitted")}).firewall(4001) is FirewallState.OFF


@pytest.mark.parametrize(
    ("kind", "seconds", "minutes"),
    [("'suspend'", "1200", 20), ("'nothing'", "1200", 0), ("'suspend'", "0", 0), ("'suspend'", "uint32 900", 15)],
)
def test_the_desktop_says_when_it_sleeps(kind: str, seconds: str, minutes: int) -> None:
    commands: dict[str, str | Said] = {"ac-type": f"{kind}\n", "ac-timeout": f"{seconds}\n"}
    assert computer(commands).idle_minutes() == minutes


@pytest.mark.parametrize(
    ("settings", "minutes"),
    [
        ("[Login]\n#IdleAction=ignore\n#IdleActionSec=30min\n", 0),
        ("[Login]\nIdleAction=lock\n", 0),
        ("[Login]\nIdleAction=suspend\n", 30),
        ("[Login]\nIdleAction=suspend\nIdleActionSec=15min\n", 15),
        ("[Login]\nIdleAction=hibernate\nIdleActionSec=90\n", 2),
        ("[Login]\nIdleAction=suspend\nIdleActionSec=2h\n", 120),
        ("[Login]\nIdleAction=suspend\nIdleActionSec=1h 5min\n", 60),
        ("[Login]\nIdleAction=suspend\nIdleActionSec=rubbish\n", 30),
    ],
)
def test_without_a_desktop_the_login_manager_says_it(settings: str, minutes: int) -> None:
    assert computer(files={LOGIND_SETTINGS: settings}).idle_minutes() == minutes


def test_where_neither_tells_it_is_not_known() -> None:
    assert computer().idle_minutes() is None
    assert computer({"gsettings": Said(1, "No such schema")}).idle_minutes() is None


def test_linux_has_no_public_networks_and_brings_its_own_browser() -> None:
    assert not computer().profile().applies
    assert not computer().webview().is_needed
