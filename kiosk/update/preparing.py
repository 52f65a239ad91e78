"""Everything of an update that can be done while the server serves: prove the file, unpack the program, try it alone.

Knows nothing of the database. What is prepared has no effect until the program is exchanged.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from db.durability import move
from db.update_errors import UpdateNeedsNoPassphrase, UpdateNotNewer, UpdateOfOtherSystem, UpdateTooFarAhead
from kiosk import __version__
from kiosk.failures import meaning_of
from kiosk.free_space import FreeBytes, free_bytes
from kiosk.passphrase import is_passphrase_set
from kiosk.paths import DataFolder
from kiosk.update.other_program import self_tested
from kiosk.update.place import Plan, UpdatePlace
from kiosk.update.update_file import Manifest, check_payload, read_update, require_space, unpack
from kiosk.update.versions import is_newer, this_platform
from web.ui.update_port import Stage

Watch = Callable[[Stage, float], object]


def require_fitting(manifest: Manifest) -> None:
    """Raises UpdateOfOtherSystem, UpdateNotNewer, UpdateTooFarAhead."""
    if manifest.platform != this_platform():
        raise UpdateOfOtherSystem(platform=manifest.platform)
    if not is_newer(manifest.version, __version__):
        raise UpdateNotNewer(version=manifest.version)
    if is_newer(manifest.minimum_version, __version__):
        raise UpdateTooFarAhead(version=manifest.minimum_version)


def require_no_passphrase(folder: DataFolder) -> None:
    """The new program tries itself with a copy of the records, with nobody there to type. Raises
    UpdateNeedsNoPassphrase."""
    if is_passphrase_set(folder):
        raise UpdateNeedsNoPassphrase


def prepare(
    place: UpdatePlace,
    file: Path,
    keys: Sequence[bytes],
    serve: Sequence[str],
    watch: Watch,
    free: FreeBytes = free_bytes,
) -> Plan:
    """Returns the plan for the exchange; it is not written yet. Raises UpdateDamaged, UpdateNotTrusted, DiskFull,
    StorageFailed, UpdateFailed (the self-test), and as ``require_fitting`` and ``require_no_passphrase``; then what
    was unpacked is gone."""
    update = read_update(file, keys)
    manifest = update.manifest
    require_fitting(manifest)
    require_no_passphrase(place.folder)
    check_payload(update, lambda done: watch(Stage.CHECKING, done))
    database = place.folder.database_file
    require_space(update, free(place.folder.root), database.stat().st_size if database.exists() else 0)
    pointer = place.pointer()
    target = place.program(manifest.version)
    try:
        place.prepare()
        place.clear(keep=(pointer.program.version,) if pointer is not None else ())
        start = unpack(update, place.unpacking, lambda done: watch(Stage.UNPACKING, done))
        watch(Stage.TESTING, 0.0)
        self_tested(start, manifest.version)
        move(place.unpacking, target)
        if os.name == "posix":
            os.sync()  # thousands of files: all of it must be on the disk before anything depends on it
    except OSError as failure:
        raise meaning_of(failure) from None
    finally:
        shutil.rmtree(place.unpacking, ignore_errors=True)
    relative = (target / manifest.start).relative_to(place.folder.root).as_posix()
    return Plan(version=manifest.version, start=relative, serve=tuple(serve))


def serve_words(host: str, port: int | None, *, is_attended: bool) -> tuple[str, ...]:
    """How a server with this configuration is started again."""
    words = ["--host", host]
    if port is not None:
        words += ["--port", str(port)]
    return (*words, "--attended") if is_attended else tuple(words)
