"""How a starting server comes by the passphrase: it was given one, or it asks for it on the page of its window.

Knows nothing of what is served afterwards.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from db.clock import SystemClock
from db.errors import PassphraseNeeded
from kiosk import __version__
from kiosk.config import Config
from kiosk.entrance import Entrance, ui_url
from kiosk.opening import held_door
from kiosk.passphrase import is_passphrase_set
from kiosk.runtime_file import RunningServer, announce
from kiosk.start_room import StartRoom
from web.i18n import load_catalogue
from web.ui.start_app import create_start_app

_LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class KnownPassphrase:
    """``passphrase`` None: none is needed. ``is_given_up``: somebody ended the server instead of typing it."""

    passphrase: str | None = field(default=None, repr=False)
    was_asked: bool = False
    is_given_up: bool = False


def known_passphrase(
    config: Config,
    given: str | None,
    entrance: Entrance,
    say: Callable[[RunningServer], object],
    stop: threading.Event,
) -> KnownPassphrase:
    """Waits, where a window can ask, until the passphrase is known. Raises PassphraseNeeded where none can, OSError.

    One that was given is tried by whoever opens the database, without further waits: who can start this program can
    also guess without it.
    """
    with held_door(config.folder):  # what was interrupted comes to its end first: perhaps there is nothing to open
        if not is_passphrase_set(config.folder):
            return KnownPassphrase()
    if given is not None:
        return KnownPassphrase(given)
    if not config.is_attended:
        raise PassphraseNeeded
    return _asked(config, entrance, say, stop)


def _asked(
    config: Config, entrance: Entrance, say: Callable[[RunningServer], object], stop: threading.Event
) -> KnownPassphrase:
    clock = SystemClock()
    room = StartRoom(config, clock)
    entrance.show(create_start_app(room, entrance.sessions, load_catalogue()))
    facts = RunningServer(
        pid=os.getpid(),
        ui_url=ui_url(entrance.start()),
        token=entrance.token,
        phones_url=None,
        version=__version__,
        started_at_ms=clock.now_ms(),
    )
    announce(config.folder, facts)
    say(facts)
    while not (stop.is_set() or room.has_changed.wait(_LOOK_EVERY_S)):
        pass
    is_given_up = stop.is_set() or room.is_given_up
    return KnownPassphrase(room.passphrase, was_asked=True, is_given_up=is_given_up)
