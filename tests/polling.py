"""Waiting for something to become true: with a deadline, and without a fixed sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(condition: Callable[[], Found], deadline_s: float = 30.0, every_s: float = 0.02) -> Found:
    """Returns the first truthy answer of ``condition``; fails when there is none in time."""
    end = time.monotonic() + deadline_s
    tick = threading.Event()
    while True:
        if answer := condition():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not true within {deadline_s} s: {getattr(condition, '__name__', condition)}")
        tick.wait(every_s)
