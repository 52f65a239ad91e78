"""A phone as the data layer sees it: somebody who pulls and pushes with the marks it was given.

Keeps no rows: what comes and goes is for the test to say. Whole phones are in tests/sync and tests/phone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from db.changeset import parse_changeset
from db.database import Database
from db.pull import PullReply, finish_pull, open_pull
from db.pull_plan import Migration, PullRequest
from db.push import PushResult, Sender, apply_push
from db.records import StoredRow, load_rows
from db.schema import OUTBOX, RECORD_COUNTS, RECORD_HISTORY, RECORD_TABLES, SERVER_CLOCK
from db.sync_log import SyncNote

Row = dict[str, Any]
Lists = dict[str, list[Any]]
NEWEST = 9
ADDRESS = "192.0.2.1"
NO_MIGRATION = Migration()


@dataclass(frozen=True)
class Pulled:
    """The answer to a pull. ``changes`` leaves out tables without any."""

    mark: int
    changes: dict[str, Lists]
    tables: tuple[str, ...]
    notes: tuple[SyncNote, ...]
    device_id: str

    def ids(self, table: str, list_name: str) -> list[str]:
        """The ids in one list, sorted; deletions that came as objects too."""
        entries = self.changes.get(table, {}).get(list_name, [])
        return sorted(entry if isinstance(entry, str) else entry["id"] for entry in entries)

    def row(self, table: str, record_id: str) -> Row:
        """A row that must have come."""
        lists = self.changes[table]
        return next(row for row in [*lists["created"], *lists["updated"]] if row["id"] == record_id)


class Caller:
    """``schema`` None: an app that does not say its schema version. ``mark``: what the phone has stored."""

    def __init__(
        self, database: Database, user: str = "nurse", schema: int | None = NEWEST, address: str = ADDRESS
    ) -> None:
        self.database = database
        self.user = user
        self.schema = schema
        self.address = address
        self.mark = 0

    def pull(
        self,
        *,
        is_lost: bool = False,
        mark: int | None = None,
        migration: Migration = NO_MIGRATION,
        all_tables: bool = False,
    ) -> Pulled:
        """Pulls since its mark and keeps the new one, unless the answer is lost."""
        since = self.mark if mark is None else mark
        request = PullRequest(self.user, self.address, since, self.schema, migration, all_tables)
        pulled = pull_whole(self.database, request)
        if not is_lost:
            self.mark = pulled.mark
        return pulled

    def push(self, changes: dict[str, Lists], *, mark: int | None = None) -> PushResult:
        """Pushes with its mark, as library-style apps do: that of the pull of the same sync."""
        return push(self.database, changes, self.user, self.mark if mark is None else mark, self.address)

    def push_created(self, table: str, *rows: Row) -> PushResult:
        return self.push({table: {"created": list(rows), "updated": [], "deleted": []}})

    def push_updated(self, table: str, *rows: Row) -> PushResult:
        return self.push({table: {"created": [], "updated": list(rows), "deleted": []}})

    def push_deleted(self, table: str, *deleted: str | Row) -> PushResult:
        return self.push({table: {"created": [], "updated": [], "deleted": list(deleted)}})

    def sync_as_first_generation(self, changes: dict[str, Lists] | None = None) -> Pulled:
        """The mark moves before the push, and the push shows the old one (PROTOCOL §6)."""
        old = self.mark
        pulled = self.pull()
        self.push(changes or {}, mark=old)
        return pulled


def pull_whole(database: Database, request: PullRequest) -> Pulled:
    """A pull that is read to its end."""
    with open_pull(database, request) as reply:
        pulled = _read(reply)
    finish_pull(database, request, reply, sent_bytes=1, duration_ms=1, result="ok")
    return pulled


def _read(reply: PullReply) -> Pulled:
    changes: dict[str, Lists] = {}
    for batch in reply.batches():
        lists = changes.setdefault(batch.table, {})
        lists.setdefault(batch.list_name, []).extend(map(json.loads, batch.rows))
    assert all(list(lists) == ["created", "updated", "deleted"] for lists in changes.values())
    some = {table: lists for table, lists in changes.items() if any(lists.values())}
    return Pulled(reply.mark, some, tuple(changes), reply.notes, reply.device_id)


def push(database: Database, changes: dict[str, Lists], user: str, mark: int, address: str = ADDRESS) -> PushResult:
    """A push of changes as a phone spells them."""
    return push_body(database, json.dumps(changes).encode(), user, mark, address)


def push_body(database: Database, body: bytes, user: str, mark: int, address: str = ADDRESS) -> PushResult:
    """A push of a body as it comes."""
    return apply_push(database, parse_changeset(body), Sender(user, address, mark, len(body), None), 0)


def patient(record_id: str = "p1", **columns: Any) -> Row:
    """A patient as a phone pushes one."""
    return {"id": record_id, "given_name": "Amal", "phone": "0", "created_at": 1_000, "updated_at": 1_000, **columns}


def stored(database: Database, table: str, record_id: str) -> StoredRow:
    """A row that must be there, maybe as a tombstone."""
    with database.read() as snapshot:
        return load_rows(snapshot, table, [record_id])[record_id]


def history(database: Database, record_id: str) -> list[tuple[str, list[str], Row]]:
    """Kind, columns and data of every version in the history of a record, oldest first."""
    with database.read() as snapshot:
        rows = snapshot.rows(
            sa.select(RECORD_HISTORY).where(RECORD_HISTORY.c.record_id == record_id).order_by(RECORD_HISTORY.c.id)
        )
        return [(row.kind, msgspec.json.decode(row.columns), msgspec.json.decode(row.data)) for row in rows]


def last_stamp(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))


def contents(database: Database, leaving_out: Iterable[str] = ()) -> dict[str, list[Any]]:
    """Everything that records are made of: rows with stamps, history, outbox, counts; by table."""
    skipped = set(leaving_out)
    with database.read() as snapshot:
        return {
            table.name: sorted(
                (
                    tuple(value for name, value in row._mapping.items() if name not in skipped)
                    for row in snapshot.rows(sa.select(table))
                ),
                key=repr,
            )
            for table in (*RECORD_TABLES.values(), RECORD_HISTORY, OUTBOX, RECORD_COUNTS)
        }
