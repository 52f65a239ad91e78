"""The phones' listener: starting, stopping, moving to another port, and what it is doing right now.

Knows nothing of what is served there, nor of pages.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from db.errors import HubError, PortTaken, StorageBusy
from kiosk.port_holder import holder_of, next_free_port
from web.server import HttpServer

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ListenerState:
    """``port``: listened on, or wanted. ``failure``: why it does not run although it should."""

    is_running: bool
    port: int
    failure: HubError | None = None
    holder: str | None = None  # with PortTaken: the program that has the port, if known
    free_port: int | None = None  # with PortTaken: a port that could be used instead


class PhoneListener:
    """Owns the listener. ``make_server`` builds one for a port; a stopped one is never started again."""

    def __init__(self, make_server: Callable[[int], HttpServer], port: int) -> None:
        self._make_server = make_server
        self._lock = threading.Lock()
        self._server: HttpServer | None = None
        self._state = ListenerState(is_running=False, port=port)
        self._is_held = False

    @property
    def state(self) -> ListenerState:
        """What it is doing."""
        return self._state

    def start(self) -> None:
        """Listens, unless it does. Raises PortTaken or AddressUnavailable; the state tells about it too. StorageBusy
        while it is held."""
        with self._lock:
            self._refuse_if_held()
            self._start(self._state.port)

    def stop(self) -> bool:
        """Stops listening, unless it has; whether it was running."""
        with self._lock:
            was_running = self._server is not None
            self._stop()
            self._state = ListenerState(is_running=False, port=self._state.port)
            return was_running

    def hold(self) -> bool:
        """Stops listening, and nobody can start it before ``let_go``; whether it was running."""
        with self._lock:
            was_running = self._server is not None
            self._is_held = True
            self._stop()
            self._state = ListenerState(is_running=False, port=self._state.port)
            return was_running

    def let_go(self) -> None:
        """It may be started again."""
        with self._lock:
            self._is_held = False

    def move(self, port: int) -> None:
        """Listens on another port from now on. Raises as ``start``; then it listens on neither."""
        with self._lock:
            self._refuse_if_held()
            self._stop()
            self._start(port)

    def _refuse_if_held(self) -> None:
        if self._is_held:
            raise StorageBusy

    def _start(self, port: int) -> None:
        if self._server is not None:
            return
        server = self._make_server(port)
        try:
            actual = server.start()
        except PortTaken:
            holder = holder_of(port)
            named = PortTaken(port=port, holder=holder.name) if holder else PortTaken(port=port)
            self._state = ListenerState(False, port, named, holder.name if holder else None, next_free_port(port))
            _LOG.warning("port %d is taken", port)
            raise named from None
        except HubError as failure:
            self._state = ListenerState(False, port, failure)
            raise
        self._server = server
        self._state = ListenerState(is_running=True, port=actual)
        _LOG.info("phones are served on port %d", actual)

    def _stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None
            _LOG.info("phones are no longer served")
