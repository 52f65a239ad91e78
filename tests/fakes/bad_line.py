"""A bad line to a server on this computer: late, narrow, and cut now and then. A TCP proxy on loopback.

Knows nothing of what goes through it. Works as long as its ``with`` block.
"""

from __future__ import annotations

import contextlib
import random
import select
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
LONGEST_BEFORE_A_CUT = 96 * 1024
_PIECE = 4 * 1024
_AT_ONCE_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


@dataclass(frozen=True)
class LineQuality:
    """``latency_s``: each way, before the first byte of every exchange; ``bytes_per_s``: of each connection, both ways
    together; ``cuts``: the share of exchanges in which the connection is reset, somewhere in the middle."""

    latency_s: float
    bytes_per_s: float
    cuts: float


class BadLine:
    """``url``: where to reach the server behind it. Counts what went through and how often it cut."""

    def __init__(self, server_port: int, quality: LineQuality, seed: int) -> None:
        self.exchanges = 0
        self.cuts = 0
        self.bytes = 0
        self._quality = quality
        self._server_port = server_port
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.url = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, name="bad-line")]
        self._threads[0].start()

    def stop(self) -> None:
        """Ends every connection."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if not select.select([self._listener], [], [], 0.05)[0]:
                continue
            client, _ = self._listener.accept()
            thread = threading.Thread(target=self._carry, args=(client,), name="bad-line-connection")
            self._threads.append(thread)
            thread.start()

    def _carry(self, client: socket.socket) -> None:
        """One connection, to its end or its cut."""
        with client, contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self._server_port)) as server:
            last: socket.socket | None = None
            left = 0.0
            while not self._stopping.is_set():
                for source in select.select([client, server], [], [], 0.05)[0]:
                    piece = source.recv(_PIECE)
                    if not piece:
                        return
                    if source is not last:
                        left = self._begin_exchange() if source is client else left
                        last = source
                        self._stopping.wait(self._quality.latency_s)
                    left -= len(piece)
                    if left <= 0:
                        self._cut(client, server)
                        return
                    (server if source is client else client).sendall(piece)
                    self._take_time(len(piece))

    def _begin_exchange(self) -> float:
        """How many bytes of it will get through."""
        with self._lock:
            self.exchanges += 1
            is_cut = self._chance.random() < self._quality.cuts
            return self._chance.uniform(0, LONGEST_BEFORE_A_CUT) if is_cut else float("inf")

    def _take_time(self, size: int) -> None:
        with self._lock:
            self.bytes += size
        self._stopping.wait(size / self._quality.bytes_per_s)

    def _cut(self, *ends: socket.socket) -> None:
        with self._lock:
            self.cuts += 1
        for end in ends:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE_RESET)
            end.close()


@contextlib.contextmanager
def bad_line(server_port: int, quality: LineQuality, seed: int = 1) -> Iterator[BadLine]:
    """A line of this quality to the server on this port."""
    line = BadLine(server_port, quality, seed)
    try:
        yield line
    finally:
        line.stop()
