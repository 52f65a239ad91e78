"""The server process from start to stop: lock, log, hub, one line that says where it is, signals.

Knows nothing of what is served. One of the three places that catch everything: a start that fails is told to
whoever started it.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import NoReturn

import msgspec

from db.errors import AlreadyRunning, HubError
from kiosk import __version__
from kiosk.allocator import limit_hoarding, spare_the_collector
from kiosk.config import Config
from kiosk.entrance import Entrance
from kiosk.erasure import Erasure, decide_erasure, finish_erasure
from kiosk.failures import meaning_of
from kiosk.hub import Hub, build_hub
from kiosk.instance import ServerLock
from kiosk.logs import LogFile
from kiosk.opening import held_door
from kiosk.passphrase_start import known_passphrase
from kiosk.paths import DataFolder, keep_new_files_private
from kiosk.restore import StagedRestore, put_in_place
from kiosk.restore_desk import failure_of_exchange
from kiosk.runtime_file import (
    RunningServer,
    StartFailure,
    announce,
    report_start_failure,
    withdraw,
)
from kiosk.update.settling import settle_before_serving, settle_when_serving
from web.ui.restore_port import RestoreFailure

_LOOK_EVERY_S = 0.5
_MEASURE_EVERY_S = 30.0
_LOG = logging.getLogger(__name__)


def serve(config: Config, say: Callable[[RunningServer], object], passphrase: str | None = None) -> None:
    """Serves until SIGTERM, Ctrl-C or a wish of the kiosk's pages. ``say`` is called once, when it is ready, or when it
    asks for the passphrase in a window. When everything is to be erased, it erases it and begins anew.

    Raises HubError and nothing else: AlreadyRunning, PortTaken, AddressUnavailable, PassphraseNeeded, WrongPassphrase,
    KeyMissing, WrongKey, DatabaseDamaged, NewerDatabase, StorageFailed, or ``internal`` for what nobody expected (the
    log has its place). A window that started this process finds the reason in the failure file.
    """
    keep_new_files_private()
    limit_hoarding()
    stop = threading.Event()
    _on_signals(stop)
    try:
        config.folder.prepare()
        with ServerLock(config.folder):
            while (erasure := _run_logged(Start(config, say, stop, passphrase))) is not None:
                _erase(config.folder, erasure)
                say, passphrase = _say_no_more, None
    except AlreadyRunning:  # the folder has a server that is well
        raise
    except (HubError, OSError) as failure:
        _tell_and_raise(config.folder, meaning_of(failure))


def _tell_and_raise(folder: DataFolder, failure: HubError) -> NoReturn:
    with contextlib.suppress(OSError):  # where nothing can be written the exit code must do
        report_start_failure(folder, StartFailure(code=failure.code, context=failure.context))
    raise failure from None


@dataclass(frozen=True)
class Start:
    """What a run begins with."""

    config: Config
    say: Callable[[RunningServer], object]
    stop: threading.Event
    passphrase: str | None = field(repr=False)


def _say_no_more(server: RunningServer) -> None:
    """Whoever wanted to know has been told."""


def _erase(folder: DataFolder, erasure: Erasure) -> None:
    """With the log closed: it goes too."""
    with held_door(folder):
        decide_erasure(folder, erasure)
        finish_erasure(folder)
    folder.prepare()


def _run_logged(start: Start) -> Erasure | None:
    """One run; what is to be erased after it, if anything."""
    with LogFile(start.config.folder, "server"):
        try:
            return _run(start)
        except Exception as failure:  # noqa: BLE001 - the edge of the start
            meaning = meaning_of(failure)
            if isinstance(failure, HubError):
                _LOG.error("the server ends", extra={"code": meaning.code})
            else:
                _LOG.exception("the server ends", extra={"code": meaning.code})
            raise meaning from None


def _run(start: Start) -> Erasure | None:
    folder, stop = start.config.folder, start.stop
    folder.runtime_file.unlink(missing_ok=True)  # of a server that was killed
    settle_before_serving(start.config)
    with contextlib.ExitStack() as stack:
        entrance = Entrance()
        stack.callback(entrance.stop)
        stack.callback(withdraw, folder)
        known = known_passphrase(start.config, start.passphrase, entrance, start.say, stop)
        if known.is_given_up:
            return None
        say = _say_no_more if known.was_asked else start.say
        return _serve_in_turn(replace(start, say=say, passphrase=known.passphrase), entrance)


def _serve_in_turn(start: Start, entrance: Entrance) -> Erasure | None:
    """One server, or several one after the other: a restore replaces the database between two of them. To pages and
    window they are one."""
    say, known, failed_restore, was_locked = start.say, None, None, None
    while True:
        hub = build_hub(
            start.config,
            passphrase=start.passphrase,
            known_key=known,
            entrance=entrance,
            failed_restore=failed_restore,
        )
        try:
            if was_locked is not None:
                hub.lock.go_on(is_locked=was_locked)
            _serve_until_told(hub, say, start.stop)
            was_locked = hub.lock.view().is_locked
        finally:
            hub.stop()
            _LOG.info("stopped")
        staged = hub.restoring.staged
        if staged is None or start.stop.is_set() or hub.control.quit_requested.is_set():
            return None if start.stop.is_set() else hub.keys.erasure
        known, say = staged.present_key, _say_no_more
        failed_restore = _exchanged(start.config, staged)


def _serve_until_told(hub: Hub, say: Callable[[RunningServer], object], stop: threading.Event) -> None:
    facts = hub.start()
    spare_the_collector()
    _settle(hub.config)
    announce(hub.config.folder, facts)
    try:
        _LOG.info("version %s is serving", __version__)
        say(facts)
        _wait(hub, facts, stop)
    finally:
        hub.wakefulness.keep(False)
        withdraw(hub.config.folder)


def _exchanged(config: Config, staged: StagedRestore) -> RestoreFailure | None:
    """Puts the restored database in place; what was in the way, where it is still the old one."""
    try:
        put_in_place(config, staged)
    except (HubError, OSError) as error:
        failure = failure_of_exchange(error)
        _LOG.error("the backup was not put in place", extra={"code": failure.code})
        return failure
    _LOG.info("a backup was put in place of the database")
    return None


def _settle(config: Config) -> None:
    """Before anybody is told that this server is there: who then asks finds the update over."""
    try:
        settle_when_serving(config)
    except OSError:
        _LOG.warning("it could not be noted that this version serves", exc_info=True)


def _wait(hub: Hub, announced: RunningServer, stop: threading.Event) -> None:
    """Sleeps until somebody wants the process to end. Keeps what others read about this server true: phones may
    be served no longer, on another port, or at an address that the network has changed. The network is told too."""
    control = hub.control
    measured_at = time.monotonic()
    _show_itself(hub)
    while not (stop.is_set() or control.quit_requested.is_set() or hub.restoring.staged):
        has_changed = control.changed.wait(timeout=_LOOK_EVERY_S)
        if not has_changed and time.monotonic() - measured_at < _MEASURE_EVERY_S:
            continue
        control.changed.clear()
        measured_at = time.monotonic()
        _show_itself(hub)
        current = msgspec.structs.replace(announced, phones_url=control.phones_url())
        if current != announced:
            _announce_again(hub, current)
            announced = current


def _show_itself(hub: Hub) -> None:
    """On the network, and to the system: a computer that phones sync with is not to go to sleep."""
    hub.announcement.refresh()
    hub.wakefulness.keep(hub.control.phones_url() is not None)


def _announce_again(hub: Hub, facts: RunningServer) -> None:
    try:
        announce(hub.config.folder, facts)
    except OSError:  # no reason to stop serving
        _LOG.warning("what others know of this server is out of date", exc_info=True)


def _on_signals(stop: threading.Event) -> None:
    def handler(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, handler)


def ready_facts(server: RunningServer) -> dict[str, str | None]:
    """What the one line of JSON says when the server is ready. ``ui`` opens the kiosk's pages in a browser here."""
    return {"phones": server.phones_url, "ui": server.open_url, "version": server.version}
