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
from types import FrameType
from typing import NoReturn

import msgspec

from db.errors import AlreadyRunning, HubError
from kiosk import __version__
from kiosk.allocator import limit_hoarding, spare_the_collector
from kiosk.config import Config
from kiosk.failures import meaning_of
from kiosk.hub import Hub, build_hub
from kiosk.instance import ServerLock
from kiosk.logs import LogFile
from kiosk.paths import DataFolder, keep_new_files_private
from kiosk.runtime_file import (
    RunningServer,
    StartFailure,
    announce,
    report_start_failure,
    withdraw,
)
from kiosk.update.settling import settle_before_serving, settle_when_serving

_LOOK_EVERY_S = 0.5
_MEASURE_EVERY_S = 30.0
_LOG = logging.getLogger(__name__)


def serve(config: Config, say: Callable[[RunningServer], object]) -> None:
    """Serves until SIGTERM, Ctrl-C or a wish of the kiosk's pages. ``say`` is called once, when it is ready.

    Raises HubError and nothing else: AlreadyRunning, PortTaken, AddressUnavailable, KeyMissing, WrongKey,
    DatabaseDamaged, NewerDatabase, StorageFailed, or ``internal`` for what nobody expected (the log has its
    place). A window that started this process finds the reason in the failure file.
    """
    keep_new_files_private()
    limit_hoarding()
    stop = threading.Event()
    _on_signals(stop)
    try:
        config.folder.prepare()
        with ServerLock(config.folder), LogFile(config.folder, "server"):
            _run_logged(config, say, stop)
    except AlreadyRunning:  # the folder has a server that is well
        raise
    except (HubError, OSError) as failure:
        _tell_and_raise(config.folder, meaning_of(failure))


def _tell_and_raise(folder: DataFolder, failure: HubError) -> NoReturn:
    with contextlib.suppress(OSError):  # where nothing can be written the exit code must do
        report_start_failure(folder, StartFailure(code=failure.code, context=failure.context))
    raise failure from None


def _run_logged(config: Config, say: Callable[[RunningServer], object], stop: threading.Event) -> None:
    try:
        _run(config, say, stop)
    except Exception as failure:  # noqa: BLE001 - the edge of the start
        meaning = meaning_of(failure)
        if isinstance(failure, HubError):
            _LOG.error("the server ends", extra={"code": meaning.code})
        else:
            _LOG.exception("the server ends", extra={"code": meaning.code})
        raise meaning from None


def _run(config: Config, say: Callable[[RunningServer], object], stop: threading.Event) -> None:
    config.folder.runtime_file.unlink(missing_ok=True)  # of a server that was killed
    settle_before_serving(config)
    hub = build_hub(config)
    try:
        facts = hub.start()
        spare_the_collector()
        _settle(config)
        announce(config.folder, facts)
        try:
            _LOG.info("version %s is serving", __version__)
            say(facts)
            _wait(hub, facts, stop)
        finally:
            hub.wakefulness.keep(False)
            withdraw(config.folder)
    finally:
        hub.stop()
        _LOG.info("stopped")


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
    while not (stop.is_set() or control.quit_requested.is_set()):
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
