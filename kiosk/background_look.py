"""Something that takes long to find out, such as what lies on a network folder: found out on a thread of its own, while
everybody else is told what was found last.

Knows nothing of what is looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from kiosk.jobs import run_guarded

PATIENCE_S = 1.0
"""How long whoever wants a new answer waits for it; a disk of this computer answers within."""

Found = TypeVar("Found")


class BackgroundLook(Generic[Found]):
    """Safe for many threads; one looks at a time. ``look`` may hang for as long as it likes."""

    def __init__(self, look: Callable[[], Found], before: Found, patience_s: float = PATIENCE_S) -> None:
        self._look = look
        self._found = before
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._done.set()
        self._is_wanted_again = False

    @property
    def last(self) -> Found:
        """What was found last."""
        return self._found

    @property
    def is_looking(self) -> bool:
        """Whether something newer is to come."""
        return not self._done.is_set()

    def again(self) -> None:
        """Looks anew; returns when that is done, or after a moment. A look under way is followed by another: what it
        has passed already may have changed since."""
        with self._lock:
            if self._done.is_set():
                self._done.clear()
                threading.Thread(target=self._run, name="look", daemon=True).start()
            else:
                self._is_wanted_again = True
        self._done.wait(self._patience_s)

    def _run(self) -> None:
        while True:
            run_guarded("look", self._find)
            with self._lock:
                if not self._is_wanted_again:
                    self._done.set()
                    return
                self._is_wanted_again = False

    def _find(self) -> None:
        self._found = self._look()
