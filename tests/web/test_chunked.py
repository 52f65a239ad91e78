"""Chunked bodies, right and wrong."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.chunked import LONGEST_LINE, MOST_TRAILERS, ChunkedBody


def whole(coded: bytes, size: int = 7) -> bytes:
    body = ChunkedBody(io.BytesIO(coded))
    received = b""
    while piece := body.read(size):
        received += piece
    assert body.is_finished
    return received


@given(chunks=st.lists(st.binary(min_size=1, max_size=40), max_size=10), size=st.integers(1, 60))
def test_what_was_put_into_chunks_comes_out_again(chunks: list[bytes], size: int) -> None:
    coded = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert whole(coded, size) == b"".join(chunks)


def test_a_read_is_filled_from_several_chunks() -> None:
    body = ChunkedBody(io.BytesIO(b"1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"))
    assert body.read(2) == b"ab"
    assert not body.is_finished
    assert body.read(10) == b"c"
    assert body.is_finished


@pytest.mark.parametrize("coded", [b"3;name=value\r\nabc\r\n0\r\n\r\n", b"00003\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n"])
def test_extensions_and_trailers_are_skipped(coded: bytes) -> None:
    stream = io.BytesIO(coded + b"GET / HTTP/1.1")
    body = ChunkedBody(stream)
    assert body.read(100) == b"abc"
    assert stream.read() == b"GET / HTTP/1.1"


@pytest.mark.parametrize(
    "coded",
    [
        b"",
        b"3",
        b"\r\nabc",
        b"3\nabc\n0\n\n",
        b"-3\r\nabc\r\n0\r\n\r\n",
        b"+3\r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"3_\r\nabc\r\n0\r\n\r\n",
        b"xyz\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nab",
        b"3\r\nabc",
        b"3\r\nabc\r\n",
        b"3\r\nabc\r\n0\r\n",
        b"f" * 16 + b"\r\n",
        b"3;" + b"x" * LONGEST_LINE + b"\r\nabc\r\n0\r\n\r\n",
        b"0\r\n" + b"A: b\r\n" * MOST_TRAILERS + b"\r\n",
    ],
)
def test_what_is_no_chunked_body_is_refused(coded: bytes) -> None:
    with pytest.raises(ValueError):
        whole(coded, 100)


class Endless(io.RawIOBase):
    """A stream that never ends, of one huge chunk."""

    def __init__(self) -> None:
        self._head = io.BytesIO(b"fffffffffff\r\n")

    def readline(self, limit: int | None = -1, /) -> bytes:
        return self._head.readline()

    def read(self, size: int = -1, /) -> bytes:
        return b"x" * size


def test_a_huge_chunk_takes_no_more_memory_than_is_asked_for() -> None:
    body = ChunkedBody(Endless())
    tracemalloc.start()
    try:
        assert len(body.read(10_000)) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
