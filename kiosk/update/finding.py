"""Looks for update files: in a folder that somebody names, and on what is plugged in.

Knows nothing of what is done with them. Nothing is searched but the top of each place.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import psutil

from db.errors import HubError
from kiosk.update.preparing import require_fitting
from kiosk.update.update_file import SUFFIX, read_update
from web.ui.update_port import FoundUpdate

MOST_FOUND = 12
_LINUX_PLACES = ("/media/", "/run/media/", "/mnt/")
_MAC_PLACES = ("/Volumes/",)


def attached_drives() -> tuple[Path, ...]:
    """The sticks and drives that somebody plugged in."""
    partitions = psutil.disk_partitions(all=False)
    if sys.platform == "win32":
        return tuple(Path(part.mountpoint) for part in partitions if "removable" in part.opts)
    places = _MAC_PLACES if sys.platform == "darwin" else _LINUX_PLACES
    return tuple(Path(part.mountpoint) for part in partitions if part.mountpoint.startswith(places))


def find_updates(
    folder: Path | None, keys: Sequence[bytes], drives: Callable[[], Iterable[Path]] = attached_drives
) -> tuple[FoundUpdate, ...]:
    """Those in ``folder`` (or the file of that name), then those on drives; what fits comes first."""
    paths = list(dict.fromkeys(path for place in ([folder] if folder else []) for path in _files_in(place)))
    paths += [path for drive in drives() for path in _files_in(drive) if path not in paths]
    found = [look_at(path, keys) for path in paths[:MOST_FOUND]]
    return tuple(sorted(found, key=lambda one: one.refusal is not None))


def look_at(path: Path, keys: Sequence[bytes]) -> FoundUpdate:
    """What a file is, and why it cannot be installed if it cannot."""
    size, version = 0, ""
    try:
        size = path.stat().st_size
        update = read_update(path, keys)
        version = update.manifest.version
        require_fitting(update.manifest)
    except HubError as failure:
        return FoundUpdate(str(path), path.name, size, version, failure.code, failure.context)
    except OSError:
        return FoundUpdate(str(path), path.name, size, version, "update_damaged", {})
    return FoundUpdate(str(path), path.name, size, version)


def _files_in(place: Path) -> list[Path]:
    try:
        if place.is_file():
            return [place]
        return sorted(path for path in place.glob(f"[!.]*{SUFFIX}") if path.is_file())
    except OSError:
        return []
