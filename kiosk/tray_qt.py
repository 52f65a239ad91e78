"""The icon beside the clock on Linux, drawn by the window's own toolkit.

Knows nothing of what its entries do (kiosk/tray_desk.py). Imported only where the toolkit is.
"""

from __future__ import annotations

import importlib
from typing import Any

from kiosk.tray import MARK, SIDE, TEAL, WHITE, TrayActions, TrayTexts


class QtTray:
    """See kiosk.tray.Tray. Made in the toolkit's thread."""

    def __init__(self, texts: TrayTexts, actions: TrayActions) -> None:
        self._actions = actions
        core, gui, widgets = (importlib.import_module(f"qtpy.{name}") for name in ("QtCore", "QtGui", "QtWidgets"))
        self._relay = _relay(core)
        self._relay.said.connect(self._say)
        self._relay.ended.connect(self._hide)
        self._menu = widgets.QMenu()
        self._open = self._menu.addAction(texts.open, actions.open)
        self._state = self._menu.addAction("")
        self._state.setEnabled(False)
        self._at_login = self._menu.addAction(texts.start_at_login, actions.toggle_at_login)
        self._at_login.setCheckable(True)
        self._at_login.setVisible(actions.is_at_login is not None)
        self._quit = self._menu.addAction(texts.quit, actions.quit)
        self._menu.aboutToShow.connect(self._on_look)
        self._icon = widgets.QSystemTrayIcon(_picture(core, gui))
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(lambda reason: self._on_click(reason == widgets.QSystemTrayIcon.Trigger))
        self._say(texts, "")
        self._icon.show()
        # A question that is answered while the window is hidden must not end the program.
        widgets.QApplication.instance().setQuitOnLastWindowClosed(False)

    def show(self, texts: TrayTexts, state: str) -> None:
        """See Tray."""
        self._relay.said.emit(texts, state)

    def close(self) -> None:
        """See Tray."""
        self._relay.ended.emit()

    def _say(self, texts: TrayTexts, state: str) -> None:
        self._icon.setToolTip(f"{texts.title}\n{state}" if state else texts.title)
        self._open.setText(texts.open)
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self._at_login.setText(texts.start_at_login)
        self._quit.setText(texts.quit)

    def _hide(self) -> None:
        self._icon.hide()

    def _on_look(self) -> None:
        if self._actions.is_at_login is not None:
            self._at_login.setChecked(self._actions.is_at_login())
        self._actions.looked_at()

    def _on_click(self, is_plain: bool) -> None:
        if is_plain:
            self._actions.open()


def _relay(core: Any) -> Any:
    """Carries what other threads want over into the toolkit's."""

    class Relay(core.QObject):  # type: ignore[misc]
        said = core.Signal(object, str)
        ended = core.Signal()

    return Relay()


def _picture(core: Any, gui: Any) -> Any:
    pixmap = gui.QPixmap(SIDE, SIDE)
    pixmap.fill(core.Qt.transparent)
    painter = gui.QPainter(pixmap)
    painter.setRenderHint(gui.QPainter.Antialiasing)
    painter.setPen(core.Qt.NoPen)
    painter.setBrush(gui.QColor(TEAL))
    painter.drawRoundedRect(0, 0, SIDE, SIDE, 14, 14)
    for (left, top), (right, bottom) in MARK:
        painter.fillRect(left, top, right - left, bottom - top, gui.QColor(WHITE))
    painter.end()
    return gui.QIcon(pixmap)
