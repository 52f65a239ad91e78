"""The pages "Set aside" and "Conflicts" and the actions on them.

Knows nothing of the cloud itself or the database: all that goes through KioskPort.
"""

from __future__ import annotations

from collections.abc import Callable

from bottle import HTTPResponse, request

from db.errors import InvalidInput, NotFound
from web.i18n import Translator
from web.pages import Pages
from web.ui import aside_page as aside
from web.ui import conflicts_page as conflicts
from web.ui.answers import ASIDE_PAGE, CONFLICTS_PAGE, done
from web.ui.cloud_port import AsideView
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus

LOOKED_THROUGH = 1_000
"""How many records that are set aside are looked through for the one that a question is about."""
MOST_DIGITS = 18


class TrayActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._live = LivePages(port, pages, words_for)

    def get_aside(self) -> HTTPResponse:
        """What the cloud did not keep."""
        return self._live.page(ASIDE_PAGE, "aside.title", self._aside_part)

    def get_aside_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._aside_part)

    def post_retry(self) -> HTTPResponse:
        """Try one record again (fields ``table`` and ``id``)."""
        return self._about_record(self._port.cloud.retry)

    def post_retry_all(self) -> HTTPResponse:
        """Try all of them again."""
        return done(self._port.cloud.retry, ASIDE_PAGE)

    def get_discard(self) -> HTTPResponse:
        """The question before a record is given up (``?table=…&id=…``)."""
        record = self._set_aside(request.query.getunicode("table") or "", request.query.getunicode("id") or "")
        return self._live.still("question", ASIDE_PAGE, lambda _, words: aside.discard_question(record, words))

    def post_discard(self) -> HTTPResponse:
        """Give a record up (fields ``table`` and ``id``)."""
        return self._about_record(self._port.cloud.discard)

    def get_conflicts(self) -> HTTPResponse:
        """Edits that lost."""
        return self._live.page(CONFLICTS_PAGE, "conflicts.title", self._conflicts_part)

    def get_conflicts_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._conflicts_part)

    def post_restore(self) -> HTTPResponse:
        """Make what lost current again (fields ``table``, ``id`` and ``version``)."""
        form = read_form(request.environ)
        table, record_id = _record_of(form)
        version = _version_of(form)
        return done(lambda: self._port.cloud.restore(table, record_id, version), CONFLICTS_PAGE)

    def post_settle(self) -> HTTPResponse:
        """Leave it as it is (field ``version``)."""
        version = _version_of(read_form(request.environ))
        return done(lambda: self._port.cloud.settle(version), CONFLICTS_PAGE)

    def _aside_part(self, status: KioskStatus, words: Translator) -> str:
        records = self._port.cloud.list_aside(aside.MOST_SHOWN)
        view = aside.aside_page(records, self._port.cloud.view().set_aside, status.now_ms, words)
        return self._pages.render("aside_status", words, view=view)

    def _conflicts_part(self, status: KioskStatus, words: Translator) -> str:
        found = self._port.cloud.list_conflicts(conflicts.MOST_SHOWN)
        view = conflicts.conflicts_page(found, self._port.cloud.view().conflicts, status.now_ms, words)
        return self._pages.render("conflicts_status", words, view=view)

    def _set_aside(self, table: str, record_id: str) -> AsideView:
        for record in self._port.cloud.list_aside(LOOKED_THROUGH):
            if (record.table, record.record_id) == (table, record_id):
                return record
        raise NotFound(table="?")

    def _about_record(self, action: Callable[[str, str], None]) -> HTTPResponse:
        table, record_id = _record_of(read_form(request.environ))
        return done(lambda: action(table, record_id), ASIDE_PAGE)


def _record_of(form: dict[str, str]) -> tuple[str, str]:
    for name in ("table", "id"):
        if not form.get(name):
            raise InvalidInput(path=name)
    return form["table"], form["id"]


def _version_of(form: dict[str, str]) -> int:
    typed = form.get("version", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS):
        raise InvalidInput(path="version")
    return int(typed)
