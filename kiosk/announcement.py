"""Tells the network that a server is here (mDNS), so that an app can offer it by name.

Knows nothing of what is served. Nothing depends on it: phones find the server by its code, and what goes wrong here
is written to the log once and stops nothing.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.errors import HubError

if TYPE_CHECKING:  # takes as long to import as all the rest; a server that is not announced never needs it
    from zeroconf import ServiceInfo, Zeroconf

SERVICE = "_hikma-hub._tcp.local."
LONGEST_LABEL_BYTES = 63
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Announced:
    """What the network is told. ``address``: the one phones are shown, also the one it is told on."""

    name: str
    port: int
    server_id: str
    address: str


class Announcement:
    """Owned by one thread. ``wanted`` tells what should be announced now; None: nothing."""

    def __init__(self, wanted: Callable[[], Announced | None]) -> None:
        self._wanted = wanted
        self._told: Announced | None = None  # also when it failed: the same is not tried again and again
        self._zeroconf: Zeroconf | None = None

    def refresh(self) -> None:
        """Makes what the network is told equal to what should be told."""
        try:
            wanted = self._wanted()
        except HubError:  # the settings cannot be read just now
            return
        if wanted == self._told:
            return
        self.stop()
        self._told = wanted
        if wanted is not None:
            self._start(wanted)

    def stop(self) -> None:
        """Says goodbye, if it was announced."""
        zeroconf, self._zeroconf, self._told = self._zeroconf, None, None
        if zeroconf is None:
            return
        from zeroconf import Error

        with contextlib.suppress(OSError, Error):  # the network may be gone
            zeroconf.unregister_all_services()
        zeroconf.close()

    def _start(self, wanted: Announced) -> None:
        from zeroconf import Error, IPVersion, Zeroconf

        try:
            self._zeroconf = Zeroconf(interfaces=[wanted.address], ip_version=IPVersion.V4Only)
            self._zeroconf.register_service(_service(wanted), allow_name_change=True)
        except (OSError, Error) as failure:
            _LOG.warning("this server is not announced on the network: %s", type(failure).__name__)
            self.stop()
            self._told = wanted
        else:
            _LOG.info("this server is announced on the network")


def _service(wanted: Announced) -> ServiceInfo:
    from zeroconf import ServiceInfo

    return ServiceInfo(
        SERVICE,
        f"{_label(wanted.name)}.{SERVICE}",
        port=wanted.port,
        properties={"id": wanted.server_id, "name": wanted.name},
        parsed_addresses=[wanted.address],
        server=f"hikma-{wanted.server_id}.local.",
    )


def _label(name: str) -> str:
    """The name as one label of a DNS name: no dots, no control characters, not too long."""
    plain = "".join(letter if letter.isprintable() and letter != "." else " " for letter in name)
    cut = " ".join(plain.split()).encode()[:LONGEST_LABEL_BYTES].decode(errors="ignore").strip()
    return cut or "Hikma Health"
