"""A listener of ours on a free loopback port, and a client that speaks to it byte by byte.

Knows nothing of what is served.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BufferedReader
from typing import Any, Self

from web.server import HttpServer, Listen
from web.watchdog import Patience, Watchdog

LOOPBACK = "127.0.0.1"
QUICK = Patience(headers_s=0.5, receive_s=0.5, send_s=0.5, linger_s=0.5, look_every_s=0.02)
CLIENT_DEADLINE_S = 30.0


@dataclass(frozen=True)
class RawReply:
    """A whole answer. Header names in lower case; ``body`` as it came, without the transfer coding."""

    status: int
    headers: dict[str, str]
    body: bytes


class _KeptOpen:
    """One stream for all answers of a connection: what was read ahead of one belongs to the next."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def makefile(self, mode: str) -> Self:
        return self

    def close(self) -> None:
        """Closing one answer leaves the stream open."""


class RawClient:
    """One connection. Sends exactly what it is told."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(CLIENT_DEADLINE_S)
        self._socket.connect((LOOPBACK, port))
        self._incoming = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def reply(self, method: str = "GET") -> RawReply:
        """Reads one answer to its end. Raises http.client.HTTPException or OSError when there is none."""
        response = HTTPResponse(_KeptOpen(self._incoming), method=method)  # type: ignore[arg-type]
        response.begin()
        return RawReply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def wait(self) -> None:
        """Until the first bytes are there; they stay for whoever reads."""
        self._incoming.peek(1)

    def receive(self, size: int) -> bytes:
        """At most so many bytes; empty once the server has closed."""
        return self._incoming.read1(size)

    def rest(self) -> bytes:
        """Everything up to the end of the connection, which may be a reset."""
        received = b""
        try:
            while piece := self.receive(65536):
                received += piece
        except ConnectionResetError:
            pass
        return received

    def finish_sending(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._incoming.close()
        self._socket.close()


@contextmanager
def listening(app: Any, watchdog: Watchdog | None = None, *, workers: int = 4) -> Iterator[int]:
    """Serves ``app`` while the block runs; gives the port."""
    server = HttpServer(app, Listen(LOOPBACK, 0), watchdog or Watchdog(QUICK), workers=workers)
    port = server.start()
    try:
        yield port
    finally:
        server.stop()


def answer_ok(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The smallest application."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


def ask(port: int, request: bytes) -> RawReply:
    """Sends one whole request on a connection of its own."""
    method = request.split(b" ", 1)[0].decode("latin-1")
    with RawClient(port) as client:
        client.send(request)
        return client.reply(method)


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
