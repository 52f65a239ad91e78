"""The pages "Phones" and "Add a phone" and the actions about phones, which the main page offers too.

Knows nothing of processes, sockets or the database: all that goes through KioskPort.
"""

from __future__ import annotations

from collections.abc import Callable

from bottle import HTTPResponse, request

from db.errors import InvalidInput
from db.scope import PhoneScope
from web.i18n import Translator
from web.pages import Pages
from web.ui.add_phone_page import LEASE_MS, add_phone_view
from web.ui.answers import ADD_PHONE_PAGE, PHONES_PAGE, done
from web.ui.forms import read_form
from web.ui.live_pages import LivePages, WordsFor
from web.ui.phones_page import phones_view, revoke_view
from web.ui.ports import KioskPort, KioskStatus
from web.ui.qr import QrDrawer

MINUTE_MS = 60_000


class PhoneActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._live = LivePages(port, pages, words_for)
        self._qr = QrDrawer()

    def get_phones(self) -> HTTPResponse:
        """Every phone, and what may be done about it."""
        return self._live.page(PHONES_PAGE, "phones.title", self._phones_part)

    def get_phones_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._phones_part)

    def get_add_phone(self) -> HTTPResponse:
        """The codes. The page's script lets new phones in while the page is open."""
        return self._live.page(ADD_PHONE_PAGE, "add_phone.title", self._add_phone_part, "add_phone.mjs")

    def get_add_phone_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._add_phone_part)

    def get_revoke(self) -> HTTPResponse:
        """What happens when a phone's access ends and what it sent last (``?id=``): asked before it is done."""
        details = self._port.phones.details(request.query.getunicode("id") or "")
        return self._live.still("revoke", PHONES_PAGE, lambda status, words: revoke_view(details, status.now_ms, words))

    def post_open(self) -> HTTPResponse:
        """Let new phones in for a while (field ``minutes``; without it, until the page asks again)."""
        form = read_form(request.environ)
        typed = form.get("minutes", "")
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= 2):
            raise InvalidInput(path="minutes")
        duration_ms = int(typed) * MINUTE_MS if typed else LEASE_MS
        return done(lambda: self._port.phones.open_pairing(duration_ms), ADD_PHONE_PAGE)

    def post_close(self) -> HTTPResponse:
        """Let no more phones in without asking."""
        return done(self._port.phones.close_pairing, ADD_PHONE_PAGE)

    def post_approve(self) -> HTTPResponse:
        """Let a phone in (field ``id``)."""
        return self._about_phone(lambda form: self._port.phones.approve(form["id"]))

    def post_block(self) -> HTTPResponse:
        """Say no to a phone (field ``id``)."""
        return self._about_phone(lambda form: self._port.phones.block(form["id"]))

    def post_revoke(self) -> HTTPResponse:
        """End a phone's access (field ``id``)."""
        return self._about_phone(lambda form: self._port.phones.revoke(form["id"]))

    def post_rename(self) -> HTTPResponse:
        """Give a phone a name (fields ``id`` and ``name``)."""
        return self._about_phone(lambda form: self._port.phones.rename(form["id"], form.get("name", "")))

    def post_scope(self) -> HTTPResponse:
        """Choose what phones receive (field ``scope``)."""
        wanted = read_form(request.environ).get("scope", "")
        if wanted not in set(PhoneScope):
            raise InvalidInput(path="scope")
        return done(lambda: self._port.phones.choose_scope(PhoneScope(wanted)), PHONES_PAGE)

    def _about_phone(self, action: Callable[[dict[str, str]], None]) -> HTTPResponse:
        form = read_form(request.environ)
        if not form.get("id"):
            raise InvalidInput(path="id")
        return done(lambda: action(form), form.get("back", PHONES_PAGE))

    def _phones_part(self, status: KioskStatus, words: Translator) -> str:
        return self._pages.render("phones_status", words, view=phones_view(status, words), back=PHONES_PAGE)

    def _add_phone_part(self, status: KioskStatus, words: Translator) -> str:
        view = add_phone_view(status, words, self._qr)
        return self._pages.render("add_phone_status", words, view=view, back=ADD_PHONE_PAGE)
