"""Which network addresses this computer has, which of them phones can most likely reach, and which was told to them.

Knows nothing of ports or listeners. Nothing is sent over any network to find this out.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

import psutil

from kiosk.paths import DataFolder
from kiosk.private_file import write_private

# Names of adapters that lead to virtual machines, containers or a VPN: no phone is on the other side.
VIRTUAL_NAME = re.compile(
    r"^(docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|wg|utun|ppp|zt|tailscale|lxc|lxd|cni|flannel|podman|bridge|awdl|llw)"
    r"|vethernet|virtualbox|vmware|hyper-v|wsl|vpn|wireguard|tailscale|zerotier|openvpn|loopback|pseudo",
    re.IGNORECASE,
)
CARRIER_NETWORK = IPv4Network("100.64.0.0/10")  # mobile carriers and Tailscale: never the clinic's wifi

# An address of the documentation range. Asking for the route to it sends nothing.
ELSEWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True)
class Interface:
    """A network adapter as the operating system describes it."""

    name: str
    is_up: bool
    addresses: tuple[str, ...]  # IPv4 only: the phone app takes no others


@dataclass(frozen=True)
class LanAddress:
    """An address of this computer that phones could use."""

    ip: str
    interface: str
    is_virtual: bool = False  # probably of no use to phones


@dataclass(frozen=True)
class AddressChoice:
    """The address to tell phones, and the one they were told before if that is gone."""

    address: LanAddress | None
    changed_from: str | None = None


def lan_addresses(interfaces: Iterable[Interface], route_source: str | None = None) -> tuple[LanAddress, ...]:
    """The usable addresses, the best guess first.

    Skipped: adapters that are down, loopback, link-local. Last: virtual adapters. First among the rest: the
    address the computer itself would use to reach the world (``route_source``), then private networks.
    """
    found = [
        LanAddress(ip, interface.name, is_virtual=_is_virtual(interface.name, ip))
        for interface in interfaces
        if interface.is_up
        for ip in interface.addresses
        if _is_usable(ip)
    ]
    return tuple(
        sorted(
            found,
            key=lambda address: (
                address.is_virtual,
                address.ip != route_source,
                not IPv4Address(address.ip).is_private,
                address.interface,
                IPv4Address(address.ip),
            ),
        )
    )


def choose(addresses: Sequence[LanAddress], remembered: LanAddress | None) -> AddressChoice:
    """The remembered address while this computer has it, else the same adapter's new one, else the best guess.

    Without any network nothing has changed yet: the cable may be back in a minute with the same address.
    """
    if not addresses:
        return AddressChoice(None)
    if remembered is None:
        return AddressChoice(addresses[0])
    for address in addresses:
        if address.ip == remembered.ip:
            return AddressChoice(address)
    same_adapter = [address for address in addresses if address.interface == remembered.interface]
    return AddressChoice((same_adapter or list(addresses))[0], changed_from=remembered.ip)


def current_addresses() -> tuple[LanAddress, ...]:
    """What this computer has now, the best guess first."""
    return lan_addresses(interfaces_now(), route_source())


def interfaces_now() -> tuple[Interface, ...]:
    """A snapshot of the network adapters."""
    states = psutil.net_if_stats()
    return tuple(
        Interface(
            name,
            is_up=name in states and states[name].isup,
            addresses=tuple(entry.address for entry in entries if entry.family == socket.AF_INET),
        )
        for name, entries in psutil.net_if_addrs().items()
    )


def route_source() -> str | None:
    """The address this computer would use to reach the world; None without a default route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(ELSEWHERE)  # of a datagram socket: looks the route up, sends nothing
        return str(probe.getsockname()[0])
    return None


def remembered_address(folder: DataFolder) -> LanAddress | None:
    """The address phones were last told; None if there is none or the file is unreadable."""
    try:
        stored = json.loads(folder.address_file.read_bytes())
        return LanAddress(str(IPv4Address(stored["ip"])), str(stored["interface"]))
    except (OSError, ValueError, KeyError, TypeError, AddressValueError):
        return None


def remember_address(folder: DataFolder, address: LanAddress) -> None:
    """Stores the address phones are told from now on. Raises OSError."""
    content = json.dumps({"ip": address.ip, "interface": address.interface})
    write_private(folder.address_file, content.encode())


def _is_usable(ip: str) -> bool:
    try:
        address = IPv4Address(ip)
    except AddressValueError:
        return False
    return not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)


def _is_virtual(name: str, ip: str) -> bool:
    return bool(VIRTUAL_NAME.search(name)) or IPv4Address(ip) in CARRIER_NETWORK
