"""Who may talk to the kiosk's pages, and the headers every answer carries (DESIGN §8).

Knows nothing of what the pages show. Runs before routing, so that no address escapes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

from bottle import HTTPError, request

from web.ui.sessions import UiSessions

SESSION, NOBODY = "session", "none"
_AUTH_RULES = frozenset({SESSION, NOBODY})

SECURITY_HEADERS = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not "no-referrer": with it browsers send "Origin: null" with a form, and the Origin check needs the
        # true one. Nothing outside this origin is ever sent a referrer either way.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)

StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def with_security_headers(app: WsgiApp) -> WsgiApp:
    """``app``, with the headers on whatever it answers, its own failures included."""

    def guarded(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [(name, value) for name, value in headers if name.title() not in SECURITY_HEADERS]
            return start_response(status, [*kept, *SECURITY_HEADERS.items()], exc_info)

        return app(environ, start)

    return guarded


class Guard:
    """A Bottle plugin: each route says ``auth="session"`` or ``auth="none"``, and this enforces it."""

    name = "ui_guard"
    api = 2

    def __init__(self, sessions: UiSessions) -> None:
        self._sessions = sessions

    def check_origin(self) -> None:
        """Refuse what did not come from a page of ours on this computer. Raises HTTPError 403."""
        environ = request.environ
        host = environ.get("HTTP_HOST", "")
        port = environ.get("SERVER_PORT", "")
        if not _is_loopback(environ.get("REMOTE_ADDR", "")):
            raise HTTPError(403)
        # A foreign name that was made to resolve to 127.0.0.1 still shows in the Host header.
        if host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            raise HTTPError(403)
        if request.method not in ("GET", "HEAD") and environ.get("HTTP_ORIGIN") != f"http://{host}":
            raise HTTPError(403)

    def apply(self, callback: Callable[..., Any], route: Any) -> Callable[..., Any]:
        """Wrap a route by its rule. Raises ValueError for a route without one."""
        rule = route.config.get("auth")
        if rule not in _AUTH_RULES:
            raise ValueError(f"{route.rule} does not say who may use it")
        if rule == NOBODY:
            return callback

        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not self.is_signed_in():
                raise HTTPError(401)
            return callback(*args, **kwargs)

        return guarded

    def is_signed_in(self) -> bool:
        """Whether the request carries a session cookie, or (the program's own window) the launch token."""
        session_id = request.get_cookie(cookie_name())
        if session_id and self._sessions.knows(session_id):
            return True
        scheme, _, token = request.get_header("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._sessions.is_token(token)


def cookie_name() -> str:
    """One name per port: browsers do not keep the cookies of two ports of one computer apart."""
    return f"hikma_ui_{request.environ.get('SERVER_PORT', '')}"


def _is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith(("127.", "::ffff:127."))
