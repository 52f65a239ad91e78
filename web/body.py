"""Reads request bodies with a limit, however they are sent: plain, chunked, gzipped. Never through a file.

Knows nothing of what is in them. (Bottle's own request.body spools large bodies to a temporary file.)
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from db.errors import InvalidInput, TooLarge
from web.watchdog import Watchdog

DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024
_PIECE = 16 * 1024
"""What a client has to send in the time the watchdog gives it for a piece."""
_UNPACKED_AT_ONCE = 64 * 1024
_GZIP = zlib.MAX_WBITS | 16


class BodyReader:
    """Reads bodies up to ``limit_bytes``; a sender that stalls is cut off by the watchdog."""

    def __init__(self, limit_bytes: int, watchdog: Watchdog) -> None:
        self._limit = limit_bytes
        self._watchdog = watchdog

    def read(self, environ: dict[str, Any]) -> bytes:
        """The whole body of a WSGI request, unpacked.

        Raises TooLarge (also for what a small packed body unpacks to), InvalidInput for a broken or cut body.
        """
        encoding = environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
        if encoding not in ("gzip", "x-gzip", "identity", ""):
            raise InvalidInput(path="Content-Encoding")
        pieces = self._limited(self._pieces(environ))
        if encoding in ("gzip", "x-gzip"):
            pieces = self._limited(_unpacked(pieces))
        try:
            return b"".join(pieces)
        finally:
            self._watchdog.working()

    def _limited(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > self._limit:
                raise self._too_large()
            yield piece

    def _pieces(self, environ: dict[str, Any]) -> Iterator[bytes]:
        stream = environ["wsgi.input"]
        announced = environ.get("CONTENT_LENGTH") or ""
        left = int(announced) if announced.isdigit() else None  # None: up to the end of the stream
        if left is not None and left > self._limit:
            raise self._too_large()
        try:
            while left is None or left > 0:
                self._watchdog.receiving()
                piece = stream.read(_PIECE if left is None else min(_PIECE, left))
                if not piece:
                    break
                left = None if left is None else left - len(piece)
                yield piece
        except (OSError, ValueError):
            raise InvalidInput(path="body") from None
        if left:
            raise InvalidInput(path="body")

    def _too_large(self) -> TooLarge:
        return TooLarge(limit_mb=max(self._limit // 1024**2, 1))


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            yield unpacker.decompress(piece, _UNPACKED_AT_ONCE)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, _UNPACKED_AT_ONCE)
            if unpacker.unused_data:  # bytes after the end would otherwise be kept, however many
                raise InvalidInput(path="body")
    except zlib.error:
        raise InvalidInput(path="body") from None
    if not unpacker.eof:
        raise InvalidInput(path="body")
