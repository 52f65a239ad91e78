from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from db.errors import AddressUnavailable, PortTaken, StorageBusy
from kiosk.phone_listener import ListenerState, PhoneListener
from web.server import HttpServer, Listen
from web.watchdog import Watchdog

LOOPBACK = "127.0.0.1"
ELSEWHERE = "192.0.2.1"  # of the documentation range: no computer has it
Make = Callable[[int], PhoneListener]


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def server_at(host: str) -> Callable[[int], HttpServer]:
    return lambda port: HttpServer(answer, Listen(host, port), Watchdog(), workers=2)


@pytest.fixture
def listener() -> Iterator[PhoneListener]:
    listener = PhoneListener(server_at(LOOPBACK), 0)
    yield listener
    listener.stop()


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as other:
        yield other.getsockname()[1]


def says_ok(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read() == b"ok"
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()


def test_it_does_not_listen_until_it_is_started(listener: PhoneListener) -> None:
    assert listener.state == ListenerState(is_running=False, port=0)


def test_once_started_it_answers_on_the_port_it_tells(listener: PhoneListener) -> None:
    listener.start()
    assert listener.state.is_running
    assert says_ok(listener.state.port)


def test_starting_twice_and_stopping_twice_change_nothing(listener: PhoneListener) -> None:
    listener.start()
    state = listener.state
    listener.start()
    assert listener.state == state
    assert listener.stop()
    assert not listener.stop()
    assert not listener.state.is_running
    assert not says_ok(state.port)


def test_it_starts_again_on_the_port_that_phones_know(listener: PhoneListener) -> None:
    listener.start()
    port = listener.state.port
    listener.stop()
    assert listener.state.port == port
    listener.start()
    assert listener.state.port == port
    assert says_ok(port)


def test_it_moves_to_another_port_and_leaves_the_old_one(listener: PhoneListener) -> None:
    listener.start()
    old = listener.state.port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        new = probe.getsockname()[1]
    listener.move(new)
    assert listener.state == ListenerState(is_running=True, port=new)
    assert says_ok(new)
    assert not says_ok(old)


def test_a_taken_port_is_told_with_its_holder_and_a_free_one(taken: int) -> None:
    listener = PhoneListener(server_at(LOOPBACK), taken)
    with pytest.raises(PortTaken) as refusal:
        listener.start()
    state = listener.state
    name = psutil.Process(os.getpid()).name()
    assert refusal.value.context == {"port": taken, "holder": name}
    assert (state.is_running, state.port, state.failure, state.holder) == (False, taken, refusal.value, name)
    assert state.free_port is not None
    assert state.free_port != taken


def test_the_free_port_that_is_offered_can_be_moved_to(taken: int) -> None:
    with pytest.raises(PortTaken):
        (listener := PhoneListener(server_at(LOOPBACK), taken)).start()
    free_port = listener.state.free_port
    assert free_port is not None
    listener.move(free_port)
    assert listener.state == ListenerState(is_running=True, port=free_port)
    listener.stop()


def test_after_stopping_an_old_failure_is_no_longer_told(taken: int) -> None:
    listener = PhoneListener(server_at(LOOPBACK), taken)
    with pytest.raises(PortTaken):
        listener.start()
    listener.stop()
    assert listener.state == ListenerState(is_running=False, port=taken)


def test_an_address_that_the_computer_lacks_is_told() -> None:
    listener = PhoneListener(server_at(ELSEWHERE), 0)
    with pytest.raises(AddressUnavailable):
        listener.start()
    assert isinstance(listener.state.failure, AddressUnavailable)
    assert not listener.state.is_running


def test_while_it_is_held_nobody_can_start_it(listener: PhoneListener) -> None:
    assert not listener.hold()
    listener.let_go()
    listener.start()
    port = listener.state.port
    assert listener.hold()
    for start in (listener.start, lambda: listener.move(port)):
        with pytest.raises(StorageBusy):
            start()
    assert not says_ok(port)
    listener.let_go()
    listener.start()
    assert says_ok(port)
