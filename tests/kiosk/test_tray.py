"""The icon by pystray, over a stand-in for that library: what is in its menu, and how its words change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.tray import PystrayTray, TrayActions, TrayTexts, tray_before_window, tray_in_qt

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="there the icon needs the window's application")


class Toolkit:
    """pystray's names, as far as they are used."""

    def __init__(self) -> None:
        self.icon: Any = None
        self.Icon = self.make_icon

    class MenuItem:
        def __init__(self, text: Any, action: Any, **options: Any) -> None:
            self.text, self.action, self.options = text, action, options

    class Menu:
        def __init__(self, *items: Any) -> None:
            self.items = items

    class Shown:
        def __init__(self, title: str, menu: Any) -> None:
            self.title, self.menu = title, menu
            self.updates, self.is_running = 0, False

        def run_detached(self) -> None:
            self.is_running = True

        def stop(self) -> None:
            self.is_running = False

        def update_menu(self) -> None:
            self.updates += 1

    def make_icon(self, name: str, image: Any, title: str, menu: Any, **options: Any) -> Any:
        self.icon = Toolkit.Shown(title, menu)
        return self.icon

    def words(self) -> list[str]:
        return [item.text(item) for item in self.icon.menu.items if item.options.get("visible", True)]


def texts(start: str = "Start at login") -> TrayTexts:
    return TrayTexts("Server", "Open", start, "Quit…", "Hidden", "Still there", lambda code: code)


def actions(done: list[str], is_at_login: Callable[[], bool] | None = lambda: True) -> TrayActions:
    def does(name: str) -> Callable[[], None]:
        return lambda: done.append(name)

    return TrayActions(does("open"), does("quit"), does("toggle"), is_at_login, does("look"))


def test_the_menu_opens_says_the_state_and_ends() -> None:
    toolkit, done = Toolkit(), list[str]()
    tray = PystrayTray(texts(), actions(done), toolkit, None)
    tray.show(texts(), "Phones can sync")
    assert toolkit.words() == ["Open", "Phones can sync", "Start at login", "Quit…"]
    opens, state, login, ends = toolkit.icon.menu.items
    for item in (opens, login, ends):
        item.action()
    assert done == ["open", "toggle", "quit"]
    assert opens.options["default"]
    assert not state.options["enabled"]
    assert login.options["checked"](login)
    assert toolkit.icon.title == "Server\nPhones can sync"


def test_words_follow_the_language_and_nothing_is_drawn_again_without_news() -> None:
    toolkit = Toolkit()
    tray = PystrayTray(texts(), actions([]), toolkit, None)
    tray.show(texts(), "")
    before = toolkit.icon.updates
    spanish = texts("Iniciar")
    tray.show(spanish, "Listo")
    tray.show(spanish, "Listo")
    assert toolkit.icon.updates == before + 1
    assert "Iniciar" in toolkit.words()
    tray.close()
    assert not toolkit.icon.is_running


def test_what_cannot_be_chosen_here_is_not_offered() -> None:
    toolkit = Toolkit()
    PystrayTray(texts(), actions([], None), toolkit, None)
    assert "Start at login" not in toolkit.words()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pystray draws it")
def test_on_linux_it_is_made_in_the_window_s_own_toolkit() -> None:
    assert tray_before_window(texts(), actions([])) is None


@pytest.mark.skipif(sys.platform == "linux", reason="there it is the window's own toolkit")
def test_elsewhere_it_is_not() -> None:
    assert tray_in_qt(texts(), actions([])) is None
