"""The page about the cloud and the actions on it, some of which the main page offers too.

Knows nothing of the cloud itself or the database: all that goes through KioskPort.
"""

from __future__ import annotations

from collections.abc import Callable

from bottle import HTTPResponse, request

from db.errors import CloudFailure, InvalidInput, OtherCloud
from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import CLOUD_PAGE, CONNECT_PAGE, done, no_part, to_page, unless_taken
from web.ui.cloud_form import (
    FIELDS,
    OTHER_CLOUD,
    ConnectEntry,
    Mistake,
    connect_view,
    met_trouble,
    read_entry,
    wrong_field,
)
from web.ui.cloud_page import cloud_page, disconnect_question, refill_question
from web.ui.cloud_troubles import trouble_of
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus, ServingState
from web.ui.problems import wrong_input

MOST_DIGITS = 7


class CloudActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._words_for = words_for
        self._live = LivePages(port, pages, words_for)
        self._form = LivePages(port, pages, words_for, before_first_run=True)  # connecting is a way to begin

    def get_cloud(self) -> HTTPResponse:
        """How things stand; without a connection, the form that makes one."""
        if not self._port.cloud.view().is_connected:
            return to_page(CONNECT_PAGE)
        return self._live.page(CLOUD_PAGE, "cloud.title", self._part)

    def get_cloud_part(self) -> HTTPResponse:
        """The part of that page that changes; 204 when the connection has ended: another page is due then."""
        if not self._port.cloud.view().is_connected:
            return no_part(self._words_for(self._port.status()).language)
        return self._live.part(self._part)

    def get_connect(self) -> HTTPResponse:
        """The form for address and key."""
        return self._connect_page()

    def post_connect(self) -> HTTPResponse:
        """Check the key and connect; a form with mistakes comes back without the key (fields ``url``, ``key``, and
        ``may_replace`` = "yes" where another cloud than before is meant)."""
        entry = read_entry(read_form(request.environ))
        is_first_run = self._port.status().state is ServingState.FIRST_RUN
        try:
            self._port.cloud.connect(entry.url, entry.key, may_replace=entry.may_replace)
        except OtherCloud:
            return self._connect_page(entry, OTHER_CLOUD, 409)
        except CloudFailure as failure:
            return self._connect_page(entry, met_trouble(trouble_of(failure.code)), 400)
        except InvalidInput as error:
            path = str(error.context.get("path", ""))
            if path not in FIELDS:
                raise
            return self._connect_page(entry, wrong_field(path), 400)
        if not is_first_run:
            return to_page(CLOUD_PAGE)
        unless_taken(self._port.begin_with_cloud)
        return to_page()

    def get_disconnect(self) -> HTTPResponse:
        """The question before the connection ends."""
        return self._live.still(
            "question", CLOUD_PAGE, lambda _, words: disconnect_question(self._port.cloud.view(), words)
        )

    def post_disconnect(self) -> HTTPResponse:
        """End the connection."""
        return done(self._port.cloud.disconnect)

    def get_refill(self) -> HTTPResponse:
        """The question before everything goes to the cloud again."""
        return self._live.still("question", CLOUD_PAGE, lambda _, words: refill_question(words))

    def post_refill(self) -> HTTPResponse:
        """This cloud is right: everything goes to it again."""
        return done(lambda: self._port.cloud.go_on(refill=True), CLOUD_PAGE)

    def post_go_on(self) -> HTTPResponse:
        """Somebody has asked about it: try once more."""
        return self._do(lambda: self._port.cloud.go_on(refill=False))

    def post_sync(self) -> HTTPResponse:
        """A round now."""
        return self._do(self._port.cloud.sync_now)

    def post_pause(self) -> HTTPResponse:
        """No rounds by themselves."""
        return self._do(self._port.cloud.pause)

    def post_resume(self) -> HTTPResponse:
        """Rounds by themselves again."""
        return self._do(self._port.cloud.resume)

    def post_minutes(self) -> HTTPResponse:
        """Choose the time between two rounds (field ``minutes``)."""
        return self._choose("minutes", self._port.cloud.choose_minutes)

    def post_limit(self) -> HTTPResponse:
        """Choose how much may go over the line a day (field ``megabytes``)."""
        return self._choose("megabytes", self._port.cloud.choose_daily_limit)

    def _part(self, status: KioskStatus, words: Translator) -> str:
        view = cloud_page(self._port.cloud.view(), status.now_ms, words)
        return self._pages.render("cloud_status", words, view=view, back=CLOUD_PAGE)

    def _connect_page(
        self, entry: ConnectEntry | None = None, mistake: Mistake | None = None, http_status: int = 200
    ) -> HTTPResponse:
        cloud = self._port.cloud.view()
        return self._form.still(
            "cloud_connect", CONNECT_PAGE, lambda _, words: connect_view(cloud, words, entry, mistake), http_status
        )

    def _do(self, action: Callable[[], None]) -> HTTPResponse:
        return done(action, read_form(request.environ).get("back", CLOUD_PAGE))

    def _choose(self, field: str, choose: Callable[[int], None]) -> HTTPResponse:
        typed = read_form(request.environ).get(field, "").strip()
        if not (typed.isdecimal() and len(typed) <= MOST_DIGITS):
            return self._wrong_number(field)
        try:
            return done(lambda: choose(int(typed)), CLOUD_PAGE)
        except InvalidInput:
            return self._wrong_number(field)

    def _wrong_number(self, field: str) -> HTTPResponse:
        words = self._words_for(self._port.status())
        return wrong_input(self._pages, words, words.text(f"cloud.wrong.{field}"))
