"""The page "Restore" and the actions on it.

Knows nothing of how a backup takes the place of the database: all that goes through RestorePort.
"""

from __future__ import annotations

from bottle import HTTPResponse, request

from db.errors import InvalidInput
from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import RESTORE_PAGE, done
from web.ui.forms import read_form
from web.ui.guard import session_id
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus
from web.ui.problems import wrong_input
from web.ui.restore_page import restore_page
from web.ui.sessions import UiSessions

OTHER_FILE = "-"
"""What is sent for ``file`` where another file is typed."""


class RestoreActions:
    """``words_for`` finds the language of a page. A backup is a way to begin, so the page is there before the first
    run. ``sessions``: whoever may restore need not know the PIN that comes with the backup."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor, sessions: UiSessions) -> None:
        self._port = port
        self._sessions = sessions
        self._pages = pages
        self._words_for = words_for
        self._live = LivePages(port, pages, words_for, before_first_run=True)

    def get_restore(self) -> HTTPResponse:
        """How far it is. ``?file=``: chosen in the window's own dialog."""
        self._port.restoring.search()
        file = request.query.getunicode("file") or ""
        return self._live.page(RESTORE_PAGE, "restore.title", lambda status, words: self._render(status, words, file))

    def get_restore_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._render)

    def post_search(self) -> HTTPResponse:
        """Look for backups again: somebody has connected a stick."""
        return done(self._port.restoring.search, RESTORE_PAGE)

    def post_look(self) -> HTTPResponse:
        """Look at a backup (fields ``file``, or ``other`` for one that is not listed, and ``code``)."""
        form = read_form(request.environ)
        listed = form.get("file", OTHER_FILE)
        file = form.get("other", "") if listed == OTHER_FILE else listed
        try:
            return done(lambda: self._port.restoring.look(file, form.get("code", "")), RESTORE_PAGE)
        except InvalidInput:
            words = self._words_for(self._port.status())
            return wrong_input(self._pages, words, words.text("restore.wrong.file"))

    def post_begin(self) -> HTTPResponse:
        """The answer yes: the backup that was looked at takes the place of the records."""
        answer = done(self._port.restoring.begin, RESTORE_PAGE)
        self._sessions.note_pin(session_id())
        return answer

    def post_cancel(self) -> HTTPResponse:
        """The answer no."""
        return done(self._port.restoring.cancel, RESTORE_PAGE)

    def post_dismiss(self) -> HTTPResponse:
        """Somebody has read what follows from the restore."""
        return done(self._port.restoring.dismiss)

    def _render(self, status: KioskStatus, words: Translator, file: str = "") -> str:
        view = restore_page(self._port.restoring.view(), status, words, file)
        return self._pages.render("restore_status", words, view=view, other=OTHER_FILE)
