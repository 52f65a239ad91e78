"""What a phone gets: the changes since its mark, as a stream of row batches out of one snapshot (DESIGN §5).

Knows nothing of HTTP or of JSON envelopes (web/phone/pull_stream.py writes those), nor of what is decided beforehand
(db/pull_plan.py). Memory does not grow with the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from db.catalogue import Table
from db.database import Database, Snapshot
from db.devices import (
    count_traffic,
)
from db.pull_plan import PullPlan, PullRequest, plan_pull
from db.sync_log import SyncEntry, SyncKind, log_sync


@dataclass(frozen=True)
class RowBatch:
    """Some rows of one list of one table, as JSON texts. Lists come in order, each at least once."""

    table: str
    list_name: str  # "created", "updated" or "deleted"
    rows: list[str]


class PullReply:
    """The answer to one pull: ``mark`` goes to the phone as ``timestamp``, ``batches`` are its changes."""

    def __init__(self, snapshot: Snapshot, plan: PullPlan) -> None:
        self.mark = plan.pull.mark
        self.counts: dict[str, int] = {}
        self.notes = plan.notes
        self.device_id = plan.pull.device_id
        self._snapshot = snapshot
        self._plan = plan

    def batches(self) -> Iterator[RowBatch]:
        """Every list of every table, streamed."""
        for table in self._plan.tables:
            for list_name, query, parameters in self._plan.lists(table):
                yield RowBatch(table.name, list_name, [])
                for rows in self._snapshot.batches(query, parameters):
                    self.counts[table.name] = self.counts.get(table.name, 0) + len(rows)
                    yield RowBatch(table.name, list_name, _texts(rows, table, list_name, self._plan))


@contextmanager
def open_pull(database: Database, request: PullRequest) -> Iterator[PullReply]:
    """Answers a pull from one snapshot.

    The snapshot is opened while the stamp is being taken, under the writer's lock: it holds exactly the changes
    before the stamp, so none can fall between this pull and the next. The mark is on the disk before the first
    row goes out.
    """
    with ExitStack() as stack:
        with database.write() as transaction:
            plan = plan_pull(transaction, request)
            snapshot = stack.enter_context(database.read())
            snapshot.begin()
        yield PullReply(snapshot, plan)


def finish_pull(
    database: Database, request: PullRequest, reply: PullReply, *, sent_bytes: int, duration_ms: int, result: str
) -> None:
    """Logs how a pull ended."""
    with database.write() as transaction:
        entry = SyncEntry(
            kind=SyncKind.PULL,
            channel=_channel(request),
            device_id=reply.device_id,
            user_id=request.user_id,
            counts=reply.counts,
            bytes=sent_bytes,
            duration_ms=duration_ms,
            result=result,
            notes=reply.notes,
        )
        log_sync(transaction, entry)
        count_traffic(transaction, reply.device_id, sent=sum(reply.counts.values()))


def _channel(request: PullRequest) -> str:
    if request.device_id is not None:
        return "hub"
    return "first" if request.schema_version is None else "library"


def _texts(rows: list[tuple[Any, ...]], table: Table, list_name: str, plan: PullPlan) -> list[str]:
    if list_name == "deleted":
        encode = msgspec.json.encode
        if plan.deletions_as_objects:
            return [encode({"id": row[0]}).decode() for row in rows]
        return [encode(row[0]).decode() for row in rows]
    if table.secret_columns:
        return [_public_text(row[0], table) for row in rows]
    return [row[0] for row in rows]


def _public_text(data: str, table: Table) -> str:
    """A row of a table that holds secrets: only the columns that phones know leave this computer."""
    row = msgspec.json.decode(data)
    public = {name: value for name, value in row.items() if name == "id" or name in table.columns}
    return msgspec.json.encode(public).decode()
