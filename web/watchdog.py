"""Ends connections that make no progress, so that a slow or hostile client cannot hold a worker thread.

Knows nothing of HTTP: a thread says what socket it works on and what it waits for, again at every step. Only
waiting for the client is limited; while this computer itself works, nobody is cut off.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable


@dataclass(frozen=True)
class Patience:
    """How long a client may take for one step, in seconds; and how often that is looked at."""

    headers_s: float = 20.0
    receive_s: float = 15.0  # for one piece of a body (web/body.py)
    send_s: float = 60.0  # to take one piece of an answer (web/phone/sync.py)
    linger_s: float = 10.0  # to end its request after the answer (web/doorman.py)
    look_every_s: float = 1.0


@runtime_checkable
class ClosableIterator(Protocol):
    """Pieces of an answer, and a way to stop making them."""

    def __iter__(self) -> Iterator[bytes]:
        """Itself."""
        ...

    def __next__(self) -> bytes:
        """The next piece."""
        ...

    def close(self) -> None:
        """No more is wanted."""
        ...


class _WatchedPieces:
    """An iterator with ``close`` that also works when nothing was ever taken (a generator's would not)."""

    def __init__(self, watchdog: Watchdog, pieces: ClosableIterator) -> None:
        self._watchdog = watchdog
        self._pieces = pieces

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        self._watchdog.working()
        piece = next(self._pieces)
        self._watchdog.sending()
        return piece

    def close(self) -> None:
        """Called by the HTTP server at the end of every answer (PEP 3333)."""
        self._pieces.close()


@dataclass
class _Watch:
    sock: socket.socket
    deadline: float


class Watchdog:
    """One for a server. ``watch`` and what comes up to ``working`` is called by the thread that serves the client."""

    def __init__(self, patience: Patience = Patience()) -> None:
        self.patience = patience
        self._watches: dict[int, _Watch] = {}
        self._lock = threading.Lock()
        self.has_cut_all = False
        self._stopped = threading.Event()

    @contextlib.contextmanager
    def watch(self, sock: socket.socket) -> Iterator[None]:
        """While the block runs, the socket is shut down once its time is up. It begins with reading headers."""
        me = threading.get_ident()
        with self._lock:
            self._watches[me] = _Watch(sock, time.monotonic() + self.patience.headers_s)
            if self.has_cut_all:
                _shut(sock)
        try:
            yield
        finally:
            with self._lock:
                self._watches.pop(me, None)

    def receiving(self) -> None:
        """The calling thread waits for a piece of a body from now on."""
        self._allow(self.patience.receive_s)

    def sending(self) -> None:
        """The calling thread sends a piece of an answer from now on."""
        self._allow(self.patience.send_s)

    def watched(self, pieces: ClosableIterator) -> Iterator[bytes]:
        """The same pieces of an answer, with time for the client to take each; closed at the end, whatever happens."""
        return _WatchedPieces(self, pieces)

    def working(self) -> None:
        """The calling thread waits for no client: a long push must not lose its answer to this watchdog."""
        self._allow(math.inf)

    def _allow(self, seconds: float) -> None:
        watch = self._watches.get(threading.get_ident())
        if watch is not None:
            watch.deadline = time.monotonic() + seconds

    def run(self) -> None:
        """The watching thread's work, until ``stop``."""
        while not self._stopped.wait(self.patience.look_every_s):
            self._cut(time.monotonic())

    def cut_all(self) -> None:
        """Ends every connection that is being served, however far it is, and that will be."""
        with self._lock:
            self.has_cut_all = True
        self._cut(math.inf)

    def _cut(self, now: float) -> None:
        # Under the lock: a socket that is no longer watched may be closed, and its number belong to another.
        with self._lock:
            for watch in self._watches.values():
                if watch.deadline < now or now == math.inf:
                    _shut(watch.sock)

    def stop(self) -> None:
        """Ends ``run``."""
        self._stopped.set()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
