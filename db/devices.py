"""The phones this computer knows: who uses them, when they synced last, how much went each way, which may.

Over REST a phone is a chain of pulls (db/marks.py): it has no id of its own, so a phone that starts from zero
again is a new one here. Over RPC it has one, which staff has paired with this computer. Knows nothing of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from db.database import Snapshot, Transaction
from db.schema import DEVICES, RECORD_TABLES
from db.sqlite.dialect import field

_USERS = RECORD_TABLES["users"]


PAIRED_PREFIX = "hub-"
"""Begins the ids of phones that come over the encrypted channel; the rest is what the phone calls itself."""


def is_paired_id(device_id: str) -> bool:
    """Whether the id is of a phone that comes over the encrypted channel."""
    return device_id.startswith(PAIRED_PREFIX)


class AppGeneration(StrEnum):
    """Which generation of the phone app a device runs (PROTOCOL, head)."""

    UNKNOWN = "unknown"
    FIRST = "first"  # has shown itself to be one: deletions go to it as objects
    LATER = "second"  # says its schema version, as library-style apps do


class DeviceStatus(StrEnum):
    """Where a phone stands."""

    SYNCED = "synced"  # came over REST, where staff accounts alone decide
    WAITING = "waiting"  # knocked over RPC; nobody has decided yet
    PAIRED = "paired"
    BLOCKED = "blocked"  # knocked, and staff said no
    REVOKED = "revoked"  # was paired (or came over REST), and staff took it back: a lost phone


@dataclass(frozen=True)
class Device:
    """A phone. Times are epoch ms by this computer's clock. ``last_sync_at`` 0: it never did; ``seen_at``: when it
    last shook hands over RPC."""

    id: str
    name: str | None
    user_id: str
    address: str
    app_generation: AppGeneration
    status: DeviceStatus
    first_sync_at: int
    last_sync_at: int
    records_received: int
    records_sent: int
    seen_at: int | None
    paired_at: int | None
    user_name: str | None = None


def find_device(snapshot: Snapshot, device_id: str) -> Device | None:
    """The device with this id."""
    row = snapshot.first(sa.select(DEVICES).where(DEVICES.c.id == device_id))
    return _device(row) if row else None


def remember_device(
    transaction: Transaction, device_id: str, *, user_id: str, address: str, generation: AppGeneration
) -> None:
    """Notes that a device is in touch now; adds it when it is new. What it has shown itself to be stays."""
    now = transaction.now_ms
    seen = transaction.run(
        DEVICES.update()
        .where(DEVICES.c.id == device_id)
        .values(
            user_id=user_id,
            address=address,
            first_sync_at=sa.case((DEVICES.c.first_sync_at == 0, now), else_=DEVICES.c.first_sync_at),
            last_sync_at=now,
        )
    )
    if seen.rowcount:
        if generation is not AppGeneration.UNKNOWN:
            transaction.run(DEVICES.update().where(DEVICES.c.id == device_id).values(app_generation=generation.value))
        return
    transaction.run(
        DEVICES.insert().values(
            id=device_id,
            name=None,
            user_id=user_id,
            address=address,
            app_generation=generation.value,
            status=DeviceStatus.SYNCED.value,
            first_sync_at=now,
            last_sync_at=now,
            records_received=0,
            records_sent=0,
        )
    )


def count_traffic(transaction: Transaction, device_id: str, *, received: int = 0, sent: int = 0) -> None:
    """Adds to what came from and went to a device."""
    columns = DEVICES.c
    values = {
        "records_received": columns.records_received + received,
        "records_sent": columns.records_sent + sent,
    }
    transaction.run(DEVICES.update().where(columns.id == device_id).values(values))


def recent_devices(snapshot: Snapshot, count: int) -> list[Device]:
    """The devices that synced last, newest first, with their users' names."""
    query = _select_shown().where(DEVICES.c.last_sync_at > 0)
    ordered = query.order_by(DEVICES.c.last_sync_at.desc(), DEVICES.c.id)
    return [_device(row) for row in snapshot.rows(ordered.limit(count))]


def list_devices(snapshot: Snapshot, count: int) -> list[Device]:
    """Every phone, whatever it may: first those that wait for an answer, then by when they were last in touch."""
    synced, seen = DEVICES.c.last_sync_at, sa.func.coalesce(DEVICES.c.seen_at, 0)
    last_touch = sa.case((seen > synced, seen), else_=synced)
    is_waiting = DEVICES.c.status == DeviceStatus.WAITING.value
    ordered = _select_shown().order_by(is_waiting.desc(), last_touch.desc(), DEVICES.c.id)
    return [_device(row) for row in snapshot.rows(ordered.limit(count))]


def find_device_and_user(snapshot: Snapshot, device_id: str) -> Device | None:
    """The device with this id, with its user's name."""
    row = snapshot.first(_select_named().where(DEVICES.c.id == device_id))
    return _device(row) if row else None


def _select_named() -> sa.Select[Any]:
    name = field(_USERS, "name").label("user_name")
    return sa.select(DEVICES, name).select_from(DEVICES.outerjoin(_USERS, _USERS.c.id == DEVICES.c.user_id))


def _select_shown() -> sa.Select[Any]:
    """The devices worth showing.

    A first pull whose answer was lost leaves a device behind that never comes back; it is not shown once the
    same user has synced from the same address again.
    """
    later = DEVICES.alias("later")
    came_back = sa.or_(DEVICES.c.records_received > 0, DEVICES.c.last_sync_at > DEVICES.c.first_sync_at)
    replaced = (
        sa.select(sa.literal(1))
        .where(
            later.c.user_id == DEVICES.c.user_id,
            later.c.address == DEVICES.c.address,
            later.c.first_sync_at > DEVICES.c.first_sync_at,
        )
        .exists()
    )
    is_known_by_itself = DEVICES.c.status != DeviceStatus.SYNCED.value
    return _select_named().where(sa.or_(is_known_by_itself, came_back, sa.not_(replaced)))


def _device(row: Any) -> Device:
    values = dict(row._mapping)
    values["status"] = DeviceStatus(values["status"])
    values["app_generation"] = AppGeneration(values["app_generation"])
    return Device(**values)
