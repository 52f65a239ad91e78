"""What Windows tells, from answers as Microsoft documents them."""

from __future__ import annotations

import json
import sys

import pytest

from kiosk.doctor.facts import FirewallState, ProfileFacts
from kiosk.doctor.system_command import Said
from kiosk.doctor.windows_computer import KEYS, POLICY, RULES, WindowsComputer
from tests.fakes.computer import FakeRegistry, FakeSystem

PROGRAM = r"C:\Program Files\Hikma Local Server\hikma-local-server.exe"
HEAD = "v2.31|Action={action}|Active={active}|Dir=In|"
ON: dict[str, str | int] = {"EnableFirewall": 1, "DoNotAllowExceptions": 0}
OURS = rf"Protocol=6|Profile=Private|Profile=Domain|App={PROGRAM.upper()}|Name=Hikma Local Server|"


def connections(*networks: tuple[str, int]) -> dict[str, str | Said]:
    listed = [{"Name": name, "C": category} for name, category in networks]
    return {"Get-NetConnectionProfile": json.dumps(listed)}


PRIVATE = connections(("Clinic", 1))


def computer(
    rules: list[str],
    settings: dict[str, str | int] | None = None,
    commands: dict[str, str | Said] | None = None,
) -> WindowsComputer:
    keys: dict[str, dict[str, str | int]] = {RULES: {str(number): rule for number, rule in enumerate(rules)}}
    for name in KEYS.values():
        keys[rf"{POLICY}\{name}"] = ON if settings is None else settings
    return WindowsComputer(FakeRegistry(keys), FakeSystem(PRIVATE if commands is None else commands).run, PROGRAM)


def rule(rest: str = OURS, action: str = "Allow", active: str = "TRUE") -> str:
    return HEAD.format(action=action, active=active) + rest


def test_a_rule_for_this_program_lets_phones_in() -> None:
    assert computer([rule()]).firewall(4001) is FirewallState.ALLOWS


@pytest.mark.parametrize(
    "rest",
    [
        "Protocol=6|LPort=4001|Name=Phones|",
        "Protocol=6|LPort=4000-4010|Name=Phones|",
        "Protocol=6|LPort=80|LPort=4001|Name=Phones|",
        rf"App={PROGRAM}|Name=All of it|",
    ],
)
def test_rules_by_port_or_for_everything_a_program_does_count_too(rest: str) -> None:
    assert computer([rule(rest)]).firewall(4001) is FirewallState.ALLOWS


@pytest.mark.parametrize(
    "rest",
    [
        r"Protocol=6|App=C:\Other\other.exe|Name=Other|",
        rf"Protocol=17|App={PROGRAM}|Name=UDP only|",
        rf"Protocol=6|Profile=Domain|App={PROGRAM}|Name=At the office only|",
        "Protocol=6|LPort=80|Name=Web|",
        "Protocol=6|LPort=RPC|Name=Calls|",
        "Protocol=6|Name=Everything|",
        r"Protocol=6|LPort=4001|Svc=termservice|Name=A service|",
        "rubbish",
        "",
    ],
)
def test_rules_about_something_else_let_nobody_in(rest: str) -> None:
    assert computer([rule(rest)]).firewall(4001) is FirewallState.BLOCKS


def test_a_rule_that_is_switched_off_or_for_the_way_out_does_not_count() -> None:
    assert computer([rule(active="FALSE")]).firewall(4001) is FirewallState.BLOCKS
    assert computer([rule().replace("Dir=In", "Dir=Out")]).firewall(4001) is FirewallState.BLOCKS


def test_a_rule_that_blocks_goes_before_all_that_allow() -> None:
    assert computer([rule(), rule(action="Block"), rule()]).firewall(4001) is FirewallState.BLOCKS


def test_a_firewall_that_is_off_lets_in_and_one_without_exceptions_does_not() -> None:
    assert computer([], {"EnableFirewall": 0}).firewall(4001) is FirewallState.OFF
    assert computer([rule()], {"EnableFirewall": 1, "DoNotAllowExceptions": 1}).firewall(4001) is FirewallState.BLOCKS
    assert computer([], {"EnableFirewall": 1, "DefaultInboundAction": 0}).firewall(4001) is FirewallState.ALLOWS


def test_settings_that_cannot_be_read_are_told() -> None:
    assert computer([rule()], {}).firewall(4001) is FirewallState.UNREADABLE


def test_the_strictest_of_the_connected_networks_counts() -> None:
    both = connections(("Clinic", 1), ("Cafe", 0))
    assert computer([rule()], commands=both).firewall(4001) is FirewallState.BLOCKS
    # Without an answer any kind of network may be connected.
    assert computer([rule()], commands={}).firewall(4001) is FirewallState.BLOCKS


def test_public_networks_are_named() -> None:
    assert computer([], commands=connections(("Cafe", 0), ("Clinic", 1))).profile() == ProfileFacts(True, ("Cafe",))
    assert computer([], commands=connections()).profile() == ProfileFacts(True, ())


@pytest.mark.parametrize("answer", ["", "no json", '[{"Name": "x"}]', '[{"Name": "x", "C": 9}]', "7", '["x"]'])
def test_an_answer_that_makes_no_sense_is_none(answer: str) -> None:
    assert computer([], commands={"Get-NetConnectionProfile": answer}).profile() is None


POWERCFG = """GUID du mode de gestion : 381b4222-f694-41f0-9685-ff5bb260df2e  (Usage normal)
      Parametre possible minimal : 0x00000000
      Parametre possible maximal : 0xffffffff
    Index actuel du parametre en courant alternatif : 0x00000708
    Index actuel du parametre en courant continu : 0x00000384
"""


def test_sleep_on_mains_power_is_read_in_any_language() -> None:
    assert computer([], commands={"STANDBYIDLE": POWERCFG}).idle_minutes() == 30
    assert computer([], commands={"STANDBYIDLE": POWERCFG.replace("00000708", "00000000")}).idle_minutes() == 0
    assert computer([], commands={"STANDBYIDLE": "0x00000001"}).idle_minutes() is None
    assert computer([], commands={}).idle_minutes() is None


@pytest.mark.skipif(sys.platform == "win32", reason="there it may be installed")
def test_a_webview_is_needed_there() -> None:
    webview = computer([]).webview()
    assert (webview.is_needed, webview.version) == (True, None)
