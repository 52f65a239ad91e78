"""The sliding window that turns away too many requests (CLOUD §2).

Knows nothing of HTTP.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable


class SlidingWindow:
    """At most ``most`` requests of one client in ``window_ms``. Those turned away are not counted."""

    def __init__(self, now_ms: Callable[[], int], *, most: int, window_ms: int) -> None:
        self._now_ms = now_ms
        self._most = most
        self._window_ms = window_ms
        self._lock = threading.Lock()
        self._seen: dict[str, deque[int]] = defaultdict(deque)

    def wait_s(self, client: str) -> int | None:
        """None: let it through. Otherwise the whole seconds until there is room again."""
        with self._lock:
            now_ms, seen = self._now_ms(), self._seen[client]
            while seen and now_ms - seen[0] >= self._window_ms:
                seen.popleft()
            if len(seen) < self._most:
                seen.append(now_ms)
                return None
            return -((now_ms - seen[0] - self._window_ms) // 1000)
