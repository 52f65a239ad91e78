"""Work that a test does when it likes, in the place of a thread.

Knows nothing of the work.
"""

from __future__ import annotations

from collections.abc import Callable


class Background:
    """Work that was begun and waits to be done."""

    def __init__(self) -> None:
        self.begun: list[Callable[[], None]] = []

    def finish(self) -> int:
        """Does it; says how much there was."""
        count = len(self.begun)
        while self.begun:
            self.begun.pop()()
        return count
