"""A real HTTP server on loopback for the kiosk's pages, for tests of theirs."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

import requests
from bottle import Bottle
from cheroot import wsgi

from web.i18n import load_catalogue
from web.ui.app import create_ui_app
from web.ui.ports import KioskPort
from web.ui.sessions import UiSessions

TOKEN = "test-launch-token-0123456789abcdefghij"


@dataclass
class ServedUi:
    """Where the pages are, and a client that has entered through /session as a browser does."""

    url: str
    port: int
    stop: Callable[[], None]  # ends the server as if it died

    @property
    def open_url(self) -> str:
        return f"{self.url}/open#{TOKEN}"

    def stranger(self) -> requests.Session:
        """A browser that has not shown the token; it sends its own origin, as browsers do."""
        session = requests.Session()
        session.trust_env = False
        session.headers["Origin"] = self.url
        return session

    def visitor(self) -> requests.Session:
        """A browser with a session."""
        session = self.stranger()
        assert session.post(f"{self.url}/session", data={"token": TOKEN}).status_code == 204
        return session


def free_port() -> int:
    """A port for a server that is to be started on it twice."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve_ui(kiosk: KioskPort, port: int = 0, sessions: UiSessions | None = None) -> Iterator[ServedUi]:
    """Serve the pages until the block ends."""
    sessions = sessions or UiSessions(TOKEN)
    with serve_app(create_ui_app(kiosk, sessions, load_catalogue()), port) as served:
        yield served


@contextmanager
def serve_app(app: Bottle, port: int = 0) -> Iterator[ServedUi]:
    """Serve an app of the loopback listener until the block ends."""
    server = wsgi.Server(("127.0.0.1", port), app, numthreads=4, shutdown_timeout=1)
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()

    def stop() -> None:
        server.stop()
        thread.join(timeout=10)

    try:
        bound = server.bind_addr[1]
        yield ServedUi(f"http://127.0.0.1:{bound}", bound, stop)
    finally:
        stop()


def raw_request(ui: ServedUi, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, str]:
    """A request with exactly these headers, for those that ``requests`` would not send."""
    connection = http.client.HTTPConnection("127.0.0.1", ui.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
