"""The page "Check this computer" and the actions on it.

Knows nothing of what is checked or how it is cured: all that goes through CheckPort.
"""

from __future__ import annotations

from bottle import HTTPResponse, request

from db.errors import InvalidInput
from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import CHECK_PAGE, done, unless_taken
from web.ui.check_page import check_page
from web.ui.check_port import Cure
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus
from web.ui.qr import QrDrawer


class CheckActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._live = LivePages(port, pages, words_for, before_first_run=True)
        self._qr = QrDrawer()

    def get_check(self) -> HTTPResponse:
        """What the checks found. Whoever opens the page for the first time wants them run: they only look."""
        view = self._port.check.view()
        if view.finished_ms is None and not view.is_running:
            self._port.check.begin()
        return self._live.page(CHECK_PAGE, "check.title", self._part)

    def get_check_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._part)

    def post_run(self) -> HTTPResponse:
        """Run all checks anew."""
        return done(self._port.check.begin, CHECK_PAGE)

    def post_cure(self) -> HTTPResponse:
        """Do what a check offers (fields ``cure`` and, for some, ``value``), then check again."""
        form = read_form(request.environ)
        wanted = form.get("cure", "")
        if wanted not in set(Cure):
            raise InvalidInput(path="cure")
        return done(
            lambda: unless_taken(lambda: self._port.check.cure(Cure(wanted), form.get("value", ""))), CHECK_PAGE
        )

    def _part(self, status: KioskStatus, words: Translator) -> str:
        return self._pages.render("check_status", words, view=check_page(self._port.check.view(), words, self._qr))
