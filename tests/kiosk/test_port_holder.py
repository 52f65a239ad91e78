from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from kiosk.port_holder import LAST_PORT, holder_of, is_port_free, next_free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_the_program_that_listens_is_named(taken: int) -> None:
    holder = holder_of(taken)
    assert holder is not None
    assert holder.pid == os.getpid()
    assert "py" in holder.name.lower()


def test_nobody_listens_on_a_port_that_is_free(taken: int) -> None:
    free = next_free_port(taken, "127.0.0.1")
    assert free is not None
    assert holder_of(free) is None


def test_a_client_that_uses_the_port_number_is_not_its_holder(taken: int) -> None:
    with socket.create_connection(("127.0.0.1", taken)) as client:
        assert holder_of(client.getsockname()[1]) is None


def test_a_taken_port_is_not_free_and_the_next_one_offered_is(taken: int) -> None:
    assert not is_port_free(taken, "127.0.0.1")
    offered = next_free_port(taken, "127.0.0.1")
    assert offered is not None
    assert taken < offered <= taken + 100
    assert is_port_free(offered, "127.0.0.1")


def test_above_the_last_port_there_is_none() -> None:
    assert next_free_port(LAST_PORT) is None
    assert not is_port_free(LAST_PORT + 1)
