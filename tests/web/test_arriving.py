"""When enough of a request has arrived, in whatever pieces it comes."""

from __future__ import annotations

import contextlib
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.listener import GET
from web.arriving import HEADER_BYTES, SMALL_BODY_BYTES, Arriving
from web.chunked import ChunkedBody

POST = b"POST / HTTP/1.1\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

WHOLE = {
    "what is no size of a chunk": CHUNKED + b"x\r\n",
    "a chunk after which none can come": CHUNKED + b"2\r\n{}\r\nx\r\n",
    "a size that ends in a bare line feed": CHUNKED + b"2\n",
    "a size without an end": CHUNKED + b"0" * 1024,
    "headers alone": GET,
    "a small body": POST + b"Content-Length: 2\r\n\r\n{}",
    "an empty body": POST + b"content-length:0\r\n\r\n",
    "more than one request": GET + GET[:10],
    "a large body to come": POST + b"Content-Length: %d\r\n\r\n" % (SMALL_BODY_BYTES + 1),
    "an absurd body to come": POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks with an extension and a trailer": POST + b"Transfer-Encoding: chunked\r\n\r\n0;a=b\r\nA: b\r\n\r\n",
    "many chunks": CHUNKED + (b"400\r\n" + b"a" * 1024 + b"\r\n") * 32,
    "chunks and then another request": CHUNKED + b"2\r\n{}\r\n0\r\n\r\n" + GET[:10],
    "a bare line feed": b"GET / HTTP/1.1\nHost: a",
    "a first header that goes on from none": b"GET / HTTP/1.1\r\n a: b\r\n\r\n",
    "an unknown transfer coding": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "two ways to say the length": POST + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n0000",
    "headers without end": b"GET / HTTP/1.1\r\nA: " + b"x" * (HEADER_BYTES + 1024),
}
PARTS = {
    "a letter": b"G",
    "half the headers": GET[:-3],
    "a body to come": POST + b"Content-Length: 2\r\n\r\n",
    "half a body": POST + b"Content-Length: 2\r\n\r\n{",
    "half a body, in small letters": POST + b"content-length:  2  \r\nHost: a\r\n\r\n{",
    "no chunk yet": POST + b"Transfer-Encoding: chunked\r\n\r\n",
    "a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "a large chunk to come": CHUNKED + b"ffffff\r\n{",
    "a length written long": POST + b"Content-Length: 0000000000000002\r\n\r\n{",
    "a length after another": POST + b"Content-Length: 0\r\nContent-Length: 2\r\n\r\n{",
    "a length with an odd space": POST + b"Content-Length\x0b: 2\r\n\r\n{",
    "headers that just are not too long": b"GET / HTTP/1.1\r\nA: " + b"x" * (HEADER_BYTES - 19),
    "an empty line before": b"\r\nGET / HTTP/1.1\r\n",
    "a chunk that looks like the end": POST + b"Transfer-Encoding: chunked\r\n\r\n20\r\n",
}


@pytest.mark.parametrize("sent", WHOLE.values(), ids=WHOLE.keys())
def test_what_a_worker_can_serve_is_let_in(sent: bytes) -> None:
    assert Arriving(sent).is_whole


@pytest.mark.parametrize("sent", PARTS.values(), ids=PARTS.keys())
def test_what_a_worker_would_have_to_wait_for_is_not(sent: bytes) -> None:
    assert not Arriving(sent).is_whole


@pytest.mark.parametrize("sent", [*WHOLE.values(), *PARTS.values()], ids=[*WHOLE.keys(), *PARTS.keys()])
def test_it_does_not_matter_in_what_pieces_it_comes(sent: bytes) -> None:
    request = Arriving()
    for position in range(0, len(sent), 7):
        request.take(sent[position : position + 7])
    assert request.is_whole == Arriving(sent).is_whole
    assert request.data == sent


def test_many_small_chunks_are_not_read_again_and_again() -> None:
    """Looking at everything for each byte would let one client keep this computer busy."""
    request = Arriving(CHUNKED)
    began = time.process_time()
    for byte in b"1\r\na\r\n" * 8000:
        request.take(bytes([byte]))
    assert time.process_time() - began < 5
    assert not request.is_whole
    assert request.room > 0


class Waits(Exception):
    """A worker would wait here."""


class SoFar(io.BytesIO):
    """What has come; raises Waits where a worker would wait for more."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if len(data) < (size or 0):
            raise Waits
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line.endswith(b"\n") and len(line) < (size or 0):
            raise Waits
        return line


CHUNK_LIKE = st.lists(
    st.sampled_from([b"0", b"1", b"2", b"a", b" ", b";", b":", b"\r\n", b"\n", b"\r", b"2\r\n{}\r\n"])
)


@given(body=CHUNK_LIKE.map(b"".join))
def test_no_worker_waits_for_more_of_chunks_that_were_let_in(body: bytes) -> None:
    if Arriving(CHUNKED + body).is_whole:
        with contextlib.suppress(ValueError):  # refused, which takes no time either
            ChunkedBody(SoFar(body)).read(SMALL_BODY_BYTES)


@given(chunks=st.lists(st.binary(min_size=1, max_size=20)), cut=st.integers(1, 2000))
def test_chunks_are_let_in_exactly_when_they_are_all_there(chunks: list[bytes], cut: int) -> None:
    sent = CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert Arriving(sent).is_whole
    assert not Arriving(sent[: max(len(sent) - cut, 0)]).is_whole
