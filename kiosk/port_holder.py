"""Who listens on a port of this computer, and which port is free instead.

Knows nothing of what this program would serve there.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

LAST_PORT = 65_535


@dataclass(frozen=True)
class PortHolder:
    """The program that listens on a port."""

    name: str
    pid: int


def holder_of(port: int) -> PortHolder | None:
    """The program that listens on TCP ``port``.

    None if nobody does, or if the operating system does not tell this user (another user's program).
    """
    for pid, listening_port in _listening():
        if listening_port == port:
            try:
                return PortHolder(psutil.Process(pid).name(), pid)
            except psutil.Error:  # gone in the meantime, or not ours to look at
                return None
    return None


def is_port_free(port: int, host: str = "0.0.0.0") -> bool:  # noqa: S104 - the phones' listener is on all addresses
    """True if this program could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform == "win32":
            # There SO_REUSEADDR would take the port away from whoever has it; this asks for the opposite.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just closed counts as free
        try:
            probe.bind((host, port))
            probe.listen(1)
        except (OSError, OverflowError):
            return False
        return True


def next_free_port(taken: int, host: str = "0.0.0.0") -> int | None:  # noqa: S104 - see is_port_free
    """The first free port above ``taken``, looking at the next hundred; None if there is none."""
    candidates = range(taken + 1, min(taken + 101, LAST_PORT + 1))
    return next((port for port in candidates if is_port_free(port, host)), None)


def _listening() -> Iterator[tuple[int, int]]:
    """Process and port of everything that listens, as far as this user may know."""
    try:
        for entry in psutil.net_connections(kind="tcp"):
            if entry.status == psutil.CONN_LISTEN and entry.laddr and entry.pid:
                yield entry.pid, entry.laddr.port
    except psutil.AccessDenied:  # macOS shows the whole list to the administrator only
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                for own in process.net_connections(kind="tcp"):
                    if own.status == psutil.CONN_LISTEN and own.laddr:
                        yield process.pid, own.laddr.port
