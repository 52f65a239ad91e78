"""The menu as the window's toolkit wants it, and how its words change while it is there.

Knows nothing of what the entries do.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.menu import MenuAction, MenuGroup


def toolkit_menu(groups: Sequence[MenuGroup], do: Callable[[MenuAction], None]) -> list[Any]:
    """As pywebview takes it. ``do`` is called in a thread of its own."""
    toolkit = importlib.import_module("webview.menu")
    return [
        toolkit.Menu(
            group.title,
            [toolkit.MenuAction(entry.label, functools.partial(do, entry.action)) for entry in group.entries],
        )
        for group in groups
    ]


def retitle(menu_bar: Any, groups: Sequence[MenuGroup]) -> None:
    """Qt: gives a menu bar that was made from such groups the words of these. In the toolkit's thread."""
    for shown, group in zip(menu_bar.actions(), groups, strict=True):
        shown.setText(group.title)
        for line, entry in zip(shown.menu().actions(), group.entries, strict=True):
            line.setText(entry.label)
