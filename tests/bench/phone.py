"""A phone as far as HTTP goes: a kept-alive connection that pulls and pushes, and a stopwatch.

Bodies are made before the clock starts; replies are read whole, and parsed after it has stopped.
"""

from __future__ import annotations

import base64
import http.client
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

PATH = "/api/v2/sync"


@dataclass(frozen=True)
class Answer:
    """``seconds`` from the first byte out to the last byte in."""

    seconds: float
    body: bytes

    @property
    def timestamp(self) -> int:
        return int(self.body[self.body.rindex(b":") + 1 : -1])

    @property
    def records(self) -> int:
        changes = msgspec.json.decode(self.body)["changes"]
        return sum(len(rows) for table in changes.values() for rows in table.values())


class BenchPhone:
    def __init__(self, url: str, credentials: tuple[str, str]) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
        secret = base64.b64encode(":".join(credentials).encode()).decode()
        self._headers = {"Authorization": f"Basic {secret}"}
        self.recent_mark = 0

    def pull(self, since: int) -> Answer:
        answer = self._ask("GET", f"{PATH}?last_pulled_at={since}&schema_version=9", None)
        self.recent_mark = answer.timestamp
        return answer

    def push(self, since: int, changes: dict[str, Any]) -> Answer:
        return self._ask("POST", f"{PATH}?last_pulled_at={since}", msgspec.json.encode(changes))

    def drain(self, since: int) -> int:
        """Pulls without keeping the reply; returns its size."""
        self._connection.request("GET", f"{PATH}?last_pulled_at={since}&schema_version=9", headers=self._headers)
        response = self._connection.getresponse()
        size = 0
        while piece := response.read(256 * 1024):
            size += len(piece)
        return size

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """Any request with this phone's credentials: status and body of the answer."""
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        began = time.perf_counter()
        status, content = self.ask(method, path, body)
        seconds = time.perf_counter() - began
        if status != 200:
            raise AssertionError(f"{method} answered {status}")
        return Answer(seconds, content)
