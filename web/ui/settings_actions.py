"""The page "Lock and keys" and the actions on it.

Knows nothing of how PINs and keys are kept: all that goes through KioskPort.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bottle import HTTPResponse, request

from db.errors import HubError, InvalidInput, RecoveryCodeUnseen, TooManyTries, WrongPassphrase
from web.i18n import Translator
from web.pages import Pages
from web.ui.forms import read_form
from web.ui.guard import session_id
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus
from web.ui.sessions import UiSessions
from web.ui.settings_page import NOTHING_WRONG, SettingsPage, settings_page, wrong_field
from web.ui.ways import SETTINGS_PAGE

_REFUSALS = (InvalidInput, RecoveryCodeUnseen, TooManyTries, WrongPassphrase)


class SettingsActions:
    """``words_for`` finds the language of a page; ``sessions`` remember where the PIN was typed."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor, sessions: UiSessions) -> None:
        self._port = port
        self._sessions = sessions
        self._words_for = words_for
        self._live = LivePages(port, pages, words_for)

    def get_settings(self) -> HTTPResponse:
        """The page."""
        return self._page()

    def post_pin(self) -> HTTPResponse:
        """Set the PIN or change it (fields ``pin``, ``again``)."""
        form = read_form(request.environ)
        if form.get("pin", "") != form.get("again", ""):
            return self._page(wrong=lambda words: {"again": words.text("settings.wrong.again")})
        answer = self._done(lambda: self._port.lock.set_pin(form.get("pin", "")), "pin", "settings.said.pin_set")
        self._sessions.note_pin(session_id())
        return answer

    def post_pin_remove(self) -> HTTPResponse:
        """Do without a PIN."""
        return self._done(self._port.lock.remove_pin, "pin", "settings.said.pin_removed")

    def post_idle(self) -> HTTPResponse:
        """When the window locks itself (field ``minutes``)."""
        typed = read_form(request.environ).get("minutes", "")
        if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
            raise InvalidInput(path="minutes")
        self._port.lock.choose_idle_minutes(int(typed))
        return self._page("settings.said.idle")

    def post_passphrase(self) -> HTTPResponse:
        """Set or change the passphrase (fields ``passphrase``, ``passphrase_again``; ``present`` where one is set)."""
        form = read_form(request.environ)
        keys, new = self._port.keys, form.get("passphrase", "")
        if new != form.get("passphrase_again", ""):
            return self._page(wrong=lambda words: {"passphrase_again": words.text("settings.wrong.again")})
        if keys.has_passphrase():
            return self._done(
                lambda: keys.change_passphrase(form.get("present", ""), new),
                "passphrase",
                "settings.said.passphrase_set",
            )
        return self._done(lambda: keys.set_passphrase(new), "passphrase", "settings.said.passphrase_set")

    def post_passphrase_remove(self) -> HTTPResponse:
        """Do without a passphrase (field ``present``)."""
        present = read_form(request.environ).get("present", "")
        return self._done(
            lambda: self._port.keys.remove_passphrase(present), "present", "settings.said.passphrase_removed"
        )

    def _done(self, action: Callable[[], None], field: str, said: str) -> HTTPResponse:
        try:
            action()
        except _REFUSALS as refusal:
            return self._refused(refusal, field)
        return self._page(said)

    def _refused(self, refusal: HubError, field: str) -> HTTPResponse:
        return self._page(wrong=lambda words: wrong_field(refusal, field, words))

    def _page(self, said: str = "", wrong: Callable[[Translator], Mapping[str, str]] | None = None) -> HTTPResponse:
        def view(_: KioskStatus, words: Translator) -> SettingsPage:
            return settings_page(
                self._port.lock.view(),
                words,
                has_passphrase=self._port.keys.has_passphrase(),
                said=said,
                wrong=wrong(words) if wrong else NOTHING_WRONG,
            )

        return self._live.still("settings", SETTINGS_PAGE, view, 400 if wrong else 200)
