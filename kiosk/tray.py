"""The icon beside the clock: what it shows, what can be chosen from it, and which toolkit draws it where.

Knows nothing of servers or of what the choices do. On Linux the window's own toolkit draws it, elsewhere pystray: on
Linux that either needs GTK or has no menu.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

TEAL, WHITE = "#0b6b61", "#ffffff"
SIDE = 64
MARK = (((27, 12), (37, 52)), ((12, 27), (52, 37)))
"""The cross of the program's mark: corners of its two bars."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrayTexts:
    """The words of the icon's menu, in the language in use."""

    title: str
    open: str
    start_at_login: str
    quit: str
    hidden_title: str
    hidden_message: str  # said once: closing the window does not end the program
    state: Callable[[str], str]  # the sentence of a state, by its code


@dataclass(frozen=True)
class TrayActions:
    """What the entries do. Called in the toolkit's thread, so they must return at once. ``is_at_login`` None: this
    cannot be chosen here."""

    open: Callable[[], None]
    quit: Callable[[], None]
    toggle_at_login: Callable[[], None]
    is_at_login: Callable[[], bool] | None
    looked_at: Callable[[], None]  # somebody opens the menu


class Tray(Protocol):
    """An icon that is shown. Methods may be called in any thread."""

    def show(self, texts: TrayTexts, state: str) -> None:
        """Says this from now on."""
        ...

    def close(self) -> None:
        """Takes the icon away."""
        ...


def tray_before_window(texts: TrayTexts, actions: TrayActions) -> Tray | None:
    """Windows and macOS: the icon, made before the window's loop begins; None where it cannot be."""
    if sys.platform == "linux":
        return None
    try:
        return PystrayTray(texts, actions, importlib.import_module("pystray"), picture())
    except (ImportError, AttributeError, ValueError, OSError, RuntimeError):  # the window must open all the same
        log.exception("no tray icon")
        return None


def tray_in_qt(texts: TrayTexts, actions: TrayActions) -> Tray | None:
    """Linux: the icon, made in the toolkit's thread; None where the desktop has no place for one."""
    if sys.platform != "linux":
        return None
    widgets = importlib.import_module("qtpy.QtWidgets")
    if not widgets.QSystemTrayIcon.isSystemTrayAvailable():
        return None
    from kiosk.tray_qt import QtTray

    return QtTray(texts, actions)


def picture() -> Any:
    """The mark as Pillow has it."""
    image_module, draw_module = importlib.import_module("PIL.Image"), importlib.import_module("PIL.ImageDraw")
    image = image_module.new("RGBA", (SIDE, SIDE))
    draw = draw_module.Draw(image)
    draw.rounded_rectangle(((0, 0), (SIDE - 1, SIDE - 1)), radius=14, fill=TEAL)
    for bar in MARK:
        draw.rectangle(bar, fill=WHITE)
    return image


class PystrayTray:
    """Windows and macOS, by pystray. ``toolkit``: its module."""

    def __init__(self, texts: TrayTexts, actions: TrayActions, toolkit: Any, image: Any) -> None:
        self._texts = texts
        self._actions = actions
        self._toolkit = toolkit
        self._state = ""
        options: dict[str, Any] = {}
        if sys.platform == "darwin":  # the icon lives in the window's own application
            options["darwin_nsapplication"] = importlib.import_module("AppKit").NSApplication.sharedApplication()
        self._icon = toolkit.Icon("hikma-local-server", image, texts.title, self._menu(), **options)
        self._icon.run_detached()

    def show(self, texts: TrayTexts, state: str) -> None:
        """See Tray."""
        if (texts, state) == (self._texts, self._state):
            return
        self._texts, self._state = texts, state
        self._icon.title = f"{texts.title}\n{state}" if state else texts.title
        self._icon.update_menu()

    def close(self) -> None:
        """See Tray."""
        self._icon.stop()

    def _menu(self) -> Any:
        """Its words are asked for each time it is drawn."""
        item, actions = self._toolkit.MenuItem, self._actions
        is_at_login = actions.is_at_login
        return self._toolkit.Menu(
            item(lambda _: self._texts.open, lambda: actions.open(), default=True),
            item(lambda _: self._state or self._texts.title, None, enabled=False),
            item(
                lambda _: self._texts.start_at_login,
                lambda: actions.toggle_at_login(),
                checked=lambda _: is_at_login is not None and is_at_login(),
                visible=is_at_login is not None,
            ),
            item(lambda _: self._texts.quit, lambda: actions.quit()),
        )
