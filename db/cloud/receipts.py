"""Where records are: on this computer, in the cloud, still waiting; in total and for each phone (three-hop receipt).

Always counted in the tables, never from events. Knows nothing of how it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Snapshot
from db.records import live_counts
from db.schema import OUTBOX, RECORD_TABLES, SERVER_CLOCK, SYNC_LOG


@dataclass(frozen=True)
class Hops:
    """Records on this computer, and those of them that the cloud has not confirmed."""

    here: int
    waiting: int

    @property
    def in_cloud(self) -> int:
        """Those that the cloud holds as they are here."""
        return max(self.here - self.waiting, 0)


def hops_in_total(snapshot: Snapshot) -> Hops:
    """All living records that the cloud takes."""
    counts = live_counts(snapshot)
    here = sum(counts.get(name, 0) for name, table in CATALOGUE.items() if table.goes_to_cloud)
    waiting = snapshot.scalar(sa.select(sa.func.count()).select_from(OUTBOX).where(sa.not_(OUTBOX.c.is_deletion)))
    return Hops(here, int(waiting))


def seen_at(snapshot: Snapshot) -> tuple[int, ...]:
    """Something that differs whenever the counts by device may: every edit takes a stamp, and what the cloud confirms
    leaves the outbox."""
    waits = snapshot.first(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(OUTBOX.c.stamp), 0)))
    return (snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)) or 0, int(waits[0]), int(waits[1]))


def hops_by_device(snapshot: Snapshot) -> Mapping[str, Hops]:
    """By device id: living records that a phone was the last to change. Reads every record's bookkeeping: not for
    every look at a page."""
    here: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for name, table in CATALOGUE.items():
        if not table.goes_to_cloud:
            continue
        rows = RECORD_TABLES[name]
        written = rows.join(SYNC_LOG, SYNC_LOG.c.id == rows.c.local_server_sync_id)
        waits = sa.and_(OUTBOX.c.table_name == name, OUTBOX.c.record_id == rows.c.id)
        for source, counts in ((written, here), (written.join(OUTBOX, waits), waiting)):
            query = (
                sa.select(SYNC_LOG.c.device_id, sa.func.count().label("records"))
                .select_from(source)
                .where(SYNC_LOG.c.device_id.is_not(None), rows.c.local_server_deleted_at.is_(None))
                .group_by(SYNC_LOG.c.device_id)
            )
            for row in snapshot.rows(query):
                counts[row.device_id] = counts.get(row.device_id, 0) + row.records
    return {device: Hops(count, waiting.get(device, 0)) for device, count in here.items()}
