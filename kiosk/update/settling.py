"""What every start of a server looks at: whether the program in force has proved itself, or has to go back.

Knows nothing of how programs are exchanged. The lock of the server is held.
"""

from __future__ import annotations

import logging

from db.clock import Clock, SystemClock
from db.update_errors import UpdateFailed
from kiosk import __version__
from kiosk.config import Config
from kiosk.update.place import OK, Outcome, UpdatePlace
from kiosk.update.pointer import POINTER_NAME
from kiosk.update.switching import confirm, go_back
from kiosk.update.versions import is_newer

_LOG = logging.getLogger(__name__)


def settle_before_serving(config: Config, clock: Clock | None = None) -> None:
    """Goes back when the program before the one in force is started: it only is when that one cannot serve. Raises
    StorageBusy, DiskFull, StorageFailed."""
    place, clock = UpdatePlace(config.folder), clock or SystemClock()
    pointer = place.pointer()
    if pointer is None or pointer.is_proved or pointer.previous.version != __version__:
        return
    version = pointer.program.version
    if go_back(config, clock, place):
        _LOG.warning("version %s does not start; version %s is back", version, __version__)
        place.write_outcome(
            Outcome(result=UpdateFailed.code, version=version, before=__version__, at_ms=clock.now_ms())
        )
        place.clear(keep=_own_folder(place))


def settle_when_serving(config: Config, clock: Clock | None = None) -> None:
    """This program serves: it has proved itself, and what is left of others can go. Raises OSError."""
    place, clock = UpdatePlace(config.folder), clock or SystemClock()
    pointer = place.pointer()
    if pointer is None:
        return
    if is_newer(__version__, pointer.program.version):  # a still newer one was installed
        (config.folder.root / POINTER_NAME).unlink(missing_ok=True)
        place.clear()
    elif pointer.program.version == __version__ and not pointer.is_proved:
        before = pointer.previous.version
        confirm(place)
        place.forget_starts()
        place.write_outcome(Outcome(result=OK, version=__version__, before=before, at_ms=clock.now_ms()))
        _LOG.info("version %s has taken over from version %s", __version__, before)
    elif pointer.program.version == __version__:  # the window of the program before it is gone by now
        place.clear(keep=_own_folder(place))


def _own_folder(place: UpdatePlace) -> tuple[str, ...]:
    pointer = place.pointer()
    return (pointer.program.version,) if pointer is not None else ()
