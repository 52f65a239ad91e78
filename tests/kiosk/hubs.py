"""Server processes' objects for tests of the program: built by its own composition root, on loopback.

Knows nothing of single scenarios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.config import Config
from kiosk.hub import Hub, build_hub
from kiosk.keystore import KeystoreChoice
from kiosk.network import LanAddress
from kiosk.paths import DataFolder

LOOPBACK = "127.0.0.1"


def config_of(root: Path, *, port: int | None = 0, is_attended: bool = False) -> Config:
    """One run on this folder, with the key in a file, reachable from this computer only."""
    folder = DataFolder(root)
    folder.prepare()
    return Config(folder, LOOPBACK, port, is_attended, KeystoreChoice.FILE)


@contextmanager
def built_hub(
    root: Path, *, port: int | None = 0, addresses: Callable[[], tuple[LanAddress, ...]] | None = None
) -> Iterator[Hub]:
    """Everything of a server process; nothing listens until it is told to. Stopped in order at the end."""
    hub = build_hub(config_of(root, port=port), addresses=addresses)
    try:
        yield hub
    finally:
        hub.stop()
