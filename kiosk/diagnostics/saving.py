"""How a report gets to the place a person chose: whole or not at all.

Knows nothing of what is in it or who made it; the window uses it too, which has no use for the rest.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from db.durability import move, sync_folder
from db.errors import DiskFull, ReportPlaceFailed
from kiosk.failures import meaning_of
from web.ui.diagnostics_port import ReportArchive


def save(archive: ReportArchive, target: Path) -> Path:
    """Puts the zip at ``target``, or into it where that is a folder; returns its file. What stood there before is
    replaced in one step at the end. Raises DiskFull, ReportPlaceFailed.

    Readable as the folder is: a report is made to be given away, so it gets no rights of its own.
    """
    temporary: Path | None = None
    try:
        path = target / archive.file_name if target.is_dir() else target
        temporary = path.with_name(f".{secrets.token_hex(6)}.part")
        with temporary.open("xb") as stream:
            stream.write(archive.content)
            stream.flush()
            os.fsync(stream.fileno())
        move(temporary, path)
        sync_folder(path.parent)
    except (OSError, ValueError) as failure:  # ValueError: what was typed can be no name of a file
        with contextlib.suppress(OSError):
            if temporary is not None:
                temporary.unlink(missing_ok=True)
        raise DiskFull() if isinstance(meaning_of(failure), DiskFull) else ReportPlaceFailed() from None
    return path
