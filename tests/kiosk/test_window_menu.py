"""The menu as the toolkit gets it. On a real display: tests/e2e/test_window_menu.py."""

from __future__ import annotations

import pytest

from kiosk.menu import MenuAction, menu_of
from kiosk.window_menu import retitle, toolkit_menu
from web.i18n import load_catalogue

pytest.importorskip("webview")


def test_every_entry_does_its_own_action() -> None:
    done: list[MenuAction] = []
    groups = menu_of(load_catalogue().translator("es"))
    menus = toolkit_menu(groups, done.append)
    assert [menu.title for menu in menus] == [group.title for group in groups]
    for menu in menus:
        for item in menu.items:
            item.function()
    assert done == [entry.action for group in groups for entry in group.entries]


class Line:
    """An action of Qt: a word, and for one in a menu bar the menu it opens."""

    def __init__(self, lines: int = 0) -> None:
        self.text = ""
        self.lines = [Line() for _ in range(lines)]

    def setText(self, text: str) -> None:  # Qt's name
        self.text = text

    def actions(self) -> list[Line]:
        return self.lines

    def menu(self) -> Line:
        return self


def test_a_menu_changes_its_words() -> None:
    groups = menu_of(load_catalogue().translator("ar"))
    bar = Line()
    bar.lines = [Line(len(group.entries)) for group in groups]
    retitle(bar, groups)
    assert [line.text for line in bar.lines] == [group.title for group in groups]
    assert [line.text for line in bar.lines[-1].lines] == [entry.label for entry in groups[-1].entries]
