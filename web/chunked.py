"""Reads a request body that comes in chunks (RFC 9112 §7.1), never more at a time than it is asked for.

Knows nothing of limits or of what is in it. (cheroot's own reader takes a whole chunk into memory, however large,
and leaves the end of the body for the next request.)
"""

from __future__ import annotations

import re
from typing import Protocol

LONGEST_LINE = 1024
MOST_TRAILERS = 32
_CRLF = b"\r\n"
CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")


class Readable(Protocol):
    """What a body is read from: the buffered stream of a connection."""

    def read(self, size: int, /) -> bytes:
        """``size`` bytes, fewer only at the end."""

    def readline(self, limit: int, /) -> bytes:
        """A line with its end, or as much of it as ``limit`` allows."""


class ChunkedBody:
    """One body. ``is_finished``: its end, trailers included, has been read."""

    def __init__(self, stream: Readable) -> None:
        self.is_finished = False
        self._stream = stream
        self._left_of_chunk = 0

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end. Raises ValueError where it is no chunked body."""
        taken = bytearray()
        while len(taken) < size and not self.is_finished:
            if not self._left_of_chunk:
                self._begin_chunk()
            elif piece := self._stream.read(min(size - len(taken), self._left_of_chunk)):
                taken += piece
                self._left_of_chunk -= len(piece)
                if not self._left_of_chunk and self._stream.read(len(_CRLF)) != _CRLF:
                    raise ValueError("a chunk does not end where it says")
            else:
                raise ValueError("the body ends in a chunk")
        return bytes(taken)

    def _begin_chunk(self) -> None:
        size = CHUNK_SIZE.fullmatch(self._line().partition(b";")[0].strip())
        if size is None:
            raise ValueError("not the size of a chunk")
        self._left_of_chunk = int(size[0], 16)
        if self._left_of_chunk == 0:
            self._skip_trailers()
            self.is_finished = True

    def _skip_trailers(self) -> None:
        for _ in range(MOST_TRAILERS):
            if not self._line():
                return
        raise ValueError("too many trailers")

    def _line(self) -> bytes:
        line = self._stream.readline(LONGEST_LINE)
        if not line.endswith(_CRLF):
            raise ValueError("a line without its end")
        return line.removesuffix(_CRLF)
