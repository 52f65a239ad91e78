"""Runs a WSGI application on a listening socket (cheroot), with limits that keep one client from stopping others.

Knows nothing of routes. One object is one listener from ``start`` to ``stop``; make a new one to start again.
"""

from __future__ import annotations

import errno
import logging
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection

from db.errors import AddressUnavailable, PortTaken
from web.arriving import HEADER_BYTES
from web.connection import QuietGateway, connection_class
from web.doorman import Doorman
from web.watchdog import Watchdog

WORKERS = 32
BACKLOG = 256
SOCKET_TIMEOUT_S = 15
STOP_WITHIN_S = 5
MOST_CONNECTIONS = 400
"""Open at once, with the idle ones; the rest wait in the backlog's stead at the door. Windows can watch 512."""
_TAKEN = frozenset({errno.EADDRINUSE, errno.EACCES, 10048, 10013})
_NO_ADDRESS = frozenset({errno.EADDRNOTAVAIL, 10049})
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listen:
    """Where to listen. ``port`` 0 takes a free one."""

    host: str
    port: int


class HttpServer:
    """A listener with its worker threads."""

    def __init__(self, app: Callable[..., Any], listen: Listen, watchdog: Watchdog, *, workers: int = WORKERS) -> None:
        self._listen = listen = _with_port(listen)
        self._watchdog = watchdog
        self._server = _Listener(
            (listen.host, listen.port),
            app,
            numthreads=workers,
            server_name="hikma",
            request_queue_size=BACKLOG,
            timeout=SOCKET_TIMEOUT_S,
            shutdown_timeout=STOP_WITHIN_S,
        )
        self._server.software = "Hikma Local Server"
        self._server.max_request_header_size = HEADER_BYTES
        self._server.gateway = QuietGateway
        self._doorman: Doorman | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> int:
        """Listens and begins to serve in the background; returns the port.

        Raises PortTaken or AddressUnavailable; nothing is left running then.
        """
        try:
            self._server.prepare()
        except OSError as failure:
            self._server.stop()
            raise self._meaning(failure) from None
        self._doorman = doorman = Doorman(self._watchdog.patience, self._server.admit, most_connections() // 2)
        self._server.doorman = doorman
        self._server.ConnectionClass = connection_class(self._watchdog, doorman.see_off)
        self._threads = [
            threading.Thread(target=doorman.run, name="http-door", daemon=True),
            threading.Thread(target=self._server.serve, name="http-accept", daemon=True),
            threading.Thread(target=self._watchdog.run, name="http-watchdog", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self.port

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.bind_addr[1])

    def stop(self) -> None:
        """Stops listening; requests under way get a few seconds to end, then they are cut off."""
        end = threading.Timer(STOP_WITHIN_S, self._watchdog.cut_all)
        end.start()
        if self._doorman is not None:
            self._doorman.stop()
        self._server.stop()
        end.cancel()
        self._watchdog.stop()
        for thread in self._threads:
            thread.join()

    def _meaning(self, failure: OSError) -> Exception:
        # cheroot's own exception says why only in its text.
        cause = self._server.bind_failure or failure
        if cause.errno in _NO_ADDRESS or isinstance(cause, socket.gaierror):
            return AddressUnavailable(address=self._listen.host)
        if cause.errno in _TAKEN:
            return PortTaken(port=self._listen.port)
        return cause


def _with_port(listen: Listen) -> Listen:
    """Chooses the free port here: cheroot lets only a port it was told be listened on again soon after."""
    if listen.port:
        return listen
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((listen.host, 0))
        except OSError:
            return listen  # the same fault will show when the listener starts
        return Listen(listen.host, int(probe.getsockname()[1]))


def most_connections() -> int:
    """How many connections may be open at once: half of the files this process may open, the rest is for others."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    may_open = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS if may_open == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, may_open // 2)


class _Listener(wsgi.Server):
    """cheroot's server, with what it leaves open closed. ``bind_failure``: why it could not listen."""

    bind_failure: OSError | None = None
    doorman: Doorman

    @property
    def keep_alive_conn_limit(self) -> int:  # type: ignore[override]
        """How many connections may be idle: those that wait for more, or for a worker, are open too."""
        return most_connections() - len(self.doorman) - int(self.requests.qsize)

    def admit(self, conn: HTTPConnection) -> None:
        """Hands a connection with a request to the workers."""
        conn.socket.settimeout(self.timeout)
        super().process_conn(conn)

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:
        """Makes the listening socket. Raises OSError."""
        sock: socket.socket = self.prepare_socket(self.bind_addr, family, type, proto, self.nodelay, self.ssl_adapter)
        self.socket = sock
        try:
            sock.bind(self.bind_addr)
        except OSError as failure:
            self.bind_failure = failure
            raise
        self.bind_addr = sock.getsockname()[:2]
        return sock

    def process_conn(self, conn: HTTPConnection) -> None:
        """Keeps a new connection until its first bytes are there, and hands one that has some to the doorman.

        cheroot gives both to a worker at once, which then waits; as many slow clients as there are workers would stop
        everybody.
        """
        is_new = conn.last_used is None
        if not is_new:
            self.doorman.receive(conn)
        elif self.can_add_keepalive_connection:
            self.put_conn(conn)
        else:
            conn.close()

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """What goes wrong on a connection. ``msg`` may quote what was sent, so it is left out."""
        _LOG.log(level if traceback else logging.DEBUG, "a connection failed", exc_info=traceback)
