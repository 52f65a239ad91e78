"""The connections to the cloud: which roots they trust, whether one is there, and how another thread cuts it.

Knows nothing of what is said through them. One request at a time uses them.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.poolmanager import PoolManager


class Connections(HTTPAdapter):
    """How a session reaches the cloud. Never sends anything twice by itself: what was pushed may have been applied."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._lock = threading.Lock()
        # The system's own roots besides those that requests brings: on Windows, a virus scanner that looks into
        # connections is trusted by the system only.
        self._tls = ssl.create_default_context()
        self._plain = _connection_kind(HTTPConnection, self._lost, self._made)
        self._encrypted = _connection_kind(HTTPSConnection, self._lost, self._made)
        super().__init__()

    @property
    def is_connected(self) -> bool:
        """Whether the last request had a connection, through which it may have reached the cloud."""
        return self._socket is not None

    def cut(self) -> None:
        """Ends what is under way, and whatever is begun later. May be called by any thread."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                _shut(self._socket)

    def close(self) -> None:
        """See HTTPAdapter; the next request makes a connection of its own."""
        super().close()
        self._lost()

    def _lost(self) -> None:
        with self._lock:
            self._socket = None

    def _made(self, made: socket.socket) -> None:
        with self._lock:
            self._socket = made
            if self._is_cut:
                _shut(made)

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,
        proxies: Any = None,
        cert: Any = None,
    ) -> Any:
        """See HTTPAdapter: the pool of connections for a request."""
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool.ConnectionCls = self._encrypted if pool.scheme == "https" else self._plain
        return pool

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """See HTTPAdapter."""
        self.poolmanager = PoolManager(connections, maxsize=maxsize, block=block, ssl_context=self._tls, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """See HTTPAdapter."""
        return super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs)


def _connection_kind(
    base: type[HTTPConnection], lost: Callable[[], None], made: Callable[[socket.socket], None]
) -> type[HTTPConnection]:
    """Connections that tell when they are there. (The library makes them where nobody else comes by.)"""

    def connect(self: HTTPConnection) -> None:
        lost()
        base.connect(self)
        made(self.sock)

    return type(f"Told{base.__name__}", (base,), {"connect": connect})


def _shut(sock: socket.socket) -> None:
    """For whoever reads from it, too, the stream then is at its end. By the plain socket's own method: that of an
    encrypted one would take the encryption away under the thread that reads."""
    with contextlib.suppress(OSError, TypeError):  # the latter: encryption inside that to a proxy is no real socket
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
