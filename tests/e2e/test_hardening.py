"""The running program under clients that mean no good: slow ones, crowds of them, and ones that send too much."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.e2e.http_client import Reply, send, signed_in
from tests.e2e.server import NURSE, RunningServer
from web.server import MOST_CONNECTIONS, WORKERS

CROWD = WORKERS * 3
"""More than there are worker threads."""
PROMPT_S = 5.0
"""What one sync may take meanwhile on a busy computer. Being held up by the crowd would take fifteen seconds."""
AUTHORIZED = f"Authorization: {signed_in()['Authorization']}\r\n"


@contextmanager
def crowd(server: RunningServer, size: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """Many clients that send this much and no more."""
    address = urlsplit(server.phones_url)
    with ExitStack() as stack:
        clients = []
        for _ in range(size):
            client = stack.enter_context(socket.create_connection((address.hostname or "", address.port or 0), 30))
            client.sendall(sent)
            clients.append(client)
        yield clients


def sync(server: RunningServer, record_id: str) -> float:
    """A push and a pull of a well-behaved phone; how long they took."""
    began = time.monotonic()
    body = json.dumps({"patients": {"created": [{"id": record_id}], "updated": [], "deleted": []}}).encode()
    pushed = send(server.phones_url, "POST", "/sync?lastPulledAt=0", body, signed_in())
    pulled = send(server.phones_url, "GET", "/sync?lastPulledAt=0", headers=signed_in())
    assert (pushed.status, pulled.status) == (200, 200)
    assert record_id in [row["id"] for row in pulled.json["changes"]["patients"]["created"]]
    return time.monotonic() - began


STALLS = {
    "say nothing": b"",
    "send half their headers": b"GET /sync HTTP/1.1\r\nAuthoriza",
    "send half a sign-in": b'POST /api/login HTTP/1.1\r\nContent-Length: 50\r\n\r\n{"email":',
    "sign in by chunks that do not come": b"POST /api/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    "announce a body without being let in": b"POST /sync HTTP/1.1\r\nContent-Length: 60000000\r\n\r\n{",
    "are too large": b"POST /api/login HTTP/1.1\r\nContent-Length: 60000000\r\n\r\n{",
}


@pytest.mark.parametrize("sent", STALLS.values(), ids=STALLS.keys())
def test_phones_sync_while_a_crowd_of_strangers_stalls(running_server: RunningServer, sent: bytes) -> None:
    sync(running_server, "before")
    with crowd(running_server, CROWD, sent):
        assert max(sync(running_server, f"during-{number}") for number in range(3)) < PROMPT_S


def test_phones_sync_while_others_of_the_clinic_stall_in_mid_push(running_server: RunningServer) -> None:
    """A phone that walks out of the wifi's reach stalls like this; signed-in ones do take a worker for a while."""
    sync(running_server, "before")
    sent = f"POST /sync HTTP/1.1\r\n{AUTHORIZED}Content-Length: 1000000\r\n\r\n{{".encode()
    with crowd(running_server, WORKERS // 2, sent):
        assert sync(running_server, "during") < PROMPT_S


@pytest.mark.slow
def test_who_stalls_is_cut_off_in_the_end(running_server: RunningServer) -> None:
    with crowd(running_server, 10, STALLS["send half a sign-in"]) as clients:
        for client in clients:
            client.settimeout(60)
            assert client.recv(1000).startswith(b"HTTP/1.1 408")
            assert client.recv(1000) == b""


def test_more_connections_than_it_can_hold_do_not_end_the_service(running_server: RunningServer) -> None:
    process = psutil.Process(running_server.pid)
    with crowd(running_server, MOST_CONNECTIONS + 50, b"GET /"):
        assert process.is_running()
        if hasattr(process, "num_fds"):
            assert process.num_fds() < MOST_CONNECTIONS + 300
    sync(running_server, "afterwards")


def test_large_bodies_of_strangers_cost_no_memory(running_server: RunningServer) -> None:
    process = psutil.Process(running_server.pid)
    sync(running_server, "before")
    before = process.memory_info().rss
    heads = (b"POST /sync HTTP/1.1\r\n", b"POST /api/login HTTP/1.1\r\n", b"POST /nowhere HTTP/1.1\r\n")
    coded = (b"Content-Length: 300000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n11e1a300\r\n")
    for head in heads:
        for coding in coded:
            with crowd(running_server, 1, head + coding) as (client,):
                try:
                    for _ in range(50):
                        client.sendall(bytes(1_000_000))
                except OSError:
                    pass  # cut off, as it should be sooner or later
                assert process.memory_info().rss - before < 30_000_000
    sync(running_server, "after")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which files a process has open")
def test_a_push_of_sixty_megabytes_leaves_no_file_but_the_database_s(
    running_server: RunningServer, tmp_path: Path
) -> None:
    rows = [{"id": f"large-{number}", "metadata": "x" * 1_000_000} for number in range(60)]
    body = json.dumps({"patients": {"created": rows, "updated": [], "deleted": []}}).encode()
    sync(running_server, "before")
    descriptors = Path(f"/proc/{running_server.pid}/fd")
    pushed = threading.Event()
    seen: set[str] = set()

    def look() -> None:
        while not pushed.is_set():
            for descriptor in descriptors.iterdir():
                try:
                    seen.add(str(descriptor.readlink()))
                except OSError:
                    continue  # closed meanwhile

    looking = threading.Thread(target=look)
    looking.start()
    try:
        reply = send(running_server.phones_url, "POST", "/sync?lastPulledAt=0", body, signed_in())
    finally:
        pushed.set()
        looking.join()
    assert reply.status == 200
    known = ("clinic.db", "server.log", "server.lock", "stamp-ceiling", "data.stderr")
    files = {name for name in seen if name.startswith("/") and not name.startswith(("/dev/", "/proc/", "/sys/"))}
    foreign = {name for name in files if not any(part in name for part in known) and not name.endswith((".so", ".py"))}
    assert {name for name in foreign if "deleted" in name or str(tmp_path) in name or "/tmp/" in name} == set()


def test_a_push_that_is_too_large_is_told_so_even_to_a_client_that_sends_all_of_it(
    running_server: RunningServer,
) -> None:
    reply = send(running_server.phones_url, "POST", "/sync", bytes(65 * 1024 * 1024), signed_in())
    assert (reply.status, reply.json["code"]) == (413, "too_large")
    assert "64" in reply.json["message"]


@pytest.mark.slow
def test_fifty_phones_at_once_all_sync_and_hold_the_same(running_server: RunningServer) -> None:
    size = 50

    def phone(number: int) -> tuple[float, Reply]:
        barrier.wait()
        began = time.monotonic()
        first = send(running_server.phones_url, "GET", "/api/v2/sync?last_pulled_at=0", headers=signed_in())
        mark = first.json["timestamp"]
        rows = [{"id": f"phone-{number}-{row}"} for row in range(20)]
        body = json.dumps({"patients": {"created": rows, "updated": [], "deleted": []}}).encode()
        path = f"/api/v2/sync?last_pulled_at={mark}"
        pushed = send(running_server.phones_url, "POST", path, body, signed_in())
        last = send(running_server.phones_url, "GET", path, headers=signed_in())
        assert (first.status, pushed.status, last.status) == (200, 200, 200)
        return time.monotonic() - began, last

    sync(running_server, "before")
    barrier = threading.Barrier(size)
    with ThreadPoolExecutor(size) as phones:
        waits = sorted(wait for wait, _ in phones.map(phone, range(size)))
    assert waits[-1] < max(3 * waits[size // 2], PROMPT_S)
    everything = send(running_server.phones_url, "GET", "/sync", headers=signed_in()).json["changes"]["patients"]
    assert len(everything["created"]) == size * 20 + 1


def test_the_program_stops_in_time_whatever_its_clients_do(running_server: RunningServer) -> None:
    with crowd(running_server, CROWD, STALLS["send half their headers"]):
        sent = f"POST /sync HTTP/1.1\r\n{AUTHORIZED}Content-Length: 1000000\r\n\r\n{{".encode()
        with crowd(running_server, WORKERS // 2, sent):
            began = time.monotonic()
            assert running_server.stop() == 0
            assert time.monotonic() - began < 15
    assert NURSE.name not in running_server.last_words()
