"""The faults that were ordered and have not happened yet.

Knows nothing of what a fault does to a connection (server.py).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from tests.fakes.cloud.settings import Call, Fault

ALWAYS = 1_000_000_000


@dataclass(frozen=True)
class Order:
    """``fault`` for the next ``times`` requests to one of ``calls``, after ``after`` of them went well.

    ``cut_after``: how many bytes of the body arrive where one is cut; None is half of it.
    """

    fault: Fault
    calls: frozenset[Call]
    times: int = 1
    after: int = 0
    retry_after_s: int = 60
    cut_after: int | None = None


class Faults:
    """Orders are served in the order they were given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Order] = []

    def add(self, order: Order) -> None:
        with self._lock:
            self._orders.append(order)

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._orders.clear()

    def next_for(self, call: Call) -> Order | None:
        """What happens to this request, if anything."""
        with self._lock:
            for index, order in enumerate(self._orders):
                if call in order.calls:
                    return self._take(index, order)
            return None

    def _take(self, index: int, order: Order) -> Order | None:
        if order.after:
            self._orders[index] = replace(order, after=order.after - 1)
            return None
        if order.times == 1:
            del self._orders[index]
        else:
            self._orders[index] = replace(order, times=order.times - 1)
        return order
