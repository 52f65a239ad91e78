"""Waits for clients that are slow to say what they want, or slow to go, so that no worker thread has to.

Knows nothing of what they want. A request gets to a worker when its headers are there, and its body too if that is
small; so only large bodies are waited for by workers, and those are read from signed-in phones alone.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from cheroot.server import HTTPConnection

from web.arriving import Arriving
from web.connection import written_refusal
from web.watchdog import Patience

_DISCARDED_AT_ONCE = 256 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(eq=False, slots=True)
class _Guest:
    """``request`` is None for who was answered already, and is to be closed."""

    conn: HTTPConnection
    request: Arriving | None
    deadline: float


class _Heard(Enum):
    """What came of listening to a client."""

    ENOUGH = auto()
    TOO_LITTLE = auto()
    TOO_MUCH = auto()
    NOTHING = auto()
    """It has gone, or come only to go."""


class Doorman:
    """One for a server. ``admit`` gives a connection to the workers. ``room``: how many may wait here; beyond that the
    ones that have waited longest are sent away, since who means well has sent its request long before."""

    def __init__(self, patience: Patience, admit: Callable[[HTTPConnection], None], room: int) -> None:
        self._patience = patience
        self._admit = admit
        self._room = room
        self._new: deque[_Guest] = deque()
        self._guests: dict[_Guest, None] = {}  # in the order they came
        self._selector = selectors.DefaultSelector()
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._button.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._lock = threading.Lock()  # for what other threads bring, up to the end of ``run``
        self._is_open = True

    def __len__(self) -> int:
        """How many wait here."""
        return len(self._guests) + len(self._new)

    def receive(self, conn: HTTPConnection) -> None:
        """Takes a connection of which something can be read; any thread."""
        request = Arriving(conn.rfile.take_back())
        with suppress(OSError):
            conn.socket.setblocking(False)
        heard = _listen(conn.socket, request)
        if heard is _Heard.ENOUGH:
            self._let_in(conn, request)
        elif heard is _Heard.NOTHING:
            _close(conn)
        else:
            self._bring(_Guest(conn, request, self._deadline_of(request)))

    def see_off(self, conn: HTTPConnection) -> None:
        """Takes a connection that was answered before its client had sent everything, and that is to be closed.

        Closing at once would make the client lose the answer: what it still sends is thrown away for a while.
        """
        conn.linger = True  # cheroot lets go of the connection, but leaves its socket open
        _say_no_more(conn.socket)
        self._bring(_Guest(conn, None, time.monotonic() + self._patience.linger_s))

    def run(self) -> None:
        """The waiting thread's work, until ``stop``."""
        while self._is_open:
            for key, _ in self._selector.select(self._patience.look_every_s if self._guests else None):
                if isinstance(key.data, _Guest):
                    self._attend(key.data)
            self._take_in()
            self._lose_patience(time.monotonic())
        self._take_in()
        for guest in list(self._guests):
            self._send_away(guest)
        self._end()

    def stop(self) -> None:
        """Ends ``run`` and every connection that waits."""
        with self._lock:
            self._is_open = False
            self._ring()

    def _end(self) -> None:
        with self._lock:
            self._selector.close()
            self._bell.close()
            self._button.close()

    def _bring(self, guest: _Guest) -> None:
        with self._lock:
            is_open = self._is_open
            if is_open:
                self._new.append(guest)
                self._ring()
        if not is_open:
            _close(guest.conn)

    def _ring(self) -> None:
        with suppress(OSError):  # it rings already
            self._button.send(b".")

    def _take_in(self) -> None:
        with suppress(BlockingIOError):
            self._bell.recv(_DISCARDED_AT_ONCE)
        while self._new:
            guest = self._new.popleft()
            self._selector.register(guest.conn.socket, selectors.EVENT_READ, guest)
            self._guests[guest] = None
            if len(self._guests) > self._room:
                self._send_away(next(iter(self._guests)))

    def _attend(self, guest: _Guest) -> None:
        """Something can be read of a guest."""
        if guest.request is None:
            if _has_left(guest.conn.socket):
                self._send_away(guest)
            return
        had_head = guest.request.has_head
        heard = _listen(guest.conn.socket, guest.request)
        if heard is _Heard.ENOUGH:
            self._forget(guest)
            self._let_in(guest.conn, guest.request)
        elif heard is _Heard.NOTHING:
            self._send_away(guest)
        elif heard is _Heard.TOO_MUCH:
            self._refuse(guest, "413 Request Entity Too Large")
        elif guest.request.has_head and not had_head:
            guest.deadline = self._deadline_of(guest.request)

    def _let_in(self, conn: HTTPConnection, request: Arriving) -> None:
        conn.rfile.give(bytes(request.data))
        self._admit(conn)

    def _deadline_of(self, request: Arriving) -> float:
        return time.monotonic() + (self._patience.receive_s if request.has_head else self._patience.headers_s)

    def _lose_patience(self, now: float) -> None:
        for guest in [guest for guest in self._guests if guest.deadline < now]:
            if guest.request is None:
                self._send_away(guest)
            else:
                self._refuse(guest, "408 Request Timeout")

    def _refuse(self, guest: _Guest, status: str) -> None:
        guest.request = None
        guest.deadline = time.monotonic() + self._patience.linger_s
        with suppress(OSError):
            guest.conn.socket.send(written_refusal(status))
        _say_no_more(guest.conn.socket)

    def _send_away(self, guest: _Guest) -> None:
        self._forget(guest)
        _close(guest.conn)

    def _forget(self, guest: _Guest) -> None:
        del self._guests[guest]
        self._selector.unregister(guest.conn.socket)


def _listen(sock: socket.socket, request: Arriving) -> _Heard:
    """Takes what can be read of a client, without waiting."""
    if not request.is_whole:
        if request.room <= 0:
            return _Heard.TOO_MUCH
        try:
            piece = sock.recv(request.room)
        except BlockingIOError:
            return _Heard.TOO_LITTLE
        except OSError:
            return _Heard.NOTHING
        if not piece:  # whoever sends no more may still wait for an answer to what it has sent
            return _Heard.ENOUGH if request.data else _Heard.NOTHING
        request.take(piece)
    if request.wants_leave:
        request.wants_leave = False
        with suppress(OSError):
            sock.send(_CONTINUE)
    return _Heard.ENOUGH if request.is_whole else _Heard.TOO_LITTLE


def _has_left(sock: socket.socket) -> bool:
    """Throws away what has arrived; whether the client has closed its side."""
    try:
        return not sock.recv(_DISCARDED_AT_ONCE)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _say_no_more(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setblocking(False)
        sock.shutdown(socket.SHUT_WR)


def _close(conn: HTTPConnection) -> None:
    with suppress(OSError):
        conn.socket.shutdown(socket.SHUT_RDWR)
    conn.socket.close()
