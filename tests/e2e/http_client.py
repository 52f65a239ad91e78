"""Single HTTP requests to the running program, with exactly the headers that are given.

Knows nothing of phones or pages.
"""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.server import NURSE, StaffAccount

DEADLINE_S = 60


@dataclass(frozen=True)
class Reply:
    """Header names in lower case; the body as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def basic(email: str, password: str) -> dict[str, str]:
    """The header by which phones sign in."""
    return {"Authorization": "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode()}


def signed_in(account: StaffAccount = NURSE) -> dict[str, str]:
    return basic(*account.credentials)


def send(url: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
    """One request on a connection of its own. Raises OSError when nobody answers."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=DEADLINE_S)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()
