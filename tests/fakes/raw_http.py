"""A server on a loopback port that answers with exactly the bytes of its script, breaks off, falls silent, or lies.

Knows nothing of what it is asked, but keeps it. For what no well-behaved double of a server can do; that keeps the
contract of HTTP, this one is there to break it.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, urlsplit

LOOPBACK = "127.0.0.1"
DEADLINE_S = 60.0
AT_ONCE_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


@dataclass
class Request:
    """What came in. Names of headers in lower case; of the body only what the script did read."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


class Visit:
    """One connection, as a script sees it."""

    def __init__(self, sock: socket.socket, stopping: threading.Event) -> None:
        self._sock = sock
        self._stopping = stopping
        self._incoming = sock.makefile("rb")
        self.request: Request | None = None
        self._unread = 0
        self.is_open = True

    def await_request(self) -> Request | None:
        """The next request, its body still to be read; None when the client is gone."""
        lines = list(iter(self._incoming.readline, b"\r\n"))[:100] if self._incoming.peek(1) else []
        if not lines or not lines[0]:
            return None
        method, target, _ = lines[0].decode("latin-1").split(" ", 2)
        fields = (line.decode("latin-1").partition(":") for line in lines[1:])
        headers = {name.lower(): value.strip() for name, _, value in fields}
        self._unread = int(headers.get("content-length", "0"))
        self.request = Request(method, target, headers)
        return self.request

    def read(self, size: int | None = None) -> bytes:
        """So much of the body, or all that is left of it."""
        wanted = self._unread if size is None else min(size, self._unread)
        received = self._incoming.read(wanted)
        self._unread -= len(received)
        if self.request is not None:
            self.request.body += received
        return received

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def reset(self) -> None:
        """Ends it without goodbye."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_RESET)
        self.is_open = False

    def close(self) -> None:
        """Ends it properly, once what is sent has arrived."""
        self.is_open = False

    def fall_silent(self) -> None:
        """Until the client goes, or the test is over."""
        self._sock.settimeout(0.05)
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                if not self._sock.recv(4096):
                    return

    def end(self) -> None:
        self._incoming.close()
        self._sock.close()


Script = Callable[[Visit], None]


class RawHttpServer:
    """Answers the first request by the first script and so on; the last answers all that follow."""

    def __init__(
        self,
        *scripts: Script,
        tls: ssl.SSLContext | None = None,
        greeting: bytes = b"",
        receive_buffer: int | None = None,
    ) -> None:
        """``greeting`` is said to whoever connects, before anything was asked."""
        self.requests: list[Request] = []
        self.connections = 0
        self._scripts: Iterator[Script] = itertools.chain(scripts, itertools.repeat(scripts[-1]))
        self._tls = tls
        self._greeting = greeting
        self._stopping = threading.Event()
        self._gone = threading.Semaphore(0)
        self._listener = socket.socket()
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind((LOOPBACK, 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=1):
            pass  # wakes the thread that waits for connections
        self._thread.join(DEADLINE_S)
        self._listener.close()

    def wait_for_end_of_connection(self) -> bool:
        """Whether one more connection ended, within the deadline."""
        return self._gone.acquire(timeout=DEADLINE_S)

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self._stopping.is_set():
                sock.close()
                return
            self.connections += 1
            # A thread for each: one that is silent must not keep the next out.
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            sock.settimeout(DEADLINE_S)
            visit = Visit(self._tls.wrap_socket(sock, server_side=True) if self._tls else sock, self._stopping)
            try:
                visit.send(self._greeting)
                while visit.is_open and (request := visit.await_request()) is not None:
                    self.requests.append(request)
                    next(self._scripts)(visit)
            finally:
                visit.end()
        sock.close()
        self._gone.release()


def head(status: int, *headers: str) -> bytes:
    """The beginning of an answer."""
    return "\r\n".join((f"HTTP/1.1 {status} Whatever", *headers, "", "")).encode("latin-1")


def reply(status: int, body: bytes, content_type: str = "application/json", *headers: str) -> Script:
    """A proper answer, after which the connection stays open."""
    lines = (f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers)

    def script(visit: Visit) -> None:
        visit.read()
        visit.send(head(status, *lines) + body)

    return script


def chunked(pieces: Iterable[bytes], *headers: str) -> Script:
    """An answer of unknown length, as the cloud's are."""

    def script(visit: Visit) -> None:
        visit.read()
        visit.send(head(200, "Content-Type: application/json", "Transfer-Encoding: chunked", *headers))
        for piece in pieces:
            visit.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        visit.send(b"0\r\n\r\n")

    return script


def raw(data: bytes) -> Script:
    """These bytes, then the end of the connection."""

    def script(visit: Visit) -> None:
        visit.read()
        visit.send(data)
        visit.close()

    return script


def reset_after(data: bytes) -> Script:
    """These bytes, then a reset."""

    def script(visit: Visit) -> None:
        visit.read()
        visit.send(data)
        visit.reset()

    return script


def silent_after(data: bytes) -> Script:
    """These bytes, then nothing more."""

    def script(visit: Visit) -> None:
        visit.read()
        visit.send(data)
        visit.fall_silent()
        visit.close()

    return script
