"""Bodies of requests: every way to send one, the limit that holds for all of them, and no file ever."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPException
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import HubError, InvalidInput, TooLarge
from tests.web.listener import QUICK, RawClient, RawReply, ask, listening
from web.body import BodyReader
from web.watchdog import Watchdog

LIMIT = 1024 * 1024
READER = BodyReader(LIMIT, Watchdog())


def environ_of(body: bytes, **more: Any) -> dict[str, Any]:
    return {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **more}


def hash_app(limit: int = LIMIT) -> Callable[..., Iterable[bytes]]:
    """Answers with length and hash of the body it read, or the code and path of what was wrong with it."""
    reader = BodyReader(limit, Watchdog(QUICK))

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            body = reader.read(environ)
        except HubError as failure:
            start_response("400 Bad Request", [])
            return [json.dumps({"code": failure.code, **failure.context}).encode()]
        start_response("200 OK", [])
        return [json.dumps([len(body), hashlib.sha256(body).hexdigest()]).encode()]

    return app


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(hash_app()) as port:
        yield port


def chunked(body: bytes, size: int) -> bytes:
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def post(port: int, body: bytes, *headers: bytes) -> RawReply:
    length = () if b"Transfer-Encoding: chunked" in headers else (b"Content-Length: %d" % len(body),)
    return ask(port, b"\r\n".join([b"POST / HTTP/1.1", *headers, *length, b"", body]))


def told(reply: RawReply) -> Any:
    return json.loads(reply.body)


def of(body: bytes) -> list[object]:
    return [len(body), hashlib.sha256(body).hexdigest()]


BODIES = [b"", b"{}", b"x" * 16 * 1024, b"y" * (16 * 1024 + 1), bytes(range(256)) * 4000, b"z" * LIMIT]


@pytest.mark.parametrize("body", BODIES, ids=len)
def test_a_body_arrives_whole_however_it_is_sent(port: int, body: bytes) -> None:
    packed = gzip.compress(body)
    assert told(post(port, body)) == of(body)
    assert told(post(port, chunked(body, 9000), b"Transfer-Encoding: chunked")) == of(body)
    assert told(post(port, packed, b"Content-Encoding: gzip")) == of(body)
    assert told(post(port, packed, b"Content-Encoding: X-GZIP")) == of(body)
    both = (b"Transfer-Encoding: chunked", b"Content-Encoding: gzip")
    assert told(post(port, chunked(packed, 500), *both)) == of(body)


def test_a_request_without_a_body_has_an_empty_one(port: int) -> None:
    assert told(ask(port, b"POST / HTTP/1.1\r\n\r\n")) == of(b"")


@given(body=st.binary(max_size=50_000), level=st.integers(0, 9))
def test_every_packed_body_comes_out_as_it_was(body: bytes, level: int) -> None:
    packed = gzip.compress(body, level)
    assert READER.read(environ_of(packed, HTTP_CONTENT_ENCODING="gzip")) == body


@given(noise=st.binary(max_size=2000))
def test_noise_that_claims_to_be_packed_is_refused_and_nothing_else(noise: bytes) -> None:
    try:
        READER.read(environ_of(noise, HTTP_CONTENT_ENCODING="gzip"))
    except InvalidInput as failure:
        assert failure.context == {"path": "body"}


TOO_LARGE = {"code": "too_large", "limit_mb": 1}


def test_a_body_that_is_announced_too_large_is_refused_before_a_byte_of_it_is_read(port: int) -> None:
    with RawClient(port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LIMIT + 1))
        assert told(client.reply()) == TOO_LARGE


def test_one_byte_too_much_is_too_large_however_it_is_sent(port: int) -> None:
    body = bytes(LIMIT + 1)
    packed = gzip.compress(body)
    assert told(post(port, body)) == TOO_LARGE
    assert told(post(port, chunked(body, 60_000), b"Transfer-Encoding: chunked")) == TOO_LARGE
    assert told(post(port, packed, b"Content-Encoding: gzip")) == TOO_LARGE


def test_a_packed_body_may_not_be_larger_than_the_limit_either(port: int) -> None:
    empty_blocks = zlib.compressobj(wbits=31).flush(zlib.Z_FULL_FLUSH) + b"\0\0\0\xff\xff" * LIMIT
    reply = post(port, chunked(empty_blocks, 60_000), b"Transfer-Encoding: chunked", b"Content-Encoding: gzip")
    assert told(reply) == TOO_LARGE


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    packer = zlib.compressobj(9, wbits=31)
    million = bytes(1_000_000)
    bomb = b"".join([*(packer.compress(million) for _ in range(300)), packer.flush()])
    assert len(bomb) < LIMIT
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            READER.read(environ_of(bomb, HTTP_CONTENT_ENCODING="gzip"))
        assert tracemalloc.get_traced_memory()[1] < 5 * LIMIT
    finally:
        tracemalloc.stop()


BROKEN_PACKED = {
    "not packed at all": b"{}",
    "cut": gzip.compress(bytes(range(256)) * 10)[:-9],
    "without its check sum": gzip.compress(b"{}")[:-4],
    "with a wrong check sum": gzip.compress(b"{}")[:-8] + bytes(8),
    "with something after it": gzip.compress(b"{}") + b"more",
    "of another kind": zlib.compress(b"{}"),
    "empty": b"",
}


@pytest.mark.parametrize("body", BROKEN_PACKED.values(), ids=BROKEN_PACKED.keys())
def test_a_broken_packed_body_is_refused(port: int, body: bytes) -> None:
    assert told(post(port, body, b"Content-Encoding: gzip")) == {"code": "invalid_input", "path": "body"}


def test_something_after_a_packed_body_is_not_collected() -> None:
    endless = iter(lambda: bytes(16 * 1024), None)
    first = [gzip.compress(b"{}")]

    class Stream:
        read_bytes = 0

        def read(self, size: int) -> bytes:
            piece = first.pop() if first else next(endless)
            self.read_bytes += len(piece)
            return piece

    stream = Stream()
    with pytest.raises(InvalidInput):
        READER.read({"wsgi.input": stream, "HTTP_CONTENT_ENCODING": "gzip"})
    assert stream.read_bytes < LIMIT


@pytest.mark.parametrize("encoding", [b"br", b"deflate", b"gzip, gzip", b"zstd", b"\xff"])
def test_an_unknown_packing_is_refused_by_name(port: int, encoding: bytes) -> None:
    reply = post(port, b"{}", b"Content-Encoding: " + encoding)
    assert told(reply) == {"code": "invalid_input", "path": "Content-Encoding"}


BROKEN_CHUNKS = [b"zz\r\n{}\r\n0\r\n\r\n", b"3\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffff\r\n{}", b"\n\n\n\n"]


@pytest.mark.parametrize("body", BROKEN_CHUNKS)
def test_broken_chunks_are_refused(port: int, body: bytes) -> None:
    with RawClient(port) as client:
        client.send(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        client.finish_sending()
        assert told(client.reply()) == {"code": "invalid_input", "path": "body"}


CUT = {
    "of a known length": b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc",
    "in a chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc",
    "between chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "before its last line": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
}


@pytest.mark.parametrize("request_bytes", CUT.values(), ids=CUT.keys())
def test_a_body_that_was_cut_is_never_taken_for_whole(port: int, request_bytes: bytes) -> None:
    with RawClient(port) as client:
        client.send(request_bytes)
        client.finish_sending()
        assert told(client.reply()) == {"code": "invalid_input", "path": "body"}


def test_a_sender_that_stalls_is_cut_off_while_others_are_served() -> None:
    read: list[Exception | bytes] = []
    watchdog_patience = QUICK
    ended = threading.Event()

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/other":
            start_response("200 OK", [])
            return [b"ok"]
        try:
            read.append(BodyReader(LIMIT, environ["watchdog"]).read(environ))
        except HubError as failure:
            read.append(failure)
        finally:
            ended.set()
        start_response("400 Bad Request", [])
        return [b""]

    watchdog = Watchdog(watchdog_patience)
    with serving(app, watchdog) as port, RawClient(port) as slow:
        slow.send(b"POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
        drops = 0
        while not ended.is_set():
            slow.send(b"x")
            drops += 1
            assert ask(port, b"GET /other HTTP/1.1\r\n\r\n").status == 200
        assert drops < LIMIT
    assert [type(what) for what in read] == [InvalidInput]


def serving(app: Any, watchdog: Watchdog) -> Any:
    """``listening``, with the watchdog in the application's hands too."""

    def with_watchdog(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["watchdog"] = watchdog
        answer: Iterable[bytes] = app(environ, start_response)
        return answer

    return listening(with_watchdog, watchdog=watchdog)


def test_a_sender_that_keeps_a_modest_pace_is_never_cut_off() -> None:
    """Each piece has its own time: a long body on a slow network takes as long as it takes."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = BodyReader(LIMIT, environ["watchdog"]).read(environ)
        start_response("200 OK", [])
        return [str(len(body)).encode()]

    with serving(app, Watchdog(QUICK)) as port, RawClient(port) as client:
        tick = threading.Event()
        client.send(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (10 * 16 * 1024))
        for _ in range(10):
            client.send(bytes(16 * 1024))
            tick.wait(QUICK.receive_s / 5)
        assert client.reply().body == str(10 * 16 * 1024).encode()


def test_nobody_is_cut_off_once_the_body_is_there() -> None:
    """Storing a large push may take longer than a piece of it may."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        BodyReader(LIMIT, environ["watchdog"]).read(environ)
        threading.Event().wait(QUICK.receive_s * 3)
        start_response("200 OK", [])
        return [b"stored"]

    with serving(app, Watchdog(QUICK)) as port, RawClient(port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        assert client.reply().body == b"stored"


def test_a_client_that_goes_away_in_mid_body_leaves_nothing_behind(port: int) -> None:
    for _ in range(20):
        with RawClient(port) as client:
            client.send(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc")
    assert told(post(port, b"{}")) == of(b"{}")


def test_no_file_is_opened_for_a_large_body() -> None:
    """Patients' data must not lie in a temporary folder (Bottle's own reader puts it there)."""
    opened: list[object] = []
    is_listening = threading.Event()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_listening.is_set() and event in ("open", "tempfile.mkstemp", "tempfile.mkdtemp"):
            opened.append(arguments[0])

    sys.addaudithook(hook)
    body = bytes(60_000_000)
    with listening(hash_app(64 * 1024 * 1024)) as port:
        is_listening.set()
        try:
            reply = post(port, chunked(body, 1_000_000), b"Transfer-Encoding: chunked")
        finally:
            is_listening.clear()
    assert told(reply)[0] == len(body)
    assert opened == []


def test_a_client_that_never_reads_the_refusal_is_let_go(port: int) -> None:
    with RawClient(port) as client:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LIMIT * 100))
        with pytest.raises((OSError, HTTPException)):
            while True:
                client.send(bytes(1000))
