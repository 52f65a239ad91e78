"""How a client of the cloud is made. Loads what it needs only then: a program that starts does not wait for it.

Knows nothing of what the client is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from db.clock import SystemClock
from db.cloud.state import CloudAccess

if TYPE_CHECKING:
    from kiosk.cloud.client import CloudClient

Connect = Callable[[CloudAccess], "CloudClient"]


def connect_to(access: CloudAccess) -> CloudClient:
    """A client for this cloud and key, to be closed. Raises InvalidInput (``path`` "url" or "key")."""
    from kiosk.cloud.client import CloudClient

    return CloudClient(access.url, access.key, SystemClock())
