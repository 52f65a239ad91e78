"""What macOS tells, from answers as Apple documents them."""

from __future__ import annotations

import pytest

from kiosk.doctor.facts import FirewallState
from kiosk.doctor.macos_computer import MacComputer
from kiosk.doctor.system_command import Said
from tests.fakes.computer import FakeSystem

APP = "/Applications/Hikma Local Server.app"
PROGRAM = f"{APP}/Contents/MacOS/hikma-local-server"
LISTED = """ALF: total number of apps = 2

1 :  /usr/libexec/sharingd
   ( Allow incoming connections )

2 :  {path}
   ( {verdict} incoming connections )

"""
POWER = """Battery Power:
 sleep                1
 displaysleep         2
AC Power:
 womp                 1
 sleep                {minutes}
 displaysleep         10
"""


def computer(commands: dict[str, str | Said]) -> MacComputer:
    return MacComputer(FakeSystem(commands).run, PROGRAM)


def firewall(state: int, listed: str | None = None) -> FirewallState:
    commands: dict[str, str | Said] = {"--getglobalstate": f"Firewall is enabled. (State = {state}) \n"}
    if listed is not None:
        commands["--listapps"] = listed
    return computer(commands).firewall(4001)


def test_the_firewall_is_off_or_blocks_everything() -> None:
    assert firewall(0) is FirewallState.OFF
    assert firewall(2) is FirewallState.BLOCKS


@pytest.mark.parametrize("path", [APP, PROGRAM])
@pytest.mark.parametrize(("verdict", "state"), [("Allow", FirewallState.ALLOWS), ("Block", FirewallState.BLOCKS)])
def test_a_listed_program_is_allowed_or_blocked(path: str, verdict: str, state: FirewallState) -> None:
    assert firewall(1, LISTED.format(path=path, verdict=verdict)) is state


def test_a_program_that_is_not_listed_will_be_asked_about() -> None:
    assert firewall(1, LISTED.format(path="/Applications/Hikma", verdict="Block")) is FirewallState.UNSURE


def test_a_firewall_that_does_not_answer_is_unreadable() -> None:
    assert computer({}).firewall(4001) is FirewallState.UNREADABLE
    assert firewall(1) is FirewallState.UNREADABLE


def test_sleep_on_mains_power_counts() -> None:
    assert computer({"pmset": POWER.format(minutes=15)}).idle_minutes() == 15
    assert computer({"pmset": POWER.format(minutes=0)}).idle_minutes() == 0
    assert computer({"pmset": "Battery Power:\n sleep 1\n"}).idle_minutes() is None
    assert computer({}).idle_minutes() is None


def test_macos_has_no_public_networks_and_its_own_browser() -> None:
    assert not computer({}).profile().applies
    assert not computer({}).webview().is_needed
