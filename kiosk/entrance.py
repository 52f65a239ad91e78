"""The loopback listener of the kiosk's pages: one address, one token and one session from the start of a process on,
whatever is shown there: first the question for the passphrase, where there is one, then the pages.

Knows nothing of pages.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from web.server import HttpServer, Listen
from web.ui.sessions import UiSessions
from web.watchdog import Watchdog

LOOPBACK = "127.0.0.1"
WORKERS = 6
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Entrance:
    """``show`` comes before ``start``; what is shown may change while it listens."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)  # opens the pages; never in a log
        self.sessions = UiSessions(self.token)
        self._app: WsgiApp | None = None
        self._server: HttpServer | None = None
        self._port = 0

    def show(self, app: WsgiApp) -> None:
        """From the next request on this is what answers."""
        self._app = app

    def start(self) -> int:
        """Listens, if it does not; returns the port, the same each time: whoever is in goes on without noticing."""
        if self._server is None:
            server = HttpServer(self._answer, Listen(LOOPBACK, self._port), Watchdog(), workers=WORKERS)
            self._port = server.start()
            self._server = server
        return self._port

    def stop(self) -> None:
        """Lets nobody in any more; returns when all have their answers. It may be started again."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._app is None:
            raise RuntimeError("nothing is shown yet")
        return self._app(environ, start_response)


def ui_url(port: int) -> str:
    """Where the pages are."""
    return f"http://{LOOPBACK}:{port}"
