"""What makes files survive a power cut: contents on the disk, names on the disk, names moved in one step.

Knows nothing of what is in them.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

_ATTEMPTS = 50 if sys.platform == "win32" else 1
_PAUSE_S = 0.02
_NOT_OFFERED = frozenset({errno.EINVAL, errno.ENOTSUP})


def sync_file(path: Path) -> None:
    """Puts the content of a file on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDWR)
    try:
        if sys.platform == "darwin":  # a plain fsync does not reach the platter there
            import fcntl

            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        else:
            os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Puts the names in a folder on the disk, where that can be asked for. Windows has no such call, since its file
    system journals names; some network folders refuse it. Raises OSError."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as failure:
        if failure.errno not in _NOT_OFFERED:
            raise
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Renames a file or folder, replacing a file of that name. Raises OSError.

    Windows refuses while somebody (a virus scanner, say) has one of the two open: those are done in a moment.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            source.replace(target)
        except PermissionError:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
