"""Who may talk to the kiosk's pages, and the headers every answer carries (DESIGN §8).

Knows nothing of what the pages show. Runs before routing, so that no address escapes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from bottle import HTTPError, HTTPResponse, request

from db.errors import HubError, PinNeeded, WindowLocked
from web.ui.lock_port import LockPort
from web.ui.problems import wants_json
from web.ui.sessions import UiSessions
from web.ui.ways import LOCKED_PAGE, pin_page

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
    """A Bottle plugin: each route says ``auth="session"`` or ``auth="none"``, and this enforces it; and with ``lock``
    what it says of the PIN (``asks_for_pin``, ``while_locked``)."""

    name = "ui_guard"
    api = 2

    def __init__(self, sessions: UiSessions, lock: LockPort | None = None) -> None:
        self._sessions = sessions
        self._lock = lock

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
            held = self._held_back(route.config)
            return callback(*args, **kwargs) if held is None else held

        return guarded

    def _held_back(self, rules: Mapping[str, Any]) -> HTTPResponse | None:
        """Where a browser is led instead; None: nowhere. Raises WindowLocked, PinNeeded for scripts."""
        if self._lock is None:
            return None
        lock = self._lock.view()
        if lock.is_locked:
            return None if rules.get("while_locked") else _led_to(LOCKED_PAGE, WindowLocked)
        if lock.has_pin and _is_by_a_person():
            self._lock.note_person()
        if lock.has_pin and rules.get("asks_for_pin") and not self._sessions.has_pin(session_id()):
            return _led_to(pin_page(request), PinNeeded)
        return None

    def is_signed_in(self) -> bool:
        """Whether the request carries a session cookie, or (the program's own window) the launch token."""
        shown = session_id()
        if shown and self._sessions.knows(shown):
            return True
        scheme, _, token = request.get_header("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._sessions.is_token(token)


def cookie_name() -> str:
    """One name per port: browsers do not keep the cookies of two ports of one computer apart."""
    return f"hikma_ui_{request.environ.get('SERVER_PORT', '')}"


def session_id() -> str:
    """What the request shows; empty where it is the program's own window that asks."""
    return request.get_cookie(cookie_name()) or ""


def _is_by_a_person() -> bool:
    """Whether somebody pressed a button or opened a page, as against a page that keeps itself up to date."""
    return request.method == "POST" or "text/html" in request.get_header("Accept", "")


def _led_to(page: str, refusal: type[HubError]) -> HTTPResponse:
    if request.method == "GET" and request.path.endswith("/status"):
        return HTTPResponse(status=204)  # the page loads itself anew, and is led there then
    if wants_json():
        raise refusal
    return HTTPResponse(status=303, headers={"Location": page})


def _is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith(("127.", "::ffff:127."))
