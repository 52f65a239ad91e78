"""Whether phones can reach this computer: each check passes on a healthy computer and finds what it is there for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.doctor.facts import FirewallState, PortFacts, ProfileFacts, ReachFacts
from kiosk.doctor.judgement import Judgement
from kiosk.doctor.phone_checks import (
    judge_adapters,
    judge_address,
    judge_firewall,
    judge_network,
    judge_phones,
    judge_port,
    judge_profile,
    judge_reach,
)
from kiosk.network import LanAddress
from tests.fakes.clock import DAY_MS
from tests.fakes.network import CABLE, WIFI
from tests.fakes.probes import DATA, NETWORK, NOW, PORT, PROFILE, REACH
from web.ui.check_port import Cure

VPN = LanAddress("10.8.0.2", "tun0", is_virtual=True)


def told(judgement: Judgement) -> tuple[str, str, Cure | None]:
    return (judgement.verdict.value, judgement.reason, judgement.cure)


def test_a_port_that_is_listened_on_is_well() -> None:
    assert told(judge_port(PORT)) == ("pass", "listening", None)


TAKEN = replace(PORT, is_listening=False, is_taken=True, free_port=4002)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (TAKEN, ("fail", "taken", Cure.USE_FREE_PORT)),
        (replace(TAKEN, holder="skype.exe"), ("fail", "taken_by", Cure.USE_FREE_PORT)),
        (replace(TAKEN, free_port=None), ("fail", "taken", None)),
        (replace(TAKEN, has_server=False), ("fail", "taken", None)),
        (replace(PORT, is_listening=False), ("fail", "stopped", Cure.START_SERVING)),
        (PortFacts(has_server=False, is_listening=False, is_taken=False, port=4001), ("warn", "no_server", None)),
        (replace(PORT, is_first_run=True), ("warn", "first_run", None)),
    ],
)
def test_a_port_on_which_no_phone_is_served_is_found(facts: PortFacts, expected: tuple[str, str, Cure | None]) -> None:
    assert told(judge_port(facts)) == expected


def test_a_taken_port_is_told_with_its_holder_and_the_free_one() -> None:
    judgement = judge_port(replace(TAKEN, holder="skype.exe"))
    assert judgement.values == {"holder": "skype.exe", "port": 4001}
    assert judgement.cure_value == "4002"


def test_a_computer_on_a_network_is_well_and_one_on_none_is_not() -> None:
    assert told(judge_network(NETWORK)) == ("pass", "connected", None)
    assert told(judge_network(replace(NETWORK, chosen=None))) == ("fail", "none", None)


def test_a_server_that_is_reached_at_every_address_is_well() -> None:
    assert told(judge_reach(REACH)) == ("pass", "all", None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ReachFacts(True, (WIFI.ip,), (CABLE.ip,)), ("warn", "some", Cure.FIREWALL_HELP)),
        (ReachFacts(True, (), (WIFI.ip,)), ("fail", "none", Cure.FIREWALL_HELP)),
        (ReachFacts(is_listening=False), ("unknown", "not_serving", None)),
    ],
)
def test_an_address_at_which_the_server_is_not_reached_is_found(
    facts: ReachFacts, expected: tuple[str, str, Cure | None]
) -> None:
    assert told(judge_reach(facts)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FirewallState.OFF, ("pass", "off", None)),
        (FirewallState.ALLOWS, ("pass", "allows", None)),
        (FirewallState.BLOCKS, ("fail", "blocks", Cure.FIREWALL_HELP)),
        (FirewallState.UNSURE, ("warn", "unsure", Cure.FIREWALL_HELP)),
        (FirewallState.UNREADABLE, ("unknown", "not_measured", None)),
    ],
)
def test_a_firewall_is_judged_by_what_it_does_with_phones(
    state: FirewallState, expected: tuple[str, str, Cure | None]
) -> None:
    assert told(judge_firewall(state)) == expected


def test_a_public_network_is_found_and_a_private_one_is_well() -> None:
    assert told(judge_profile(PROFILE)) == ("pass", "private", None)
    assert told(judge_profile(ProfileFacts(applies=False))) == ("pass", "not_here", None)
    judgement = judge_profile(ProfileFacts(True, ("Clinic wifi",)))
    assert told(judgement) == ("warn", "public", Cure.NETWORK_HELP)
    assert judgement.values == {"network": "Clinic wifi"}


def test_one_network_is_well_also_beside_virtual_ones() -> None:
    assert told(judge_adapters(NETWORK)) == ("pass", "one", None)
    assert told(judge_adapters(replace(NETWORK, addresses=(WIFI, VPN)))) == ("pass", "one", None)
    assert told(judge_adapters(replace(NETWORK, addresses=(), chosen=None))) == ("pass", "none", None)


def test_several_networks_or_a_virtual_one_in_use_are_found() -> None:
    assert told(judge_adapters(replace(NETWORK, addresses=(WIFI, CABLE)))) == ("warn", "several", Cure.CHOOSE_ADDRESS)
    alone = replace(NETWORK, addresses=(VPN,), chosen=VPN)
    assert told(judge_adapters(alone)) == ("warn", "virtual", Cure.CHOOSE_ADDRESS)


def test_an_address_that_is_not_the_one_phones_know_is_found() -> None:
    assert told(judge_address(NETWORK)) == ("pass", "same", None)
    assert told(judge_address(replace(NETWORK, was_told=False))) == ("pass", "not_told", None)
    judgement = judge_address(replace(NETWORK, changed_from="192.168.1.3"))
    assert told(judgement) == ("warn", "changed", Cure.SHOW_CODE)
    assert judgement.values == {"old": "192.168.1.3", "new": WIFI.ip}


def test_phones_that_have_not_come_for_days_are_found() -> None:
    assert told(judge_phones(DATA)) == ("pass", "lately", None)
    assert told(judge_phones(replace(DATA, last_phone_sync_ms=None))) == ("pass", "none_yet", None)
    assert told(judge_phones(replace(DATA, last_phone_sync_ms=NOW - 4 * DAY_MS))) == ("warn", "long_ago", None)
    assert told(judge_phones(replace(DATA, failure="wrong_key"))) == ("unknown", "no_database", None)
