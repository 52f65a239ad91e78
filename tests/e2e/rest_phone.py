"""A phone as far as HTTP goes: one connection for each request, status and JSON back, a mark that it remembers.

Knows nothing of what phones do with records; the real ones are in tests/phone.
"""

from __future__ import annotations

import base64
import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.server import NURSE, StaffAccount

DEADLINE_S = 60


class RestPhone:
    """Signs in as ``account`` each time, as all generations of the app do (PROTOCOL §2)."""

    def __init__(self, url: str, account: StaffAccount = NURSE) -> None:
        self._address = urlsplit(url)
        secret = base64.b64encode(":".join(account.credentials).encode()).decode()
        self.headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
        self.mark = 0

    def pull(self) -> dict[str, Any]:
        """What changed since its mark, by table; the mark moves on. Must succeed."""
        status, answer = self.ask("GET", f"/api/v2/sync?last_pulled_at={self.mark}&schema_version=9")
        assert status == 200, (status, answer)
        self.mark = answer["timestamp"]
        changes: dict[str, Any] = answer["changes"]
        return changes

    def pulled_ids(self, table: str = "patients") -> set[str]:
        """Ids of the rows of a table that one more pull brings."""
        changes = self.pull().get(table, {"created": [], "updated": []})
        return {row["id"] for row in [*changes["created"], *changes["updated"]]}

    def push_patients(self, *ids: str) -> None:
        """New patients; acknowledged when this returns."""
        now_ms = int(time.time() * 1000)  # a phone that wrote them long ago makes the computer's clock look wrong
        rows = [
            {"id": row_id, "created_at": now_ms, "updated_at": now_ms, "given_name": f"Given {row_id}"}
            for row_id in ids
        ]
        body = {"patients": {"created": rows, "updated": [], "deleted": []}}
        status, answer = self.ask("POST", f"/api/v2/sync?last_pulled_at={self.mark}", body)
        assert status == 200, (status, answer)

    def status(self) -> int:
        """The HTTP status of one pull."""
        return self.ask("GET", f"/api/v2/sync?last_pulled_at={self.mark}&schema_version=9")[0]

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One request. Raises OSError when nobody answers."""
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=DEADLINE_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self.headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
