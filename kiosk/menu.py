"""The window's own menu: its titles and entries, in the language in use.

Knows nothing of what an entry does (kiosk/menu_desk.py) or of the toolkit that draws it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from web.i18n import Translator


class MenuAction(StrEnum):
    """What can be chosen; each has a text in the catalogue."""

    START = "start"
    STOP = "stop"
    ADD_PHONE = "add_phone"
    PHONES = "phones"
    BACK_UP = "back_up"
    RESTORE = "restore"
    RESTORE_FILE = "restore_file"
    MOVE = "move"
    LOCK = "lock"
    SETTINGS = "settings"
    SYNC_NOW = "sync_now"
    CONNECTION = "connection"
    EXPORT = "export"
    CHECK = "check"
    LOGS = "logs"
    UPDATE = "update"
    ABOUT = "about"


@dataclass(frozen=True)
class MenuEntry:
    """One line of a menu."""

    action: MenuAction
    label: str


@dataclass(frozen=True)
class MenuGroup:
    """One menu."""

    title: str
    entries: tuple[MenuEntry, ...]


def menu_of(words: Translator) -> tuple[MenuGroup, ...]:
    """All menus, in their order. Only what works is among them."""
    server = (MenuAction.START, MenuAction.STOP, MenuAction.ADD_PHONE, MenuAction.PHONES)
    data = (
        *(MenuAction.BACK_UP, MenuAction.RESTORE, MenuAction.RESTORE_FILE, MenuAction.MOVE),
        *(MenuAction.LOCK, MenuAction.SETTINGS),
    )
    cloud = (MenuAction.SYNC_NOW, MenuAction.CONNECTION)
    support = (MenuAction.EXPORT, MenuAction.CHECK, MenuAction.LOGS, MenuAction.UPDATE, MenuAction.ABOUT)
    titles = (words.text("menu.server"), words.text("menu.data"), words.text("menu.cloud"), words.text("help.title"))
    return tuple(
        MenuGroup(title, tuple(MenuEntry(action, words.text(f"menu.{action.value}")) for action in actions))
        for title, actions in zip(titles, (server, data, cloud, support), strict=True)
    )
