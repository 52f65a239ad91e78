"""Rows as the cloud sends them going into a database, and a look at what waits for it.

Knows nothing of HTTP.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from db.cloud.arrivals import Arrival, Arrivals
from db.cloud.queue import Batch, Position, Rules, next_batch, note_answered, start_position
from db.cloud.reckoning import finish_pull
from db.database import Database
from db.schema import CLOUD_SENDS, OUTBOX, RECORD_HISTORY, SERVER_CLOCK

CLINIC = "11111111-1111-4111-8111-111111111111"
OTHER_CLINIC = "22222222-2222-4222-8222-222222222222"
LATER_MS = 4_000_000_000_000


def new_id() -> str:
    return str(uuid.uuid4())


def cloud_patient(record_id: str, **values: Any) -> dict[str, Any]:
    """A row as a pull brings it."""
    times = {"created_at": "2026-11-22T14:06:33.933Z", "updated_at": "2026-11-22T14:06:33.933Z"}
    server = {"last_modified": "2026-11-22T14:07:33.936Z", "server_created_at": "2026-11-22T14:07:33.936Z"}
    row = {"id": record_id, "given_name": "Leila", "surname": "Haddad", "primary_clinic_id": CLINIC, "phone": ""}
    return row | times | server | {"is_deleted": False, "deleted_at": None, "metadata": {}} | values


def arrive(
    database: Database, table: str, *rows: dict[str, Any], deleted: tuple[str, ...] = (), full_pull: int = 0
) -> None:
    """One piece of a pull goes in."""
    Arrivals(database, full_pull).apply([Arrival(table, [dict(row) for row in rows], list(deleted))])


def end_pull(database: Database, *, full_pull: int | None = None, timestamp: int = 1) -> None:
    finish_pull(database, timestamp, full_pull)


def rules(*clinics: str, local_users: frozenset[str] = frozenset()) -> Rules:
    return Rules(frozenset(clinics or (CLINIC,)), local_users, LATER_MS)


def batches(database: Database, rule: Rules | None = None, size: int = 100) -> list[Batch]:
    """Everything that goes to the cloud now, marked as sent."""
    with database.read() as snapshot:
        position: Position = start_position(snapshot)
    found = []
    while not position.is_at_end:
        batch, position = next_batch(database, position, rule or rules(), size)
        if batch is not None:
            found.append(batch)
    return found


def send(database: Database, rule: Rules | None = None) -> list[tuple[str, str]]:
    """The same, and the cloud says yes to all. Table and id of what was sent."""
    sent = []
    for batch in batches(database, rule):
        note_answered(database, batch)
        sent += [(record.table, record.record_id) for record in batch.records]
    return sent


def waiting(database: Database) -> set[tuple[str, str]]:
    with database.read() as snapshot:
        return {(row.table_name, row.record_id) for row in snapshot.rows(sa.select(OUTBOX))}


def asides(database: Database) -> dict[str, str]:
    with database.read() as snapshot:
        rows = snapshot.rows(sa.select(CLOUD_SENDS).where(CLOUD_SENDS.c.aside.is_not(None)))
        return {row.record_id: row.aside for row in rows}


def kinds(database: Database, record_id: str) -> list[str]:
    """Of the versions in the history, oldest first."""
    with database.read() as snapshot:
        query = sa.select(RECORD_HISTORY.c.kind).where(RECORD_HISTORY.c.record_id == record_id)
        return [row.kind for row in snapshot.rows(query.order_by(RECORD_HISTORY.c.id))]


def last_stamp(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))
