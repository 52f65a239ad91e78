"""The way to the page that asks for the PIN and back to where somebody was going.

Knows nothing of the PIN. Only an address of our own pages is ever led to.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from bottle import BaseRequest

PIN_PAGE, LOCKED_PAGE, SETTINGS_PAGE, ERASE_PAGE = "/pin", "/locked", "/settings", "/erase"
_OWN_ADDRESS = re.compile(r"/(?!/)[A-Za-z0-9/_-]{0,200}(\?[A-Za-z0-9=&%._~+-]{0,1000})?")


def own_address(wished: str) -> str:
    """The address if it can be one of our pages, else the main page's."""
    return wished if _OWN_ADDRESS.fullmatch(wished) else "/"


def pin_page(asked: BaseRequest) -> str:
    """The page that asks for the PIN, and leads on to the page that was asked for; after an action, to the page from
    which it was asked for."""
    address = asked.fullpath if asked.method == "GET" else urlsplit(asked.get_header("Referer", "")).path
    if asked.method == "GET" and asked.query_string:
        address = f"{address}?{asked.query_string}"
    return f"{PIN_PAGE}?to={quote(own_address(address), safe='')}"
