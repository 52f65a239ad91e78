"""The page before the start: it asks for the passphrase, before there is a database. A Bottle app of its own.

Knows nothing of keys: all that goes through StartPort.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bottle import Bottle, HTTPResponse, request

from db.errors import HubError, RecoveryCodeMistyped, TooManyTries, WrongPassphrase, WrongRecoveryCode
from web.i18n import Catalogue, Translator
from web.pages import Pages, load_pages
from web.ui.answers import html, json_of, to_page
from web.ui.entry import Entry, entry_routes, guarded_app
from web.ui.forms import read_form
from web.ui.guard import NOBODY, SESSION
from web.ui.lock_page import sentence_of
from web.ui.problems import wished_language
from web.ui.sessions import UiSessions
from web.ui.start_port import StartPort

_REFUSALS = (WrongPassphrase, TooManyTries, RecoveryCodeMistyped, WrongRecoveryCode)


@dataclass(frozen=True)
class StartView:
    """``wrong``: what is wrong with the passphrase; ``code_wrong``: with the recovery code."""

    wrong: str = ""
    code_wrong: str = ""


def create_start_app(port: StartPort, sessions: UiSessions, catalogue: Catalogue) -> Bottle:
    """The app for the loopback listener while the database is closed."""
    pages = load_pages(catalogue)
    app = guarded_app(sessions, catalogue, pages)
    start = _Start(port, pages)
    routes = (
        ("GET", "/", start.get_page),
        ("GET", "/state", start.get_state),
        ("POST", "/passphrase", start.post_passphrase),
        ("POST", "/recovery", start.post_recovery),
        ("POST", "/language", start.post_language),
        ("POST", "/quit", start.post_quit),
        ("GET", "/<path:path>", start.get_other),  # the window's menu knows the pages that will be there
    )
    for auth, table in ((NOBODY, entry_routes(Entry(sessions, pages))), (SESSION, routes)):
        for method, path, handler in table:
            app.route(path, method, handler, auth=auth)
    return app


class _Start:
    def __init__(self, port: StartPort, pages: Pages) -> None:
        self._port = port
        self._pages = pages

    def get_page(self) -> HTTPResponse:
        """The question, or that the records are being opened."""
        return self._page(StartView())

    def get_state(self) -> HTTPResponse:
        """In brief, for the program's own window, menus and tray."""
        return json_of({"state": "starting", "language": self._words().language})

    def get_other(self, path: str) -> HTTPResponse:
        """There is one page now."""
        return to_page()

    def post_passphrase(self) -> HTTPResponse:
        """Field ``passphrase``."""
        typed = read_form(request.environ).get("passphrase", "")
        return self._tried(lambda: self._port.try_passphrase(typed), lambda sentence: StartView(wrong=sentence))

    def post_recovery(self) -> HTTPResponse:
        """Field ``code``."""
        typed = read_form(request.environ).get("code", "")
        return self._tried(lambda: self._port.try_recovery_code(typed), lambda sentence: StartView(code_wrong=sentence))

    def post_language(self) -> HTTPResponse:
        """Field ``language``."""
        self._port.choose_language(read_form(request.environ).get("language", ""))
        return to_page()

    def post_quit(self) -> HTTPResponse:
        """End the server process."""
        self._port.quit_server()
        return HTTPResponse(status=204)

    def _tried(self, look: Callable[[], None], refused: Callable[[str], StartView]) -> HTTPResponse:
        try:
            if not self._port.is_opening:  # a second click on a slow computer
                look()
        except _REFUSALS as refusal:
            return self._page(refused(self._sentence(refusal)), 403)
        return to_page()

    def _sentence(self, refusal: HubError) -> str:
        return sentence_of(refusal, self._words())

    def _page(self, view: StartView, status: int = 200) -> HTTPResponse:
        template = "opening" if self._port.is_opening else "passphrase"
        return html(self._pages.render(template, self._words(), view=view), status)

    def _words(self) -> Translator:
        return self._pages.translator(self._port.language or wished_language())
