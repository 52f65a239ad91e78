"""The exchanges recorded with the real cloud (captures/), and how an answer is compared with a recorded one.

Knows nothing of the double. What only the server decides (its times, its tokens) is named before it is compared, so
that two answers are equal when they say the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "captures"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECOND_MS = 1000


@dataclass(frozen=True)
class Recording:
    """One exchange. ``body`` is what was answered: decoded JSON, or text."""

    name: str
    method: str
    target: str
    headers: Mapping[str, str]
    sent: bytes | None
    status: int
    answer_headers: Mapping[str, str]
    body: Any
    date_ms: int

    @property
    def sent_json(self) -> Any:
        return json.loads(self.sent or b"null")

    @property
    def earliest_ms(self) -> int:
        """When the server may have seen it: its own words where it told them, else what the request gives away."""
        if isinstance(self.body, dict) and "timestamp" in self.body:
            return int(self.body["timestamp"])
        times = [int(text) for text in re.findall(r"last_pulled_at=(\d+)", self.target)]
        times += [int(text) for text in re.findall(rb'"updated_at": (\d+)', self.sent or b"")]
        return max([self.date_ms, *(time + 1 for time in times if time < self.date_ms + SECOND_MS)])


@cache
def recording(name: str) -> Recording:
    """By its file's name."""
    whole = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    asked, answered = whole["request"], whole["response"]
    sent = asked.get("raw_body")
    if sent is None and asked.get("body") is not None:
        sent = json.dumps(asked["body"])
    return Recording(
        name=name,
        method=asked["method"],
        target=asked["path"],
        headers=asked["headers"],
        sent=None if sent is None else sent.encode(),
        status=answered["status"],
        answer_headers=answered["headers"],
        body=answered["body"] if answered.get("body") is not None else answered.get("raw_body"),
        date_ms=int(parsedate_to_datetime(answered["headers"]["date"]).timestamp()) * SECOND_MS,
    )


def names() -> frozenset[str]:
    """All that were recorded."""
    return frozenset(path.stem for path in FOLDER.glob("*.json"))


def rows_of(pulled: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row of a recorded pull with the name of its table on the server."""
    renamed = {"registration_forms": "patient_registration_forms", "undefined": "devices"}
    for key, changes in pulled["changes"].items():
        for row in (*changes["created"], *changes["updated"]):
            yield renamed.get(key, key), row


def comparable(body: Any) -> Any:
    """The same for two answers that say the same: order of keys counts, order of rows does not."""
    if not isinstance(body, dict):
        return body
    if "changes" not in body:
        return list(_without_tokens(body).items())
    changes = [
        (table, [(part, sorted(map(_comparable_row, rows), key=str)) for part, rows in parts.items()])
        for table, parts in body["changes"].items()
    ]
    return [*(name for name in body), ("timestamp", body["timestamp"]), *changes]


def _comparable_row(row: Any) -> Any:
    """Times that the server set are told apart only by which of them are the same."""
    if not isinstance(row, dict):
        return row
    moved = row.get("last_modified")
    shown = {}
    for name, value in row.items():
        if name in ("last_modified", "server_created_at"):
            shown[name] = "when it was changed" if value == moved else "before it was changed"
        elif name in ("created_at", "updated_at") and value == moved:
            shown[name] = "when it was changed"
        else:
            shown[name] = value
    return list(shown.items())


def _without_tokens(body: Mapping[str, Any]) -> dict[str, Any]:
    tokenless = {name: value for name, value in body.items() if name != "token"}
    return {**tokenless, "token": "a token"} if UUID.fullmatch(str(body.get("token"))) else tokenless
