"""The log of syncs that staff and support can read: who, when, how much, how it ended. Never patient content.

Knows nothing of what was exchanged; counts, ids of devices and users, and codes only.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from db.database import Snapshot, Transaction
from db.schema import RECORD_TABLES, SYNC_LOG
from db.sqlite.dialect import field

_USERS = RECORD_TABLES["users"]


class SyncKind(StrEnum):
    """What happened."""

    PULL = "pull"
    PUSH = "push"
    LOCAL = "local"  # staff at this computer
    PROCEDURE = "procedure"  # a phone in online mode changed records
    DEVICE = "device"  # staff decided about a phone
    CLOUD_PULL = "cloud_pull"  # news from the cloud
    CLOUD_PUSH = "cloud_push"  # changes sent to the cloud


class SyncNote(StrEnum):
    """Things worth telling about a sync that went well; each has a text in the catalogue of languages."""

    UNKNOWN_MARK = "unknown_mark"
    SERVER_OWNED_IGNORED = "server_owned_ignored"
    VALUES_REPAIRED = "values_repaired"
    EDIT_OF_DELETED = "edit_of_deleted"
    CONFLICT = "conflict"
    NOT_PERMITTED = "not_permitted"


@dataclass(frozen=True)
class SyncEntry:
    """One line. ``counts``: records by table. Times: epoch ms and ms."""

    kind: SyncKind
    channel: str  # "first", "library", "hub", "command", "window", "cloud"
    device_id: str | None
    user_id: str | None
    counts: dict[str, int] = dataclasses.field(default_factory=dict)
    bytes: int = 0
    duration_ms: int = 0
    result: str = "ok"
    notes: tuple[SyncNote, ...] = ()
    action: str | None = None  # of PROCEDURE its name, of DEVICE what was decided


@dataclass(frozen=True)
class LoggedSync:
    """A line as it is read back, with the user's name."""

    id: int
    at: int
    user_name: str | None
    entry: SyncEntry


def log_sync(transaction: Transaction, entry: SyncEntry) -> int:
    """Adds a line; returns its id, which the rows written by this sync refer to."""
    inserted = transaction.run(SYNC_LOG.insert().values(at=transaction.now_ms, **_columns(entry)))
    key = inserted.inserted_primary_key
    if key is None:
        raise LookupError("the database gave the line no id")
    return int(key[0])


def amend_sync(transaction: Transaction, line_id: int, entry: SyncEntry) -> None:
    """Replaces what a line says, of a sync that takes several transactions; its time stays."""
    transaction.run(SYNC_LOG.update().where(SYNC_LOG.c.id == line_id).values(_columns(entry)))


def recent_syncs(snapshot: Snapshot, count: int) -> list[LoggedSync]:
    """The last lines, newest first."""
    name = field(_USERS, "name").label("user_name")
    query = (
        sa.select(SYNC_LOG, name)
        .select_from(SYNC_LOG.outerjoin(_USERS, _USERS.c.id == SYNC_LOG.c.user_id))
        .order_by(SYNC_LOG.c.id.desc())
        .limit(count)
    )
    return [_logged(row) for row in snapshot.rows(query)]


def last_sent_by(snapshot: Snapshot, device_id: str) -> LoggedSync | None:
    """The line of the last records that a phone sent or changed; None if it never did, or too long ago."""
    changing = [SyncKind.PUSH.value, SyncKind.PROCEDURE.value]
    query = (
        sa.select(SYNC_LOG, sa.null().label("user_name"))
        .where(SYNC_LOG.c.device_id == device_id, SYNC_LOG.c.kind.in_(changing))
        .where(SYNC_LOG.c.records > 0, SYNC_LOG.c.result == "ok")
        .order_by(SYNC_LOG.c.id.desc())
    )
    row = snapshot.first(query.limit(1))
    return _logged(row) if row else None


def forget_syncs(transaction: Transaction, before_ms: int) -> int:
    """Drops lines older than ``before_ms``."""
    return int(transaction.run(SYNC_LOG.delete().where(SYNC_LOG.c.at < before_ms)).rowcount)


def _columns(entry: SyncEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "channel": entry.channel,
        "device_id": entry.device_id,
        "user_id": entry.user_id,
        "counts": msgspec.json.encode(entry.counts).decode(),
        "records": sum(entry.counts.values()),
        "bytes": entry.bytes,
        "duration_ms": entry.duration_ms,
        "result": entry.result,
        "notes": msgspec.json.encode(entry.notes).decode(),
        "action": entry.action,
    }


def _logged(row: Any) -> LoggedSync:
    values = row._mapping
    entry = SyncEntry(
        kind=SyncKind(values["kind"]),
        channel=values["channel"],
        device_id=values["device_id"],
        user_id=values["user_id"],
        counts=msgspec.json.decode(values["counts"]),
        bytes=values["bytes"],
        duration_ms=values["duration_ms"],
        result=values["result"],
        notes=tuple(SyncNote(note) for note in msgspec.json.decode(values["notes"])),
        action=values["action"],
    )
    return LoggedSync(values["id"], values["at"], values["user_name"], entry)
