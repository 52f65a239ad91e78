"""The way into the kiosk's pages: the page that trades the launch token for a session, and the files every page needs.

Knows nothing of what the pages show.
"""

from __future__ import annotations

from collections.abc import Callable

from bottle import Bottle, HTTPError, HTTPResponse, request

from web.i18n import Catalogue
from web.pages import Pages
from web.plugins.request_id import RequestIdPlugin
from web.ui.answers import html
from web.ui.forms import read_form
from web.ui.guard import Guard, cookie_name, with_security_headers
from web.ui.lock_port import LockPort
from web.ui.problems import Problems, wished_language
from web.ui.sessions import UiSessions
from web.ui.static_files import load_static_files

Routes = tuple[tuple[str, str, Callable[..., HTTPResponse]], ...]
"""Method, path and handler."""


def guarded_app(sessions: UiSessions, catalogue: Catalogue, pages: Pages, lock: LockPort | None = None) -> Bottle:
    """An app for the loopback listener without routes, with its guard in place (DESIGN §8)."""
    app = Bottle()
    guard = Guard(sessions, lock)
    app.add_hook("before_request", guard.check_origin)
    Problems(catalogue, pages).install(app)
    app.install(RequestIdPlugin())
    app.install(guard)
    app.wsgi = with_security_headers(app.wsgi)
    return app


class Entry:
    """The way in: the page that trades the launch token for a session, and the files every page needs."""

    def __init__(self, sessions: UiSessions, pages: Pages) -> None:
        self._sessions = sessions
        self._pages = pages
        self._files = load_static_files()

    def get_open(self) -> HTTPResponse:
        """The page whose script posts the URL's fragment: a fragment is never sent, so never logged."""
        return html(self._pages.render("open", self._pages.translator(wished_language())))

    def post_session(self) -> HTTPResponse:
        """Set the session cookie for the right token, else 401."""
        session_id = self._sessions.enter(read_form(request.environ).get("token", ""))
        if session_id is None:
            raise HTTPError(401)
        answer = HTTPResponse(status=204)
        answer.set_cookie(cookie_name(), session_id, httponly=True, samesite="strict", path="/")
        return answer

    def get_static(self, name: str) -> HTTPResponse:
        """A stylesheet, script or picture."""
        if name not in self._files:
            raise HTTPError(404)
        file = self._files[name]
        return HTTPResponse(file.content, headers={"Content-Type": file.content_type})


def entry_routes(entry: Entry) -> Routes:
    """For whoever shows no session yet."""
    return (
        ("GET", "/open", entry.get_open),
        ("POST", "/session", entry.post_session),
        ("GET", "/static/<name>", entry.get_static),
    )
