"""The cloud's sockets: HTTP/1.1 on loopback, and everything a bad line or a bad moment does to an answer.

Knows nothing of what is asked; Exchange decides what is answered.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from tests.fakes.cloud.exchange import (
    HTML,
    PORTAL,
    Reply,
    Request,
    request_of,
    request_timeout,
    server_error,
    too_many_requests,
    unauthorized,
)
from tests.fakes.cloud.faults import Order
from tests.fakes.cloud.settings import Fault, Settings

PIECE = 1 << 16
GONE = (ConnectionError, TimeoutError, OSError)


class Answerer(Protocol):
    """What stands behind the sockets."""

    stopping: threading.Event

    @property
    def settings(self) -> Settings: ...

    def now_ms(self) -> int: ...

    def next_fault(self, request: Request) -> Order | None: ...

    def answer(self, request: Request) -> Reply: ...

    def answer_later(self, request: Request) -> None:
        """The client was told nothing; the request is worked off when the test says so."""
        ...

    def record(self, request: Request, status: int | None) -> None:
        """``status`` None: the client got no answer."""
        ...


class BodyMissing(Exception):
    """The client went away, or was too slow, before its body had arrived."""


class Handler(BaseHTTPRequestHandler):
    """One connection. Close to how the real server answers: lower-case names do not matter, lengths and chunks do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answerer: Answerer

    is_kept_alive = False

    def handle(self) -> None:
        with contextlib.suppress(*GONE):
            super().handle()

    def handle_one_request(self) -> None:
        settings = self.answerer.settings
        self.connection.settimeout(settings.keep_alive_s if self.is_kept_alive else settings.body_timeout_s)
        super().handle_one_request()
        self.is_kept_alive = True

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the log is in Cloud.received."""

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = do_GET

    def _serve(self) -> None:
        try:
            body = self._read_body()
        except TimeoutError:
            self._send(request_timeout(), closes=True)
            return
        except BodyMissing:
            self._drop()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = request_of(self.command, self.path, headers, body)
        self.answerer.stopping.wait(self.answerer.settings.latency_ms / 1000)
        order = self.answerer.next_fault(request)
        if order is None:
            self._answer(request)
        else:
            self._fail(request, order)

    def _answer(self, request: Request) -> None:
        reply = self.answerer.answer(request)
        self.answerer.record(request, reply.status)
        self._send(reply)

    def _fail(self, request: Request, order: Order) -> None:
        if order.fault in (Fault.RESET_IN_REPLY, Fault.TRUNCATED_JSON):
            self._cut(request, order)
        elif (reply := instead(order)) is not None:
            self.answerer.record(request, reply.status)
            self._send(reply, closes=reply.status == 408)
        else:
            self._stay_silent(request, order)

    def _stay_silent(self, request: Request, order: Order) -> None:
        if order.fault is Fault.REPLY_LOST:
            self.answerer.answer(request).whole()
        elif order.fault is Fault.APPLIED_LATE:
            self.answerer.answer_later(request)
        self.answerer.record(request, None)
        if order.fault is Fault.HANG:
            self.answerer.stopping.wait()
        self._drop()

    def _cut(self, request: Request, order: Order) -> None:
        reply = self.answerer.answer(request)
        self.answerer.record(request, reply.status)
        if order.fault is Fault.TRUNCATED_JSON:
            body = reply.whole()
            cut = body[: len(body) // 2 if order.cut_after is None else order.cut_after]
            self._send(Reply(reply.status, cut, reply.content_type, reply.headers, has_length=True))
            return
        pieces = self._begin(reply)
        if order.cut_after is None:
            body = b"".join(pieces)
            self._write_chunk(body[: len(body) // 2])
        else:
            for piece in up_to(order.cut_after, pieces):
                self._write_chunk(piece)
        self._reset()

    def _send(self, reply: Reply, *, closes: bool = False) -> None:
        if closes:
            self.close_connection = True
        pieces = self._begin(reply)
        if self.command == "HEAD":
            return
        if reply.has_length:
            self.wfile.write(b"".join(pieces))
            return
        for piece in gathered(pieces):
            self._write_chunk(piece)
        self.wfile.write(b"0\r\n\r\n")

    def _begin(self, reply: Reply) -> Iterable[bytes]:
        self.send_response_only(reply.status)
        if reply.content_type:
            self.send_header("Content-Type", reply.content_type)
        self.send_header("Date", self.date_time_string(self.answerer.now_ms() / 1000))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        else:
            self.send_header("Connection", "keep-alive")
            self.send_header("Keep-Alive", f"timeout={self.answerer.settings.keep_alive_s:g}")
        if reply.has_length:
            self.send_header("Content-Length", str(len(reply.whole())))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        return (reply.body,) if isinstance(reply.body, bytes) else reply.body

    def _write_chunk(self, piece: bytes) -> None:
        if piece:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def _read_body(self) -> bytes:
        """Raises BodyMissing; TimeoutError when all of it has not arrived in time, however steadily it came."""
        deadline = time.monotonic() + self.answerer.settings.body_timeout_s
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(self._chunks(deadline))
        else:
            body = b"".join(self._exactly(int(self.headers.get("Content-Length") or 0), deadline))
        self.connection.settimeout(None)
        return body

    def _chunks(self, deadline: float) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            yield from self._exactly(size, deadline)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _exactly(self, size: int, deadline: float) -> Iterator[bytes]:
        while size:
            self.connection.settimeout(max(deadline - time.monotonic(), 0.001))
            piece = self.rfile.read1(min(size, PIECE))
            if not piece:
                raise BodyMissing
            size -= len(piece)
            yield piece

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _reset(self) -> None:
        """The other side sees a reset, not an end."""
        self.close_connection = True
        linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


class Listener(ThreadingHTTPServer):
    """Knows its open connections, so that it can end them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, handler: type[Handler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """New connections are refused, open ones end."""
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._lock:
            still_open = tuple(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def listen(answerer: Answerer, port: int = 0) -> Listener:
    """On loopback; port 0 is any free one."""
    return Listener(port, type("CloudHandler", (Handler,), {"answerer": answerer}))


def instead(order: Order) -> Reply | None:
    """The answer some faults give in place of the cloud's own; the request is not applied."""
    match order.fault:
        case Fault.SERVER_ERROR:
            return server_error()
        case Fault.TOO_MANY_REQUESTS:
            return too_many_requests(order.retry_after_s)
        case Fault.UNAUTHORIZED:
            return unauthorized()
        case Fault.REQUEST_TIMEOUT:
            return request_timeout()
        case Fault.BAD_GATEWAY:
            return Reply(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html", has_length=True)
        case Fault.CAPTIVE_PORTAL:
            return Reply(200, PORTAL.encode(), HTML, has_length=True)
        case Fault.PORTAL_REDIRECT:
            return Reply(302, b"", HTML, {"Location": "http://portal.invalid/sign-in"}, has_length=True)
        case _:
            return None


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """In chunks worth sending."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def up_to(most: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The first so many bytes."""
    for piece in pieces:
        yield piece[:most]
        most -= len(piece)
        if most <= 0:
            return
