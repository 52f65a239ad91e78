"""The page of backups and the actions on it, one of which the main page offers too.

Knows nothing of how backups are made: all that goes through KioskPort.
"""

from __future__ import annotations

from bottle import HTTPResponse, request

from db.errors import InvalidInput
from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import BACKUPS_PAGE, done
from web.ui.backups_page import backups_page, code_page
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus
from web.ui.problems import wrong_input


class BackupsActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._words_for = words_for
        self._live = LivePages(port, pages, words_for)

    def get_backups(self) -> HTTPResponse:
        """How safe the records are, and which backups there are."""
        self._port.backups.look_again()
        return self._live.page(BACKUPS_PAGE, "backups.title", self._part)

    def get_backups_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._part)

    def post_make(self) -> HTTPResponse:
        """One now."""
        return done(self._port.backups.make_now, read_form(request.environ).get("back", BACKUPS_PAGE))

    def post_second(self) -> HTTPResponse:
        """Choose the second place (field ``folder``; empty: none)."""
        folder = read_form(request.environ).get("folder", "").strip()
        try:
            return done(lambda: self._port.backups.choose_second_folder(folder), BACKUPS_PAGE)
        except InvalidInput:
            return self._wrong_folder()

    def post_code(self) -> HTTPResponse:
        """The recovery code, for whoever asks at this computer. Never by GET: no history keeps the page."""
        return self._live.still("recovery_code", BACKUPS_PAGE, lambda *_: code_page(self._port.backups.recovery_code()))

    def _part(self, status: KioskStatus, words: Translator) -> str:
        backups = self._port.backups
        view = backups_page(backups.view(), backups.listed(), status.now_ms, words)
        return self._pages.render("backups_status", words, view=view, back=BACKUPS_PAGE)

    def _wrong_folder(self) -> HTTPResponse:
        words = self._words_for(self._port.status())
        return wrong_input(self._pages, words, words.text("backups.second.wrong"))
