from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.network import (
    Interface,
    LanAddress,
    choose,
    current_addresses,
    interfaces_now,
    lan_addresses,
    remember_address,
    remembered_address,
    route_source,
)
from kiosk.paths import DataFolder


def up(name: str, *addresses: str) -> Interface:
    return Interface(name, is_up=True, addresses=addresses)


def ips(*interfaces: Interface, route: str | None = None) -> list[str]:
    return [address.ip for address in lan_addresses(interfaces, route)]


def test_loopback_link_local_and_nonsense_are_not_offered() -> None:
    assert ips(up("lo", "127.0.0.1"), up("eth0", "169.254.3.4", "0.0.0.0", "224.0.0.1", "no address")) == []


def test_an_adapter_that_is_down_is_not_offered() -> None:
    assert ips(Interface("wlan0", is_up=False, addresses=("192.168.1.7",))) == []


@pytest.mark.parametrize(
    "virtual",
    [
        *("docker0", "br-12ab34", "vEthernet (WSL)", "VirtualBox Host-Only Network", "VMware Network Adapter VMnet8"),
        *("tun0", "tap1", "wg0", "utun3", "vmnet1", "virbr0", "Tailscale", "ProtonVPN", "zt7nnig34", "bridge100"),
    ],
)
def test_a_virtual_adapter_comes_last(virtual: str) -> None:
    addresses = lan_addresses([up(virtual, "10.0.0.2"), up("zz9", "192.168.1.7")])
    assert [(address.ip, address.is_virtual) for address in addresses] == [("192.168.1.7", False), ("10.0.0.2", True)]


@pytest.mark.parametrize(
    "real", ["Ethernet", "Wi-Fi", "wlan0", "wlp3s0", "eth0", "enp0s31f6", "en0", "WLAN", "Ethernet 2"]
)
def test_a_real_adapter_is_not_taken_for_a_virtual_one(real: str) -> None:
    assert not lan_addresses([up(real, "192.168.1.7")])[0].is_virtual


def test_an_address_of_a_carrier_network_comes_last() -> None:
    assert ips(up("eth0", "100.100.1.2"), up("wlan0", "192.168.1.7")) == ["192.168.1.7", "100.100.1.2"]


def test_the_way_to_the_world_comes_first_but_not_through_a_vpn() -> None:
    both = (up("eth0", "192.168.1.7"), up("wlan0", "192.168.2.7"))
    assert ips(*both, route="192.168.2.7")[0] == "192.168.2.7"
    assert ips(*both, up("tun0", "10.8.0.2"), route="10.8.0.2")[0] == "192.168.1.7"


def test_a_private_network_comes_before_a_public_one() -> None:
    assert ips(up("eth0", "8.8.4.4"), up("eth1", "192.168.1.7")) == ["192.168.1.7", "8.8.4.4"]


interfaces = st.lists(
    st.builds(
        Interface,
        st.sampled_from(["lo", "eth0", "wlan0", "docker0", "tun0"]),
        st.booleans(),
        st.lists(st.ip_addresses(v=4).map(str), max_size=3).map(tuple),
    )
)


@given(interfaces, interfaces)
def test_the_order_does_not_depend_on_the_order_of_the_adapters(some: list[Interface], others: list[Interface]) -> None:
    assert lan_addresses([*some, *others]) == lan_addresses([*others, *some])


HOME = LanAddress("192.168.1.7", "wlan0")


def test_at_first_the_best_guess_is_chosen_and_nothing_has_changed() -> None:
    choice = choose([HOME, LanAddress("10.0.0.2", "eth0")], remembered=None)
    assert (choice.address, choice.changed_from) == (HOME, None)


def test_a_chosen_address_stays_chosen_while_the_computer_has_it() -> None:
    choice = choose([LanAddress("10.0.0.2", "eth0"), HOME], remembered=HOME)
    assert (choice.address, choice.changed_from) == (HOME, None)


def test_a_new_address_of_the_same_adapter_is_taken_and_reported() -> None:
    new = LanAddress("192.168.1.9", "wlan0")
    choice = choose([LanAddress("10.0.0.2", "eth0"), new], remembered=HOME)
    assert (choice.address, choice.changed_from) == (new, "192.168.1.7")


def test_when_the_adapter_is_gone_the_best_guess_is_taken_and_reported() -> None:
    best = LanAddress("10.0.0.2", "eth0")
    choice = choose([best, LanAddress("10.0.1.2", "eth1")], remembered=HOME)
    assert (choice.address, choice.changed_from) == (best, "192.168.1.7")


def test_without_any_network_nothing_has_changed_yet() -> None:
    choice = choose([], remembered=HOME)
    assert (choice.address, choice.changed_from) == (None, None)


def test_the_address_told_to_phones_is_remembered(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert remembered_address(folder) is None
    remember_address(folder, HOME)
    assert remembered_address(folder) == HOME


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ip": "x", "interface": "y"}', b'{"ip": 7}', b"\xff"])
def test_an_unreadable_memory_is_no_memory(tmp_path: Path, content: bytes) -> None:
    folder = DataFolder(tmp_path)
    folder.address_file.write_bytes(content)
    assert remembered_address(folder) is None


def test_this_computers_own_adapters_are_seen() -> None:
    assert any("127.0.0.1" in interface.addresses for interface in interfaces_now())
    source = route_source()
    found = [address.ip for address in current_addresses()]
    assert source is None or source.startswith("127.") or source in found
