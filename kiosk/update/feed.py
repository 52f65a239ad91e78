"""Asks on the internet which version is the newest. Only asks: nothing is ever fetched but that number.

Knows nothing of whether it may ask (kiosk/update/desk.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from db.update_errors import UpdateFeedFailed
from kiosk.update.versions import parse

FEED = "https://updates.hikmahealth.org/local-server.json"
FEED_VARIABLE = "HIKMA_UPDATE_FEED"
"""For organisations that publish their own; https too."""
ANSWER_LIMIT_S = 20.0
LONGEST_ANSWER = 64 * 1024


class _Feed(msgspec.Struct):
    version: str


def feed_address(environ: Mapping[str, str] = os.environ) -> str:
    """Where to ask."""
    return environ.get(FEED_VARIABLE) or FEED


def newest_version(address: str, certificates: str | bool = True) -> str:
    """The newest version. ``certificates``: a file of those to trust instead of the usual ones. Raises
    UpdateFeedFailed."""
    import requests  # late: most computers never ask

    if urlsplit(address).scheme != "https":
        raise UpdateFeedFailed
    try:
        with requests.get(
            address, timeout=ANSWER_LIMIT_S, verify=certificates, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise UpdateFeedFailed
            content = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
        if len(content) > LONGEST_ANSWER:
            raise UpdateFeedFailed
        version = msgspec.json.decode(content, type=_Feed).version
        parse(version)
    except (OSError, requests.RequestException, msgspec.MsgspecError, ValueError, _urllib3_errors()):
        raise UpdateFeedFailed from None
    return version


def _urllib3_errors() -> type[Exception]:
    from urllib3.exceptions import HTTPError  # of the raw stream, which requests does not translate

    return HTTPError
