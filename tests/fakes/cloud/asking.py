"""A hub's or a phone's calls to the cloud in few words, for the tests of the double itself.

Knows nothing of the double but its address. Its records are those of the recorded push 40.
"""

from __future__ import annotations

import base64
import copy
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.cloud.recordings import recording

PATIENT = "0a000000-0000-4000-8000-000000000001"
VISIT = "0a000000-0000-4000-8000-000000000002"
EVENT = "0a000000-0000-4000-8000-000000000003"
ATTRIBUTE = "0a000000-0000-4000-8000-000000000004"
APPOINTMENT = "0a000000-0000-4000-8000-000000000005"
PRESCRIPTION = "0a000000-0000-4000-8000-000000000006"
VITAL = "0a000000-0000-4000-8000-000000000007"
PROBLEM = "0a000000-0000-4000-8000-000000000008"
ITEM = "0a000000-0000-4000-8000-000000000009"
DISPENSING = "0a000000-0000-4000-8000-000000000010"
UNKNOWN = "0e000000-0000-4000-8000-00000000000e"
MADE_MS = 1795356393933
"""created_at and updated_at of all records, unless they are told otherwise."""
SYNC = "/api/v2/sync"
DONE = {"success": True}
SERVER_ERROR = {"status": 500, "unhandled": True, "message": "HTTPError"}


def record(table: str, **values: Any) -> dict[str, Any]:
    """A full record as a hub pushes it; they belong together."""
    first, second = (
        recording(name).sent_json for name in ("40_hub_push_create_all", "40b_hub_push_dispensing_second_request")
    )
    return {**copy.deepcopy({**first, **second}[table]["created"][0]), **values}


def created(*records: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A push of new records."""
    changes: dict[str, Any] = {}
    for table, row in records:
        changes.setdefault(table, {"created": [], "updated": [], "deleted": []})["created"].append(row)
    return changes


@dataclass(frozen=True)
class Answer:
    """``body``: decoded JSON, or text."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def outcome(self) -> tuple[int, Any]:
        return self.status, self.body


class Asking:
    """Someone who calls. Each call is a connection of its own."""

    def __init__(self, url: str, authorization: str, *, is_hub: bool = True) -> None:
        self._address = urlsplit(url).netloc
        self._authorization = authorization
        self._peer = "&peerType=sync_hub" if is_hub else ""

    def ask(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
        """Header names with underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            connection.request(method, target, body, {"Authorization": self._authorization, **named})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        shown = {name.lower(): value for name, value in response.getheaders()}
        is_json = shown.get("content-type", "").startswith("application/json")
        return Answer(response.status, shown, json.loads(text) if is_json else text)

    def pull(self, since_ms: int | str = 0) -> Any:
        """The decoded answer, which must be a success."""
        answer = self.ask("GET", f"{SYNC}?lastPulledAt={since_ms}{self._peer}")
        assert answer.status == 200, answer
        return answer.body

    def changes(self, table: str, since_ms: int | str = 0) -> tuple[list[str], list[str], list[str]]:
        """The ids a pull shows under one key, each list sorted."""
        shown = self.pull(since_ms)["changes"][table]
        return (
            sorted(row["id"] for row in shown["created"]),
            sorted(row["id"] for row in shown["updated"]),
            sorted(shown["deleted"]),
        )

    def push(self, changes: Any) -> Answer:
        return self.ask("POST", f"{SYNC}?last_pulled_at=0{self._peer}", json.dumps(changes).encode())

    def create(self, table: str, **values: Any) -> tuple[int, Any]:
        """Pushes one record as created."""
        return self.push(created((table, record(table, **values)))).outcome

    def update(self, table: str, **values: Any) -> tuple[int, Any]:
        """Pushes one record as updated."""
        return self.push({table: {"updated": [record(table, **values)]}}).outcome

    def delete(self, table: str, *ids: Any) -> tuple[int, Any]:
        return self.push({table: {"deleted": list(ids)}}).outcome

    def create_all(self) -> None:
        """The recorded pushes 40 and 40b."""
        for name in ("40_hub_push_create_all", "40b_hub_push_dispensing_second_request"):
            assert self.push(recording(name).sent_json).outcome == (200, DONE)


def hub(url: str, api_key: str) -> Asking:
    return Asking(url, f"Bearer {api_key}")


def person(url: str, email: str, password: str, *, is_hub: bool = False) -> Asking:
    secret = base64.b64encode(f"{email}:{password}".encode()).decode()
    return Asking(url, f"Basic {secret}", is_hub=is_hub)
