"""The lock page, the page that asks for the PIN, and what happens on them.

Knows nothing of how the PIN is kept: all that goes through KioskPort.
"""

from __future__ import annotations

from collections.abc import Callable

from bottle import HTTPResponse, request

from db.errors import HubError, RecoveryCodeMistyped, TooManyTries, WrongPin, WrongRecoveryCode
from web.pages import Pages
from web.ui.answers import done, json_of, to_page
from web.ui.forms import read_form
from web.ui.guard import session_id
from web.ui.live_pages import LivePages, WordsFor
from web.ui.lock_page import pin_view
from web.ui.ports import KioskPort
from web.ui.sessions import UiSessions
from web.ui.ways import LOCKED_PAGE, own_address

_REFUSALS = (WrongPin, TooManyTries, RecoveryCodeMistyped, WrongRecoveryCode)


class LockActions:
    """``words_for`` finds the language of a page; ``sessions`` remember where the PIN was typed."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor, sessions: UiSessions) -> None:
        self._port = port
        self._sessions = sessions
        self._live = LivePages(port, pages, words_for, before_first_run=True)

    def get_locked(self) -> HTTPResponse:
        """The one page of a locked window."""
        return self._locked() if self._port.lock.view().is_locked else to_page()

    def post_unlock(self) -> HTTPResponse:
        """Unlock the window (field ``pin``)."""
        pin = read_form(request.environ).get("pin", "")
        return self._tried(lambda: self._port.lock.unlock(pin), "/", is_lock=True)

    def post_lock(self) -> HTTPResponse:
        """Lock the window."""
        self._port.lock.lock()
        self._sessions.forget_pins()
        return done(lambda: None, LOCKED_PAGE)

    def get_pin(self) -> HTTPResponse:
        """Asks for the PIN, unless it is known already (query ``to``: the page that it leads to)."""
        to = own_address(request.query.get("to", "/"))
        is_asked = self._port.lock.view().has_pin and not self._sessions.has_pin(session_id())
        return self._asked(to) if is_asked else _leads_to(to)

    def post_pin(self) -> HTTPResponse:
        """The PIN (fields ``pin``, ``to``)."""
        form = read_form(request.environ)
        pin, to = form.get("pin", ""), own_address(form.get("to", "/"))
        return self._tried(lambda: self._port.lock.check_pin(pin), to)

    def post_forgotten(self) -> HTTPResponse:
        """The recovery code instead of the PIN (fields ``code``, ``to``): there is no PIN then."""
        form = read_form(request.environ)
        code, to = form.get("code", ""), own_address(form.get("to", "/"))
        is_lock = self._port.lock.view().is_locked
        return self._tried(lambda: self._port.lock.forget_pin(code), to, is_lock=is_lock, is_code=True)

    def get_lock_state(self) -> HTTPResponse:
        """For the script that every page has."""
        lock = self._port.lock.view()
        return json_of({"has_pin": lock.has_pin, "is_locked": lock.is_locked})

    def post_seen(self) -> HTTPResponse:
        """A person moved the mouse or pressed a key: every action counts as that (web/ui/guard.py)."""
        return self.get_lock_state()

    def _tried(
        self, look: Callable[[], None], to: str, *, is_lock: bool = False, is_code: bool = False
    ) -> HTTPResponse:
        try:
            look()
        except _REFUSALS as refusal:
            return self._locked(refusal, is_code) if is_lock else self._asked(to, refusal, is_code)
        self._sessions.note_pin(session_id())
        return _leads_to(to)

    def _locked(self, wrong: HubError | None = None, is_code: bool = False) -> HTTPResponse:
        return self._live.still(
            "locked",
            LOCKED_PAGE,
            lambda status, words: pin_view(status, words, wrong=wrong, is_code=is_code),
            403 if wrong else 200,
        )

    def _asked(self, to: str, wrong: HubError | None = None, is_code: bool = False) -> HTTPResponse:
        return self._live.still(
            "pin",
            "/",
            lambda status, words: pin_view(status, words, to=to, wrong=wrong, is_code=is_code),
            403 if wrong else 200,
        )


def _leads_to(page: str) -> HTTPResponse:
    return HTTPResponse(status=303, headers={"Location": page})
