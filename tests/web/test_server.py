"""A listener from start to stop."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from db.errors import AddressUnavailable, InvalidInput, PortTaken
from tests.polling import eventually
from tests.web.listener import GET, LOOPBACK, QUICK, RawClient, answer_ok, ask, listening
from web.body import BodyReader
from web.server import MOST_CONNECTIONS, STOP_WITHIN_S, HttpServer, Listen, most_connections
from web.watchdog import Watchdog


def server_at(port: int, host: str = LOOPBACK) -> HttpServer:
    return HttpServer(answer_ok, Listen(host, port), Watchdog(QUICK), workers=2)


def test_a_free_port_is_taken_for_port_zero() -> None:
    with listening(answer_ok) as port:
        assert port > 0
        assert ask(port, GET).body == b"ok"


def test_a_port_that_is_taken_is_told_and_the_one_who_has_it_goes_on() -> None:
    with listening(answer_ok) as port:
        with pytest.raises(PortTaken) as failure:
            server_at(port).start()
        assert failure.value.context == {"port": port}
        assert ask(port, GET).body == b"ok"


def test_a_port_that_a_foreign_program_listens_on_is_taken_too() -> None:
    with socket.socket() as foreign:
        foreign.bind((LOOPBACK, 0))
        foreign.listen()
        with pytest.raises(PortTaken):
            server_at(foreign.getsockname()[1]).start()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_this_computer_does_not_have_is_told(host: str) -> None:
    with pytest.raises(AddressUnavailable):
        server_at(0, host).start()


def test_nothing_is_left_running_after_a_failed_start() -> None:
    before = threading.active_count()
    with listening(answer_ok) as port:
        running = threading.active_count()
        with pytest.raises(PortTaken):
            server_at(port).start()
        assert threading.active_count() == running
    eventually(lambda: threading.active_count() <= before)


def test_the_same_port_can_be_listened_on_again_right_after_a_stop() -> None:
    first = server_at(0)
    port = first.start()
    with RawClient(port) as lingering:
        lingering.send(GET)
        assert lingering.reply().body == b"ok"
        first.stop()
        for _ in range(3):
            again = server_at(port)
            assert again.start() == port
            assert ask(port, GET).body == b"ok"
            again.stop()


def test_after_a_stop_nobody_is_answered() -> None:
    with listening(answer_ok) as port:
        pass
    with pytest.raises(ConnectionRefusedError):
        RawClient(port)


class Gate:
    """An application whose requests wait until they are let through."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.released = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.entered.set()
        self.released.wait(60)
        return answer_ok(environ, start_response)


def test_a_request_that_is_under_way_at_a_stop_is_answered() -> None:
    gate = Gate()
    server = HttpServer(gate, Listen(LOOPBACK, 0), Watchdog(QUICK), workers=2)
    port = server.start()
    with RawClient(port) as client:
        client.send(GET)
        assert gate.entered.wait(10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        gate.released.set()
        assert client.reply().body == b"ok"
        stopping.join(10)
        assert not stopping.is_alive()


def endless(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    while True:
        yield bytes(100_000)


@pytest.mark.slow
def test_a_client_that_does_not_take_its_answer_cannot_hold_up_a_stop() -> None:
    server = HttpServer(endless, Listen(LOOPBACK, 0), Watchdog(), workers=2)
    port = server.start()
    with RawClient(port, receive_buffer=4096) as client:
        client.send(GET)
        assert client.receive(10)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < STOP_WITHIN_S + 3


@pytest.mark.slow
def test_more_stalled_bodies_than_workers_cannot_hold_up_a_stop() -> None:
    """Each worker that is freed finds the next one that stalls."""
    watchdog = Watchdog()
    reader = BodyReader(1_000_000, watchdog)
    entered = threading.Semaphore(0)

    def read(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        entered.release()
        with suppress(InvalidInput):
            reader.read(environ)
        return answer_ok(environ, start_response)

    server = HttpServer(read, Listen(LOOPBACK, 0), watchdog, workers=2)
    port = server.start()
    stalled = [RawClient(port) for _ in range(8)]
    for client in stalled:
        client.send(b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n")
    for _ in range(2):
        assert entered.acquire(timeout=10)
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < STOP_WITHIN_S + 3
    for client in stalled:
        client.close()


def test_silent_clients_do_not_hold_up_a_stop() -> None:
    server = server_at(0)
    port = server.start()
    silent = [RawClient(port) for _ in range(10)]
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < STOP_WITHIN_S
    for client in silent:
        client.close()


def test_more_connections_than_may_be_open_are_closed_and_the_rest_is_served() -> None:
    with listening(answer_ok) as port:
        limit = most_connections()
        clients = [RawClient(port) for _ in range(limit + 20)]
        closed = clients[-1].rest()
        assert closed == b""
        clients[0].send(GET)
        assert clients[0].reply().body == b"ok"
        for client in clients:
            client.close()
        assert ask(port, GET).body == b"ok"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_open_connections_leave_enough_files_for_everything_else() -> None:
    import resource

    may_open = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert 0 < most_connections() <= MOST_CONNECTIONS
    assert may_open == resource.RLIM_INFINITY or most_connections() <= may_open // 2
