"""What the watchdog cuts off, and what it leaves alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.polling import eventually
from web.watchdog import Patience, Watchdog

SHORT = Patience(headers_s=0.05, receive_s=0.05, send_s=0.05, linger_s=0.05, look_every_s=0.01)
LONG = Patience(headers_s=60, receive_s=60, send_s=60, linger_s=60, look_every_s=0.01)
SOME_LOOKS_S = 0.3


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, clients = socket.socketpair()
    clients.settimeout(10)
    yield ours, clients
    ours.close()
    clients.close()


def running(patience: Patience) -> Iterator[Watchdog]:
    watchdog = Watchdog(patience)
    thread = threading.Thread(target=watchdog.run)
    thread.start()
    yield watchdog
    watchdog.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def short() -> Iterator[Watchdog]:
    yield from running(SHORT)


@pytest.fixture
def long() -> Iterator[Watchdog]:
    yield from running(LONG)


def is_cut(clients: socket.socket) -> bool:
    clients.settimeout(SOME_LOOKS_S)
    try:
        return clients.recv(1) == b""
    except TimeoutError:
        return False


def test_a_client_whose_headers_take_too_long_is_cut_off(
    short: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, clients = pair
    with short.watch(ours):
        assert is_cut(clients)


@pytest.mark.parametrize("step", [Watchdog.receiving, Watchdog.sending])
def test_a_client_that_takes_too_long_for_a_later_step_is_cut_off(
    short: Watchdog, pair: tuple[socket.socket, socket.socket], step: Callable[[Watchdog], None]
) -> None:
    ours, clients = pair
    with short.watch(ours):
        short.working()
        step(short)
        assert is_cut(clients)


def test_nobody_is_cut_off_while_this_computer_works(
    short: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, clients = pair
    with short.watch(ours):
        short.receiving()
        short.working()
        assert not is_cut(clients)


def test_a_step_made_in_time_gives_time_for_the_next(long: Watchdog, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, clients = pair
    with long.watch(ours):
        long.receiving()
        assert not is_cut(clients)


def test_a_connection_that_is_no_longer_watched_is_left_alone(
    short: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, clients = pair
    with short.watch(ours):
        pass
    assert not is_cut(clients)


def test_a_closed_socket_does_not_stop_the_watching(short: Watchdog, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, clients = pair
    closed, other = socket.socketpair()
    closed.close()
    other.close()

    def hold() -> None:
        with short.watch(closed):
            released.wait(10)

    released = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    with short.watch(ours):
        assert is_cut(clients)
    released.set()
    holder.join()


def test_each_thread_has_its_own_time(long: Watchdog, pair: tuple[socket.socket, socket.socket]) -> None:
    """A step of one thread must not be counted for another."""
    ours, clients = pair
    others, others_client = socket.socketpair()
    impatient = Watchdog(Patience(headers_s=0.05, look_every_s=0.01, receive_s=60))
    thread = threading.Thread(target=impatient.run)
    thread.start()
    entered = threading.Event()
    released = threading.Event()

    def receive() -> None:
        with impatient.watch(others):
            impatient.receiving()
            entered.set()
            released.wait(10)

    receiver = threading.Thread(target=receive)
    receiver.start()
    entered.wait(10)
    with impatient.watch(ours):
        assert is_cut(clients)
    assert not is_cut(others_client)
    released.set()
    receiver.join()
    impatient.stop()
    thread.join()
    others.close()
    others_client.close()


def test_all_are_cut_at_once_when_asked_even_the_ones_it_works_for(
    long: Watchdog, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, clients = pair
    with long.watch(ours):
        long.working()
        long.cut_all()
        assert is_cut(clients)


def test_steps_outside_of_a_watch_are_harmless() -> None:
    watchdog = Watchdog()
    watchdog.receiving()
    watchdog.sending()
    watchdog.working()


def test_stop_ends_the_watching_thread_promptly() -> None:
    watchdog = Watchdog(Patience(look_every_s=60))
    thread = threading.Thread(target=watchdog.run)
    thread.start()
    watchdog.stop()
    eventually(lambda: not thread.is_alive(), deadline_s=5)
