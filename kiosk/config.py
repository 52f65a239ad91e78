"""What one run of the program was told on its command line and by its environment. Frozen; made once.

Knows nothing of settings that staff change in the window (db/settings.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.keystore import KeystoreChoice, choice_from
from kiosk.paths import DataFolder

DEFAULT_PORT = 4001
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - phones reach the computer on whatever address it has
BODY_LIMIT_VARIABLE = "HIKMA_BODY_LIMIT_MB"
DEFAULT_BODY_LIMIT_MB = 64


@dataclass(frozen=True)
class Config:
    """One run. ``port`` None: the one staff chose, else 4001. ``is_attended``: a window watches over this server."""

    folder: DataFolder
    host: str = ALL_ADDRESSES
    port: int | None = None
    is_attended: bool = False
    keystore: KeystoreChoice = KeystoreChoice.BEST
    body_limit_bytes: int = DEFAULT_BODY_LIMIT_MB * 1024**2


def config_from(
    folder: DataFolder,
    environ: Mapping[str, str],
    *,
    host: str = ALL_ADDRESSES,
    port: int | None = None,
    is_attended: bool = False,
) -> Config:
    """The configuration of a run; an unreadable environment variable counts as unset."""
    limit = environ.get(BODY_LIMIT_VARIABLE, "")
    megabytes = int(limit) if limit.isascii() and limit.isdigit() and int(limit) > 0 else DEFAULT_BODY_LIMIT_MB
    return Config(folder, host, port, is_attended, choice_from(environ), megabytes * 1024**2)
