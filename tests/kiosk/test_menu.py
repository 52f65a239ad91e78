from __future__ import annotations

import pytest

from kiosk.menu import MenuAction, menu_of
from web.i18n import LANGUAGES, load_catalogue


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_is_in_the_menu_once_in_every_language(language: str) -> None:
    groups = menu_of(load_catalogue().translator(language))
    assert sorted(entry.action for group in groups for entry in group.entries) == sorted(MenuAction)
    assert all(entry.label for group in groups for entry in group.entries)
    assert len({group.title for group in groups}) == 4


def test_help_begins_with_the_report() -> None:
    group = menu_of(load_catalogue().translator("en"))[-1]
    assert (group.title, group.entries[0].label) == ("Help", "Export diagnostics…")
