"""What the icon beside the clock does for the window: it says how things stand, and closing the window hides it there.

Knows nothing of the toolkit. Without an icon nothing here does anything, and closing the window asks as ever.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Protocol

from db.errors import NotRunning
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer
from kiosk.server_process import call
from kiosk.start_at_login import StartAtLogin
from kiosk.tray import Tray, TrayActions, TrayTexts

TOLD_NAME = "closing-hides.told"
Make = Callable[[TrayTexts, TrayActions], Tray | None]

log = logging.getLogger(__name__)


class TrayWindow(Protocol):
    """What the window does for the icon. Called in a thread that may wait."""

    def server(self) -> RunningServer | None:
        """The server whose pages are shown; None while there is none."""
        ...

    def come_to_front(self) -> None:
        """Shows the window."""
        ...

    def hide(self) -> None:
        """Takes it off the screen; it stays."""
        ...

    def tell(self, title: str, message: str) -> None:
        """Says something in a native window, until it is answered."""
        ...

    def ask_to_end(self) -> None:
        """Asks whether phones may be left alone, and ends the program if so."""
        ...


class TrayDesk:
    """Safe for many threads. ``texts``: None where there is to be no icon."""

    def __init__(
        self,
        folder: DataFolder,
        window: TrayWindow,
        texts: Callable[[], TrayTexts | None],
        at_login: StartAtLogin | None,
    ) -> None:
        self._told = folder.root / TOLD_NAME
        self._window = window
        self._texts = texts
        self._at_login = at_login
        self._tray: Tray | None = None
        self._state = ""

    @property
    def is_shown(self) -> bool:
        """Whether there is an icon."""
        return self._tray is not None

    def put_up(self, make: Make) -> None:
        """Makes the icon, in the thread that the toolkit wants it in. Nothing where there is one."""
        texts = self._texts()
        if texts is not None and self._tray is None:
            self._tray = make(texts, self._actions())

    def take_down(self) -> None:
        """Takes the icon away."""
        tray, self._tray = self._tray, None
        if tray is not None:
            tray.close()

    def refresh(self) -> None:
        """Asks the server how things stand, in the background, and says so."""
        if self.is_shown:
            _in_background(self._refresh)

    def say(self, state: str) -> None:
        """Says something else, where no server can be asked."""
        texts, tray = self._texts(), self._tray
        if texts is not None and tray is not None:
            self._state = state
            tray.show(texts, state)

    def hide_window(self) -> None:
        """Instead of closing it. The first time it is said that this is no end. In a thread that may wait."""
        texts = self._texts()
        if texts is not None and not self._told.exists():
            self._window.tell(texts.hidden_title, texts.hidden_message)
            try:
                self._told.write_bytes(b"")
            except OSError:  # said once more, then
                log.warning("not remembered that it was told", exc_info=True)
        self._window.hide()

    def _actions(self) -> TrayActions:
        return TrayActions(
            open=lambda: _in_background(self._window.come_to_front),
            quit=lambda: _in_background(self._quit),
            toggle_at_login=lambda: _in_background(self._toggle),
            is_at_login=self._at_login.is_on if self._at_login else None,
            looked_at=self.refresh,
        )

    def _quit(self) -> None:
        self._window.come_to_front()
        self._window.ask_to_end()

    def _toggle(self) -> None:
        if self._at_login is not None:
            try:
                self._at_login.choose(not self._at_login.is_on())
            except OSError:
                log.exception("the start at login is as it was")
            self.say(self._state)

    def _refresh(self) -> None:
        server, texts = self._window.server(), self._texts()
        if server is None or texts is None:
            return
        try:
            state = json.loads(call(server, "GET", "/state").body)["state"]
        except (NotRunning, ValueError, KeyError):
            return
        self.say(texts.state(str(state)))


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="tray", daemon=True).start()
