"""A phone of the first generation, with all its weaknesses (PROTOCOL §6).

Knows nothing of the server beyond its two requests. What such a phone can lose by itself is kept in ``unsent``:
edits that no push of its has carried yet. Some never will be carried: the mark has moved past them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.sync.clinic_server import ClinicServer, Lost
from tests.sync.phone_tables import PhoneSchema, Row, RowKey

TABLES = (
    "patients",
    "events",
    "visits",
    "clinics",
    "users",
    "event_forms",
    "registration_forms",
    "patient_additional_attributes",
    "appointments",
    "prescriptions",
)
_LISTS = ("created", "updated", "deleted")
_PATH = "/sync"
_MARK = "lastPulledAt"


@dataclass
class FirstPush:
    """A push on its way. ``carries``: of every row in it, the edits that were unsent when it was made."""

    mark: int
    body: bytes
    rows: dict[RowKey, Row]
    carries: dict[RowKey, Row]


@dataclass
class FirstGenerationPhone:
    """``hidden``: rows that a pulled deletion took from sight; the phone still has them and cannot make them again."""

    name: str
    user: str
    schema: PhoneSchema
    mark: int = 0
    rows: dict[RowKey, Row] = field(default_factory=dict)
    hidden: set[RowKey] = field(default_factory=set)
    unsent: dict[RowKey, Row] = field(default_factory=dict)

    def create(self, key: RowKey, values: Row, now_ms: int) -> None:
        """A new record."""
        row = self.schema.row(
            key[0], {"id": key[1], "created_at": now_ms, "updated_at": now_ms, **values}, "created", ""
        )
        self.rows[key] = row
        self.unsent[key] = {name: value for name, value in row.items() if name not in ("_status", "_changed")}

    def edit(self, key: RowKey, values: Row, now_ms: int) -> None:
        """Sets columns. The library notes which, as on later phones."""
        row = self.rows[key]
        changed = [*filter(None, row["_changed"].split(",")), "updated_at", *values]
        status = "created" if row["_status"] == "created" else "updated"
        self.rows[key] = {
            **row, **values, "updated_at": now_ms, "_status": status, "_changed": ",".join(dict.fromkeys(changed)),
        }  # fmt: skip
        self.unsent[key] = {**self.unsent.get(key, {}), **values}

    def pull(self, server: ClinicServer, lost: Lost | None = None) -> tuple[int, FirstPush] | None:
        """Pulls, applies, moves the mark at once and makes the push; None when the answer was lost.

        Returns how many changes came, and the push, which this app sends even when it is empty.
        """
        since = self.mark
        reply = server.get(_PATH, {_MARK: str(since)}, self.user, lost)
        assert reply.status == 200, f"{self.name} cannot pull: {reply.status} {reply.body!r}"
        if lost is not None:
            return None
        document = json.loads(reply.body)
        assert type(document["timestamp"]) is int
        assert document["timestamp"] > 0
        settled: set[RowKey] = set()
        for table, changes in document["changes"].items():
            assert table in TABLES, f"{self.name} does not know {table}"
            assert set(changes) == set(_LISTS), f"{table} has {set(changes)}"
            for name in ("created", "updated"):
                for raw in changes[name]:
                    self._replace((table, raw["id"]), raw, name, settled)
            for entry in changes["deleted"]:
                if isinstance(entry, dict):  # a bare id has no effect here
                    self._hide((table, entry["id"]))
        self.mark = document["timestamp"]
        return sum(len(changes[name]) for changes in document["changes"].values() for name in _LISTS), self._push(
            since, settled
        )

    def send(self, server: ClinicServer, push: FirstPush) -> None:
        """Lets a push reach the server; whether its answer arrives makes no difference to this app."""
        reply = server.post(_PATH, {_MARK: str(push.mark)}, self.user, push.body)
        assert reply.status == 200, f"{self.name} cannot push: {reply.status} {reply.body!r}"
        for key, edits in push.carries.items():
            left = {
                name: value
                for name, value in self.unsent.get(key, {}).items()
                if name not in edits or edits[name] != value
            }
            if left:
                self.unsent[key] = left
            else:
                self.unsent.pop(key, None)

    def _replace(self, key: RowKey, raw: Row, status: str, settled: set[RowKey]) -> None:
        mine = self.rows.get(key)
        if mine is None and status == "updated":
            return  # unknown: dropped
        assert key not in self.hidden, f"{self.name} fails for ever: {key} is hidden and cannot be made again"
        if mine is None or mine["updated_at"] <= raw.get("updated_at", 0):
            settled.add(key)
        self.rows[key] = self.schema.row(key[0], raw, status, "")  # even when mine was newer
        self.unsent.pop(key, None)

    def _hide(self, key: RowKey) -> None:
        if self.rows.pop(key, None) is not None:
            self.hidden.add(key)
            self.unsent.pop(key, None)

    def _push(self, since: int, settled: set[RowKey]) -> FirstPush:
        """Rows that are newer than the mark by this phone's clock; deleted ones every time."""
        changes: dict[str, dict[str, list[Any]]] = {}
        chosen: dict[RowKey, Row] = {}
        for key, row in self.rows.items():
            if key in settled:
                continue
            lists = [
                *(["created"] if row["created_at"] > since else []),
                *(["updated"] if row["created_at"] <= since < row["updated_at"] else []),
                *(["deleted"] if row["is_deleted"] is True else []),
            ]
            for name in lists:
                changes.setdefault(key[0], {list_name: [] for list_name in _LISTS})[name].append(row)
                chosen[key] = dict(row)
        carries = {key: dict(self.unsent[key]) for key in chosen if key in self.unsent}
        return FirstPush(since, json.dumps(changes).encode(), chosen, carries)
