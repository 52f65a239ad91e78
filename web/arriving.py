"""Tells when so much of a request has arrived that a worker can serve it without waiting for the client.

Knows nothing of sockets or of what is asked for. Where it reads the same as the worker will, it is at least as
strict: whatever it took for whole by mistake would hold a worker.
"""

from __future__ import annotations

import io
import re

from cheroot.makefile import StreamReader
from cheroot.server import HeaderReader

from web.chunked import CHUNK_SIZE, LONGEST_LINE

HEADER_BYTES = 32 * 1024
SMALL_BODY_BYTES = 16 * 1024
_LONGEST_HEAD = HEADER_BYTES + 1024  # cheroot looks at the length at every 256 bytes
_ENOUGH_OF_CHUNKS = 2 * SMALL_BODY_BYTES
"""More than a reader with a limit of a small body asks for before it refuses (web/body.py reads by 16 KB)."""
_LONGEST_CHUNKS = 3 * SMALL_BODY_BYTES
MOST_BYTES = _LONGEST_HEAD + _LONGEST_CHUNKS
_HEAD_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")  # after a bare line feed a worker refuses it
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[^\r\n]*\r\n")
_CRLF = b"\r\n"


class Arriving:
    """One request, and perhaps the beginning of the next. ``wants_leave``: its body is sent once it is asked for."""

    def __init__(self, beginning: bytes = b"") -> None:
        self.data = bytearray()
        self.wants_leave = False
        self._body_at: int | None = None
        self._length: int | None = None  # None: in chunks
        self._chunk_at = 0
        self._arrived_of_chunks = 0
        self.is_whole = False
        self.take(beginning)

    @property
    def has_head(self) -> bool:
        """Whether the headers are there."""
        return self._body_at is not None

    @property
    def room(self) -> int:
        """How much more may be taken; 0 for one that is nothing but framing."""
        return MOST_BYTES - len(self.data)

    def take(self, piece: bytes) -> None:
        """What has come next."""
        seen = len(self.data)
        self.data += piece
        if self._body_at is None:
            self._look_for_head(seen)
        if self._body_at is not None and not self.is_whole:
            self.is_whole = self._has_chunks() if self._length is None else self._has_length(self._length)

    def _look_for_head(self, seen: int) -> None:
        end = _HEAD_END.search(self.data, max(seen - 3, 0))
        if end is not None:
            self._read_head(bytes(self.data[: end.end()]))
            self._body_at = self._chunk_at = end.end()
        elif len(self.data) >= _LONGEST_HEAD:
            self.is_whole = True

    def _read_head(self, head: bytes) -> None:
        stream = io.BytesIO(head)
        if stream.readline() == _CRLF:  # cheroot allows for one empty line
            stream.readline()
        try:
            headers: dict[bytes, bytes] = HeaderReader()(stream)
        except (ValueError, NameError):  # NameError: how cheroot fails when the first header is a continuation
            headers = {}
        length = headers.get(b"Content-Length", b"0")
        codings = {coding.strip().lower() for coding in headers.get(b"Transfer-Encoding", b"").split(b",")} - {b""}
        if b"Content-Length" not in headers and codings == {b"chunked"}:
            self._length = None
        else:
            self._length = int(length.lstrip(b"0")[:9] or b"0") if length.isdigit() and not codings else 0
        wants_leave = headers.get(b"Expect") == b"100-continue" and b" HTTP/1.1\r\n" in head
        self.wants_leave = wants_leave and len(head) == len(self.data)  # else it sends unasked

    def _has_length(self, length: int) -> bool:
        return length > SMALL_BODY_BYTES or len(self.data) - (self._body_at or 0) >= length

    def _has_chunks(self) -> bool:
        """Goes on from the first chunk that was not whole, so that many small ones cost no more than few."""
        while (size := _CHUNK_SIZE.match(self.data, self._chunk_at)) is not None:
            length = int(size[1], 16)
            if length == 0:
                return self.data.find(_CRLF * 2, size.end() - len(_CRLF)) >= 0
            end = size.end() + length + len(_CRLF)
            if end > len(self.data):
                return self._arrived_of_chunks + len(self.data) - size.end() >= _ENOUGH_OF_CHUNKS
            self._arrived_of_chunks += length
            self._chunk_at = end
        return self._arrived_of_chunks >= _ENOUGH_OF_CHUNKS or self._is_no_size()

    def _is_no_size(self) -> bool:
        """Whether a worker would refuse at once what stands where the size of a chunk should be."""
        line, end, _ = self.data[self._chunk_at : self._chunk_at + LONGEST_LINE].partition(b"\n")
        if not end:
            return len(line) >= LONGEST_LINE
        return not line.endswith(b"\r") or CHUNK_SIZE.fullmatch(bytes(line).partition(b";")[0].strip()) is None


class RequestStream(StreamReader):
    """What a worker reads a connection's requests from; what was read elsewhere can be given to it.

    It works on the buffer of Python's own reader, as cheroot's ``has_data`` does.
    """

    _read_buf: bytes
    _read_pos: int

    def take_back(self) -> bytes:
        """What has been read ahead, which is no longer here then."""
        ahead = bytes(self._read_buf[self._read_pos :])
        self._read_buf, self._read_pos = b"", 0
        return ahead

    def give(self, data: bytes) -> None:
        """What is read next; there must be nothing else."""
        self._read_buf, self._read_pos = data, 0
