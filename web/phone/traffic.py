"""Whether phones are being served just now: what a program waits for before it stops in peace.

Knows nothing of what they ask for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Traffic:
    """Counts the requests under way. Safe for many threads. ``now``: seconds that only grow."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._under_way = 0
        self._last_end: float | None = None

    def quiet_for(self) -> float:
        """Seconds since the last request ended; 0 while one is under way. A phone's sync is several of them."""
        with self._lock:
            if self._under_way:
                return 0.0
            return float("inf") if self._last_end is None else self._now() - self._last_end

    def watched(self, app: App) -> App:
        """The same application, watched. A request is over when its answer is closed."""

        def watching(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            self._begin()
            try:
                return _Answer(app(environ, start_response), self._end)
            except BaseException:
                self._end()
                raise

        return watching

    def _begin(self) -> None:
        with self._lock:
            self._under_way += 1

    def _end(self) -> None:
        with self._lock:
            self._under_way -= 1
            self._last_end = self._now()


class _Answer:
    """Tells when it is closed, once."""

    def __init__(self, pieces: Iterable[bytes], on_end: Callable[[], None]) -> None:
        self._pieces = pieces
        self._on_end: Callable[[], None] | None = on_end

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def close(self) -> None:
        """By the HTTP server at the end of every answer (PEP 3333)."""
        try:
            close = getattr(self._pieces, "close", None)
            if close is not None:
                close()
        finally:
            on_end, self._on_end = self._on_end, None
            if on_end is not None:
                on_end()
