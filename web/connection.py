"""One client's connection: how cheroot's parsing is made strict, patient within limits, and silent about content.

Knows nothing of routes. A request that cannot even be parsed is answered in the same shape as every other error.
"""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cheroot import wsgi
from cheroot.makefile import StreamWriter
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest

from web.arriving import RequestStream
from web.chunked import ChunkedBody
from web.errors import refusal
from web.watchdog import Watchdog

_LOG = logging.getLogger(__name__)


def connection_class(watchdog: Watchdog, see_off: Callable[[HTTPConnection], None]) -> type[HTTPConnection]:
    """The class of connections that ``watchdog`` looks after. ``see_off`` takes those that are answered too early."""

    class WatchedRequest(StrictRequest):
        def respond(self) -> None:
            """Hands the request to the application."""
            watchdog.working()
            super().respond()

    class WatchedConnection(HTTPConnection):
        """A connection that is ended when a request takes too long to arrive or to be taken."""

        RequestHandlerClass = WatchedRequest

        def __init__(self, server: Any, sock: Any, _makefile: Any = None) -> None:
            super().__init__(server, sock, _make_stream)

        def communicate(self) -> Any:
            """Serves one request (cheroot calls this in a worker thread); returns whether to keep the connection."""
            if watchdog.has_cut_all:
                return False
            self.leaves_unread = False
            with watchdog.watch(self.socket):
                is_kept = super().communicate()  # type: ignore[no-untyped-call]
            if self.leaves_unread and not is_kept:
                see_off(self)
            return is_kept

    return WatchedConnection


def _make_stream(sock: socket.socket, mode: str, size: int) -> RequestStream | StreamWriter:
    return RequestStream(sock, mode, size) if "r" in mode else StreamWriter(sock, mode, size)


class _ReaderOfHeaders(HeaderReader):
    """Leaves ``Expect`` out: a client that asks for leave to send its body has got it at the door."""

    def _allow_header(self, key_name: bytes) -> bool:
        return key_name != b"Expect"


class StrictRequest(HTTPRequest):
    """A request whose length is beyond doubt, and whose unread body is never taken for the next request."""

    header_reader = _ReaderOfHeaders()

    def read_request_headers(self) -> Any:
        """Reads the headers; refuses the ones that leave open where the body ends. Returns whether to go on."""
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        length = self.inheaders.get(b"Content-Length")
        has_coding = b"Transfer-Encoding" in self.inheaders
        if (has_coding and (length is not None or not self.chunked_read)) or not (length is None or length.isdigit()):
            self.simple_response("400 Bad Request")
            return False
        return True

    def respond(self) -> None:
        """Hands the request to the application (cheroot's own way with a better body)."""
        if not self.chunked_read:
            super().respond()
            return
        self.rfile = ChunkedBody(self.conn.rfile)
        self.server.gateway(self).respond()
        self.ensure_headers_sent()
        if self.chunked_write:
            self.conn.wfile.write(b"0\r\n\r\n")

    def send_headers(self) -> None:
        """Sends the answer's headers. After a body that was not read to its end the connection closes."""
        body = self.rfile
        is_read = body.is_finished if isinstance(body, ChunkedBody) else getattr(body, "remaining", 0) <= 0
        if not is_read:
            self.close_connection = True
            self.conn.leaves_unread = True
        super().send_headers()

    def simple_response(self, status: Any, msg: str = "") -> None:
        """Answers what never gets to the application (``msg``, cheroot's own words, is left out)."""
        self.close_connection = True
        self.conn.leaves_unread = True
        with suppress(OSError):
            self.conn.wfile.write(written_refusal(str(status)))


def written_refusal(status: str) -> bytes:
    """A whole answer to what never gets to the application; the connection closes after it."""
    body = refusal(int(status[:3]))
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


class QuietGateway(wsgi.Gateway_10):
    """Gives applications nothing to write tracebacks to: those quote values."""

    def get_environ(self) -> Any:
        """The WSGI environment."""
        environ = super().get_environ()  # type: ignore[no-untyped-call]
        environ["wsgi.errors"] = _Unheard()
        return environ


class _Unheard(io.TextIOBase):
    def write(self, text: str) -> int:
        """Logs that there was something, with the exception under way (the log leaves its text out)."""
        _LOG.error("a request failed outside its route", exc_info=True)
        return len(text)
