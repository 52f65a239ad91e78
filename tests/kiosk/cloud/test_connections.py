"""A connection is known while it is there, trusts the system's roots, and can be cut from another thread."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import requests

from kiosk.cloud.connections import Connections
from tests.fakes.certificates import certificate_file, server_side
from tests.fakes.raw_http import RawHttpServer, head, reply, silent_after

WAIT_S = 30.0


def session_of(connections: Connections) -> requests.Session:
    session = requests.Session()
    session.mount("http://", connections)
    session.mount("https://", connections)
    return session


def test_before_and_after_there_is_no_connection() -> None:
    connections = Connections()
    assert not connections.is_connected
    with RawHttpServer(reply(200, b"{}")) as server, session_of(connections) as session:
        assert session.get(server.url).json() == {}
        assert connections.is_connected
    assert not connections.is_connected
    with session_of(connections) as session, pytest.raises(requests.ConnectionError):
        session.get(server.url)
    assert not connections.is_connected


def test_a_connection_is_used_again() -> None:
    with RawHttpServer(reply(200, b"{}")) as server, session_of(Connections()) as session:
        assert [session.get(server.url).status_code for _ in range(3)] == [200, 200, 200]
        assert server.connections == 1


def test_a_connection_that_the_other_side_dropped_is_made_anew() -> None:
    with RawHttpServer(reply(200, b"{}", "text/plain", "Connection: close")) as server:
        connections = Connections()
        with session_of(connections) as session:
            assert [session.get(server.url).status_code for _ in range(2)] == [200, 200]
            assert server.connections == 2


@pytest.mark.parametrize("has_begun", [True, False])
@pytest.mark.parametrize("is_encrypted", [True, False])
def test_another_thread_cuts_what_waits_for_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_begun: bool, is_encrypted: bool
) -> None:
    file = certificate_file(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    connections = Connections()
    asked = threading.Event()
    silence = silent_after(head(200, "Content-Length: 100") + b"{" if has_begun else b"")

    def script(visit: object) -> None:
        asked.set()
        silence(visit)  # type: ignore[arg-type]

    def cut_once_asked() -> None:
        assert asked.wait(WAIT_S)
        connections.cut()

    cutter = threading.Thread(target=cut_once_asked)
    with RawHttpServer(script, tls=server_side(file) if is_encrypted else None) as server:
        cutter.start()
        with session_of(connections) as session, pytest.raises(requests.RequestException):
            assert session.get(server.url, timeout=WAIT_S).content
        assert server.wait_for_end_of_connection()
    cutter.join(WAIT_S)


def test_what_is_begun_after_the_cut_ends_as_well() -> None:
    connections = Connections()
    connections.cut()
    with RawHttpServer(silent_after(b"")) as server, session_of(connections) as session:
        with pytest.raises(requests.RequestException):
            session.get(server.url, timeout=WAIT_S)
        assert connections.is_connected


def test_a_root_of_the_system_is_trusted_besides_the_library_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate_file(tmp_path)
    with RawHttpServer(reply(200, b"{}"), tls=server_side(file)) as server:
        with session_of(Connections()) as session, pytest.raises(requests.exceptions.SSLError):
            session.get(server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        with session_of(Connections()) as session:
            assert session.get(server.url).status_code == 200
