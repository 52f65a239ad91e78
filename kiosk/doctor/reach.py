"""Whether this computer reaches its own server at an address of its own, as a phone would.

Knows nothing of which addresses there are.
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from kiosk.doctor.facts import ReachFacts

LIMIT_S = 3.0
MOST_ADDRESSES = 8
PATH = "/health"


def reach(addresses: Sequence[str], port: int) -> ReachFacts:
    """Tries the addresses, all at once, each from itself: so nothing leaves the computer, but what the system does
    with connections to that address is done."""
    tried = list(addresses)[:MOST_ADDRESSES]
    with ThreadPoolExecutor(max_workers=max(len(tried), 1)) as pool:
        answers = list(pool.map(lambda address: does_answer(address, port), tried))
    reached = tuple(address for address, is_there in zip(tried, answers, strict=True) if is_there)
    return ReachFacts(True, reached, tuple(address for address in tried if address not in reached))


def does_answer(address: str, port: int, limit_s: float = LIMIT_S) -> bool:
    """Whether a server of this program answers at ``address``."""
    connection = http.client.HTTPConnection(address, port, timeout=limit_s, source_address=(address, 0))
    with contextlib.closing(connection):
        try:
            connection.request("GET", PATH, headers={"Connection": "close"})
            reply = connection.getresponse()
            return reply.getheader("Content-Type", "").startswith("application/json") and b'"ok"' in reply.read(1000)
        except (OSError, http.client.HTTPException):
            return False
