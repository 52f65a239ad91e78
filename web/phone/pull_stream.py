"""A pull's answer as a stream of JSON bytes: ``{"changes": {table: {created, updated, deleted}}, "timestamp": mark}``.

Knows nothing of HTTP or encryption; the same stream goes out over REST and, sealed, over RPC. Memory does not grow
with the number of rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self

from db.clock import Clock
from db.database import Database
from db.errors import HubError
from db.pull import PullReply, finish_pull, open_pull
from db.pull_plan import PullRequest

PIECE_BYTES = 128 * 1024
_GZIP = zlib.MAX_WBITS | 16
_FASTEST = 1


class PullStream:
    """The pieces of an answer, large enough for the network. Ends its snapshot and logs how it went when the last
    piece is taken, when it fails, or with ``close``, whatever comes first."""

    def __init__(self, database: Database, clock: Clock, request: PullRequest, *, packs: bool = False) -> None:
        """``packs``: with gzip. Raises what ``open_pull`` raises, and what reading the first rows does: while that
        can still be answered as an error."""
        self._database = database
        self._clock = clock
        self._request = request
        self._started = clock.monotonic_ms()
        self._stack = ExitStack()
        self._sent = 0
        self._is_open = True
        self._reply = self._stack.enter_context(open_pull(database, request))
        pieces = _pieces(_document(self._reply))
        self._pieces = _packed(pieces) if packs else pieces
        try:
            self._first: bytes | None = next(self._pieces)
        except BaseException:
            self._stack.close()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        """The next piece. Raises HubError when reading fails."""
        try:
            piece = self._first if self._first is not None else next(self._pieces)
        except StopIteration:
            self._finish("ok")
            raise
        except HubError as failure:
            self._finish(failure.code)
            raise
        self._first = None
        self._sent += len(piece)
        return piece

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it; logged as interrupted unless it was at its end."""
        self._finish("interrupted")

    def _finish(self, result: str) -> None:
        if not self._is_open:
            return
        self._is_open = False
        duration = self._clock.monotonic_ms() - self._started
        # A query that is still being read would hold on to its moment, also for whoever gets the connection next.
        self._pieces.close()
        # The rows are out: what fails from here on must not change what the phone sees.
        with suppress(HubError):
            self._stack.close()
        with suppress(HubError):
            finish_pull(
                self._database, self._request, self._reply, sent_bytes=self._sent, duration_ms=duration, result=result
            )


def _document(reply: PullReply) -> Generator[str, None, None]:
    """The answer as JSON text, batch by batch."""
    table = list_name = None
    separator = ""
    yield '{"changes":{'
    for batch in reply.batches():
        if batch.table != table:
            yield f'{"]}," if table else ""}"{batch.table}":{{"{batch.list_name}":['
            table, list_name, separator = batch.table, batch.list_name, ""
        elif batch.list_name != list_name:
            yield f'],"{batch.list_name}":['
            list_name, separator = batch.list_name, ""
        if batch.rows:
            yield separator
            yield ",".join(batch.rows)
            separator = ","
    yield f'{"]}" if table else ""}}},"timestamp":{reply.mark}}}'


def _pieces(texts: Iterator[str]) -> Generator[bytes, None, None]:
    """The same text in pieces large enough for the network."""
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= PIECE_BYTES:
            yield "".join(waiting).encode()
            waiting.clear()
            size = 0
    yield "".join(waiting).encode()


def _packed(pieces: Iterator[bytes]) -> Generator[bytes, None, None]:
    packer = zlib.compressobj(_FASTEST, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()
