"""A phone that syncs as WatermelonDB does, rule by rule (PROTOCOL §3), with every complaint of the library counted.

Knows nothing of the server beyond its two requests. tests/phone drives the real library; this model of it is fast
enough to be led through thousands of histories.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.sync.clinic_server import ClinicServer, Lost
from tests.sync.phone_tables import PhoneSchema, Row, RowKey

_LISTS = ("created", "updated", "deleted")
_PHONE_ONLY = ("event_logs", "peers")


@dataclass(frozen=True)
class Route:
    """How this app calls the server."""

    path: str
    mark_parameter: str
    says_schema: bool


@dataclass
class Push:
    """A push on its way: the rows as they were when it was made."""

    mark: int
    raws: dict[RowKey, Row]
    deleted: list[RowKey]
    body: bytes


@dataclass
class LibraryPhone:
    """``rows`` are as stored, with ``_status`` and ``_changed``; ``deleted`` waits to be pushed."""

    name: str
    user: str
    schema: PhoneSchema
    route: Route
    mark: int = 0
    rows: dict[RowKey, Row] = field(default_factory=dict)
    deleted: set[RowKey] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    pulled_schema: PhoneSchema | None = None

    def create(self, key: RowKey, values: Row, now_ms: int) -> None:
        """A new record."""
        row = {"id": key[1], "created_at": now_ms, "updated_at": now_ms, **values}
        self.rows[key] = self.schema.row(key[0], row, "created", "")

    def edit(self, key: RowKey, values: Row, now_ms: int) -> None:
        """Sets columns; the library notes which."""
        row = dict(self.rows[key])
        for column, value in {"updated_at": now_ms, **values}.items():
            if row[column] != value or type(row[column]) is not type(value):
                row[column] = value
                changed = [*filter(None, row["_changed"].split(",")), column]
                row["_changed"] = ",".join(dict.fromkeys(changed))
                row["_status"] = "created" if row["_status"] == "created" else "updated"
        self.rows[key] = row

    def delete(self, key: RowKey) -> None:
        """The library's mark-as-deleted: the id goes out with the next push."""
        del self.rows[key]
        self.deleted.add(key)

    def upgrade(self, schema: PhoneSchema) -> None:
        """A newer version of the app: its new columns are empty."""
        self.schema = schema
        self.rows = {key: schema.row(key[0], row, row["_status"], row["_changed"]) for key, row in self.rows.items()}

    def pull(self, server: ClinicServer, lost: Lost | None = None) -> int | None:
        """Pulls and applies; the number of changes that came, or None when the answer was lost."""
        query = {self.route.mark_parameter: str(self.mark)}
        if self.route.says_schema:
            query |= {"schema_version": str(self.schema.version), "migration": json.dumps(self._migration())}
        reply = server.get(self.route.path, query, self.user, lost)
        assert reply.status == 200, f"{self.name} cannot pull: {reply.status} {reply.body!r}"
        if lost is not None:
            return None
        document = json.loads(reply.body)
        self._check_shape(document)
        for table, changes in document["changes"].items():
            if table in self.schema.tables:
                self._apply(table, changes)
            else:
                self._complain("unknown table", (table, ""))
        if document["timestamp"] < self.mark:
            self.complaints.append(f"timestamp went back from {self.mark} to {document['timestamp']}")
        self.mark = document["timestamp"]
        self.pulled_schema = self.schema
        return sum(len(changes[name]) for changes in document["changes"].values() for name in _LISTS)

    def make_push(self) -> Push | None:
        """What would be pushed now, or None when nothing has changed."""
        raws = {key: dict(row) for key, row in self.rows.items() if row["_status"] != "synced"}
        if not raws and not self.deleted:
            return None
        changes: dict[str, dict[str, list[Any]]] = {
            table: {name: [] for name in _LISTS} for table in (*self.schema.tables, *_PHONE_ONLY)
        }
        for (table, _), raw in raws.items():
            changes[table][raw["_status"]].append(raw)
        for table, record_id in sorted(self.deleted):
            changes[table]["deleted"].append(record_id)
        return Push(self.mark, raws, sorted(self.deleted), json.dumps(changes).encode())

    def send(self, server: ClinicServer, push: Push) -> None:
        """Lets a push reach the server; the phone does not know of the answer yet."""
        reply = server.post(self.route.path, {self.route.mark_parameter: str(push.mark)}, self.user, push.body)
        assert reply.status == 200, f"{self.name} cannot push: {reply.status} {reply.body!r}"

    def acknowledge(self, push: Push) -> None:
        """The answer has come: what was not edited meanwhile is synced now."""
        for key, raw in push.raws.items():
            if self.rows.get(key) == raw:
                self.rows[key] = {**raw, "_status": "synced", "_changed": ""}
        self.deleted.difference_update(push.deleted)

    def _migration(self) -> dict[str, Any] | None:
        if self.mark == 0 or self.pulled_schema is None:
            return None
        return self.schema.migration_from(self.pulled_schema)

    def _check_shape(self, document: dict[str, Any]) -> None:
        """What makes the library throw, so that nothing is applied: a failure, not a complaint."""
        stamp = document["timestamp"]
        assert type(stamp) is int
        assert stamp > 0
        for table, changes in document["changes"].items():
            assert set(changes) == set(_LISTS), f"{table} has {set(changes)}"
            ids = [row["id"] for name in ("created", "updated") for row in changes[name]] + changes["deleted"]
            assert all(type(record_id) is str for record_id in ids), f"{table} has ids that are no text"
            assert len(set(ids)) == len(ids), f"{table} has an id twice"
            for row in [*changes["created"], *changes["updated"]]:
                assert "_status" not in row, table
                assert "_changed" not in row, table

    def _apply(self, table: str, changes: dict[str, list[Any]]) -> None:
        for raw in changes["created"]:
            key = (table, raw["id"])
            if key in self.rows:
                self._complain("created, but it is here", key)
                self._merge(key, raw)
            else:
                if key in self.deleted:
                    self._complain("created, but it was deleted here", key)
                    self.deleted.discard(key)
                self.rows[key] = self.schema.row(table, raw, "synced", "")
        for raw in changes["updated"]:
            key = (table, raw["id"])
            if key in self.rows:
                self._merge(key, raw)
            elif key not in self.deleted:
                self._complain("updated, but it is not here", key)
                self.rows[key] = self.schema.row(table, raw, "synced", "")
        for record_id in changes["deleted"]:
            self.rows.pop((table, record_id), None)
            self.deleted.discard((table, record_id))

    def _merge(self, key: RowKey, raw: Row) -> None:
        """Locally changed columns win, all others take the server's value."""
        mine = self.rows[key]
        kept = {column: mine[column] for column in mine["_changed"].split(",") if column}
        merged = {**mine, **raw, **kept}
        self.rows[key] = self.schema.row(key[0], merged, mine["_status"], mine["_changed"])

    def _complain(self, what: str, key: RowKey) -> None:
        self.complaints.append(f"{what}: {key[0]}/{key[1]}")
