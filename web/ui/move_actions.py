"""The page "Move to another computer" and the actions on it.

Knows nothing of how a server is moved: all that goes through MovePort.
"""

from __future__ import annotations

from bottle import HTTPResponse, request

from db.errors import InvalidInput
from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import MOVE_PAGE, done, unless_taken
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.move_page import move_page
from web.ui.ports import KioskPort, KioskStatus
from web.ui.problems import wrong_input


class MoveActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._words_for = words_for
        self._live = LivePages(port, pages, words_for)

    def get_move(self) -> HTTPResponse:
        """The three steps."""
        self._port.moving.search()
        return self._live.page(MOVE_PAGE, "move.title", self._part)

    def get_move_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._part)

    def post_leave(self) -> HTTPResponse:
        """Stop serving here, for good."""
        return done(self._port.moving.leave, MOVE_PAGE)

    def post_stay(self) -> HTTPResponse:
        """Serve here after all."""
        return done(lambda: unless_taken(self._port.start_serving), MOVE_PAGE)

    def post_back_up(self) -> HTTPResponse:
        """Make the last backup (field ``folder``)."""
        folder = read_form(request.environ).get("folder", "")
        try:
            return done(lambda: self._port.moving.back_up(folder), MOVE_PAGE)
        except InvalidInput:
            words = self._words_for(self._port.status())
            return wrong_input(self._pages, words, words.text("move.wrong.folder"))

    def _part(self, status: KioskStatus, words: Translator) -> str:
        view = move_page(self._port.moving.view(), status.now_ms, words)
        return self._pages.render("move_status", words, view=view)
