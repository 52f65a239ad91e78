"""A server is reached at an address or it is not; another program there is not our server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kiosk.doctor.facts import ReachFacts
from kiosk.doctor.reach import does_answer, reach
from tests.kiosk.hubs import LOOPBACK, built_hub


def test_a_server_of_ours_answers(tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        hub.control.start_serving()
        assert does_answer(LOOPBACK, hub.listener.state.port)
        assert reach([LOOPBACK], hub.listener.state.port) == ReachFacts(True, (LOOPBACK,))


def test_nobody_answers_where_nobody_listens_nor_at_an_address_that_is_not_here() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = int(taken.getsockname()[1])
        assert not does_answer(LOOPBACK, port)
        assert reach(["192.0.2.1", LOOPBACK], port) == ReachFacts(True, (), ("192.0.2.1", LOOPBACK))
    assert reach([], 4001) == ReachFacts(True)


class _Web(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b'"ok"')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def web() -> Iterator[int]:
    server = HTTPServer((LOOPBACK, 0), _Web)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_another_program_is_not_our_server(web: int) -> None:
    assert not does_answer(LOOPBACK, web)


def test_a_program_that_says_nothing_is_given_up() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        assert not does_answer(LOOPBACK, int(silent.getsockname()[1]), limit_s=0.1)
