"""How much phones have synced and when, as sums of the sync log by quarters of an hour.

Knows nothing of hours and days as people count them: every time zone is a whole number of quarters from UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from db.database import Snapshot
from db.schema import SYNC_LOG
from db.sync_log import SyncKind

QUARTER_MS = 15 * 60_000
_MOVING_RECORDS = (SyncKind.PULL.value, SyncKind.PUSH.value, SyncKind.PROCEDURE.value)


@dataclass(frozen=True)
class Quarter:
    """``number``: epoch ms divided by QUARTER_MS. ``syncs``: begun by phones; ``records``: to and from them."""

    number: int
    syncs: int
    records: int


def activity_between(snapshot: Snapshot, line: int, last_line: int, since_ms: int) -> tuple[Quarter, ...]:
    """Sums of the lines after ``line`` up to ``last_line`` that were written at ``since_ms`` or later.

    A sync is a pull: every phone begins with one, and sends only if it has something to send.
    """
    columns = SYNC_LOG.c
    quarter = (columns.at - columns.at % QUARTER_MS).label("quarter")
    syncs = sa.func.sum(sa.case((columns.kind == SyncKind.PULL.value, 1), else_=0))
    query = (
        sa.select(quarter, syncs, sa.func.sum(columns.records))
        .where(columns.id > line, columns.id <= last_line, columns.at >= since_ms, columns.result == "ok")
        .where(columns.kind.in_(_MOVING_RECORDS))
        .group_by(quarter)
    )
    return tuple(Quarter(int(row[0]) // QUARTER_MS, int(row[1]), int(row[2])) for row in snapshot.rows(query))
