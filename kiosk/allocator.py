"""Keeps memory in bounds and cheap: glibc must not hoard what large syncs have used, nor Python look at it for nothing.

Knows nothing of what the memory is for. Other systems than Linux give freed memory back by themselves.
"""

from __future__ import annotations

import ctypes
import gc
import sys

# glibc's numbers for mallopt(3).
_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
_ARENA_MAX = -8
_LARGE_BYTES = 1024 * 1024
_ARENAS = 2
_COLLECTIONS = (20_000, 20, 20)
"""New objects before a collection of the youngest (700 by default), and how many of those before one of the elder."""


def limit_hoarding() -> bool:
    """Call before threads start. True where it had an effect.

    By default each worker thread gets a heap of its own that never shrinks, and after the first large body glibc
    takes even the largest blocks from those heaps: 32 threads that have each read one push keep a gigabyte. With a
    fixed threshold large blocks go back to the system as soon as they are freed.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    settings = ((_ARENA_MAX, _ARENAS), (_MMAP_THRESHOLD, _LARGE_BYTES), (_TRIM_THRESHOLD, _LARGE_BYTES))
    return all(mallopt(name, value) == 1 for name, value in settings)


def spare_the_collector() -> None:
    """What is in memory now stays till the end: Python's collector of cycles need not look at it again and again while
    a push of thousands of rows makes new objects; and it looks at those less often, for rows are no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)
