"""The kinds of answers the kiosk's pages give: whole pages, the part of one that changes, and the end of an action.

Knows nothing of what the pages show or the actions do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from bottle import HTTPResponse, request

from db.errors import PortTaken
from web.ui.problems import wants_json
from web.ui.ways import ERASE_PAGE, LOCKED_PAGE, PIN_PAGE, SETTINGS_PAGE

MAIN_PAGE, PHONES_PAGE, ADD_PHONE_PAGE = "/", "/phones", "/add-phone"
CLOUD_PAGE, CONNECT_PAGE, ASIDE_PAGE, CONFLICTS_PAGE = "/cloud", "/cloud/connect", "/cloud/aside", "/conflicts"
BACKUPS_PAGE, RESTORE_PAGE, MOVE_PAGE, UPDATE_PAGE = "/backups", "/restore", "/move", "/update"
CHECK_PAGE, DIAGNOSTICS_PAGE, ABOUT_PAGE = "/check", "/diagnostics", "/about"
_PAGES = frozenset(
    {
        *(MAIN_PAGE, PHONES_PAGE, ADD_PHONE_PAGE, CLOUD_PAGE, CONNECT_PAGE, ASIDE_PAGE, CONFLICTS_PAGE),
        *(CHECK_PAGE, DIAGNOSTICS_PAGE, ABOUT_PAGE, BACKUPS_PAGE, RESTORE_PAGE, MOVE_PAGE, UPDATE_PAGE),
        *(PIN_PAGE, LOCKED_PAGE, SETTINGS_PAGE, ERASE_PAGE),
    },
)


def html(body: str, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    """A page, or a part of one."""
    return HTTPResponse(body, status, {"Content-Type": "text/html; charset=utf-8", **(headers or {})})


def json_of(content: dict[str, Any]) -> HTTPResponse:
    """An answer for scripts."""
    return HTTPResponse(msgspec.json.encode(content), headers={"Content-Type": "application/json"})


def part(body: str, language: str) -> HTTPResponse:
    """The part of a page that changes; 304 when nothing did."""
    headers = {"Content-Language": language, "ETag": etag(body)}
    if request.get_header("If-None-Match") == headers["ETag"]:
        return HTTPResponse(status=304, headers=headers)
    return html(body, headers=headers)


def no_part(language: str) -> HTTPResponse:
    """Says that another page is due."""
    return HTTPResponse(status=204, headers={"Content-Language": language})


def done(action: Callable[[], None], back: str = MAIN_PAGE) -> HTTPResponse:
    """Does it; a script hears that it went well, a browser is led back to the page ``back``."""
    action()
    return json_of({"ok": True}) if wants_json() else to_page(back)


def to_page(page: str = MAIN_PAGE) -> HTTPResponse:
    """Leads to a page of ours; to the main page instead of anywhere else."""
    return HTTPResponse(status=303, headers={"Location": page if page in _PAGES else MAIN_PAGE})


def unless_taken(action: Callable[[], None]) -> None:
    """Run ``action``. A taken port is told by the page itself, with its two cures, not by an error message."""
    with suppress(PortTaken):
        action()


def etag(body: str) -> str:
    """Names this very content."""
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
