"""A computer's networks as tests set them: the addresses it has, which may change while it serves.

Knows nothing of who asks; stands in for kiosk.network.current_addresses.
"""

from __future__ import annotations

from kiosk.network import LanAddress

WIFI = LanAddress("192.168.1.7", "Wi-Fi")
CABLE = LanAddress("10.0.0.12", "Ethernet")


class FakeNetwork:
    """Call it to learn the addresses."""

    def __init__(self, *addresses: LanAddress) -> None:
        self._addresses = addresses

    def __call__(self) -> tuple[LanAddress, ...]:
        return self._addresses

    def join(self, *addresses: LanAddress) -> None:
        """The computer has these addresses from now on, the best guess first."""
        self._addresses = addresses
