"""How much a disk has room for.

Knows nothing of what is to be written.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder."""
    return shutil.disk_usage(folder).free
