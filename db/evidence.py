"""What support may be told from the bookkeeping tables: times, numbers, codes, ids that a report makes unreadable.

Knows nothing of reports. Each query names the columns it takes; no document and no name of anybody is among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from db.cloud.known import OF_ENTRY
from db.database import Snapshot
from db.schema import CLOUD_SENDS, DEVICES, OUTBOX, SYNC_LOG

_LINE = (
    *(SYNC_LOG.c.at, SYNC_LOG.c.kind, SYNC_LOG.c.channel, SYNC_LOG.c.device_id, SYNC_LOG.c.user_id, SYNC_LOG.c.counts),
    *(SYNC_LOG.c.records, SYNC_LOG.c.bytes, SYNC_LOG.c.duration_ms, SYNC_LOG.c.result, SYNC_LOG.c.notes),
    SYNC_LOG.c.action,
)
_PHONE = (
    *(DEVICES.c.id, DEVICES.c.user_id, DEVICES.c.address, DEVICES.c.app_generation, DEVICES.c.status),
    *(DEVICES.c.first_sync_at, DEVICES.c.last_sync_at, DEVICES.c.records_received, DEVICES.c.records_sent),
    *(DEVICES.c.seen_at, DEVICES.c.paired_at),
)


def sync_lines(snapshot: Snapshot, count: int) -> Sequence[Any]:
    """The last lines of the sync log, newest first."""
    return snapshot.rows(sa.select(*_LINE).order_by(SYNC_LOG.c.id.desc()).limit(count))


def sync_lines_of(snapshot: Snapshot, kinds: Sequence[str], count: int) -> Sequence[Any]:
    """The same of some kinds."""
    query = sa.select(*_LINE).where(SYNC_LOG.c.kind.in_(kinds))
    return snapshot.rows(query.order_by(SYNC_LOG.c.id.desc()).limit(count))


def slow_lines(snapshot: Snapshot, slower_than_ms: int, count: int) -> Sequence[Any]:
    """The slowest lines of the sync log, the slowest first."""
    query = sa.select(*_LINE).where(SYNC_LOG.c.duration_ms > slower_than_ms)
    return snapshot.rows(query.order_by(SYNC_LOG.c.duration_ms.desc(), SYNC_LOG.c.id.desc()).limit(count))


def phone_lines(snapshot: Snapshot, count: int) -> Sequence[Any]:
    """The phones, those that were in touch last first."""
    return snapshot.rows(sa.select(*_PHONE).order_by(DEVICES.c.last_sync_at.desc(), DEVICES.c.id).limit(count))


def waiting_lines(snapshot: Snapshot) -> Sequence[Any]:
    """How many changes of each table wait for the cloud, and since when (a stamp)."""
    columns = OUTBOX.c
    query = sa.select(
        columns.table_name,
        sa.func.count().label("records"),
        sa.func.sum(sa.cast(columns.is_deletion, sa.Integer)).label("deletions"),
        sa.func.min(columns.stamp).label("oldest"),
    )
    return snapshot.rows(query.group_by(columns.table_name).order_by(columns.table_name))


def aside_lines(snapshot: Snapshot, count: int) -> Sequence[Any]:
    """The records that are set aside, newest first: which, why, since when, how often they were sent."""
    sends = CLOUD_SENDS.c
    query = (
        sa.select(sends.table_name, sends.record_id, sends.aside, sends.aside_at, sends.unseen, sends.resends)
        .select_from(OUTBOX.join(CLOUD_SENDS, OF_ENTRY))
        .where(sends.aside.is_not(None))
    )
    return snapshot.rows(query.order_by(sends.aside_at.desc(), sends.table_name, sends.record_id).limit(count))


def aside_counts(snapshot: Snapshot) -> Sequence[Any]:
    """How many records of each table are set aside for each reason."""
    sends = CLOUD_SENDS.c
    query = (
        sa.select(sends.table_name, sends.aside, sa.func.count().label("records"))
        .select_from(OUTBOX.join(CLOUD_SENDS, OF_ENTRY))
        .where(sends.aside.is_not(None))
    )
    return snapshot.rows(query.group_by(sends.table_name, sends.aside).order_by(sends.table_name, sends.aside))
