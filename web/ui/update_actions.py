"""The page about updates and the actions on it.

Knows nothing of how a program is exchanged: all that goes through KioskPort.
"""

from __future__ import annotations

from bottle import HTTPResponse, request

from db.errors import InvalidInput
from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import UPDATE_PAGE, done
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus
from web.ui.problems import wrong_input
from web.ui.update_page import install_question, update_page


class UpdateActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._words_for = words_for
        self._live = LivePages(port, pages, words_for)

    def get_update(self) -> HTTPResponse:
        """Which version this is, and which there could be."""
        return self._live.page(UPDATE_PAGE, "update.title", self._part)

    def get_update_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._part)

    def post_look(self) -> HTTPResponse:
        """Look for files (field ``folder``; empty: only on drives that are plugged in)."""
        folder = read_form(request.environ).get("folder", "").strip()
        try:
            return done(lambda: self._port.updates.look(folder), UPDATE_PAGE)
        except InvalidInput:
            words = self._words_for(self._port.status())
            return wrong_input(self._pages, words, words.text("update.folder.wrong"))

    def get_install(self) -> HTTPResponse:
        """What will happen (``?file=``): asked before it does."""
        found = self._port.updates.found(request.query.getunicode("file") or "")
        return self._live.still("question", UPDATE_PAGE, lambda _, words: install_question(found, words))

    def post_install(self) -> HTTPResponse:
        """Begin (field ``file``)."""
        file = read_form(request.environ).get("file", "")
        return done(lambda: self._port.updates.install(file), UPDATE_PAGE)

    def post_asking(self) -> HTTPResponse:
        """Allow to ask on the internet, or not (field ``may_ask``: "yes" or "no")."""
        wish = read_form(request.environ).get("may_ask", "")
        if wish not in ("yes", "no"):
            raise InvalidInput(path="may_ask")
        return done(lambda: self._port.updates.choose_asking(wish == "yes"), UPDATE_PAGE)

    def post_ask(self) -> HTTPResponse:
        """Ask now."""
        return done(self._port.updates.ask_now, UPDATE_PAGE)

    def _part(self, status: KioskStatus, words: Translator) -> str:
        view = update_page(self._port.updates.view(), status.now_ms, words)
        return self._pages.render("update_status", words, view=view, back=UPDATE_PAGE)
