"""The way in is the same for the pages and for the page before the start."""

from __future__ import annotations

from web.i18n import load_catalogue
from web.pages import load_pages
from web.ui.entry import Entry, entry_routes
from web.ui.sessions import UiSessions


def test_three_routes_need_no_session() -> None:
    entry = Entry(UiSessions("t" * 43), load_pages(load_catalogue()))
    assert [f"{method} {path}" for method, path, _ in entry_routes(entry)] == [
        "GET /open",
        "POST /session",
        "GET /static/<name>",
    ]
