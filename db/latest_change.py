"""When the records last changed: whether one copy of the database has what another lacks.

Knows nothing of what changed.
"""

from __future__ import annotations

import sqlalchemy as sa

from db.database import Snapshot
from db.schema import RECORD_TABLES
from db.sqlite.maintenance import table_names


def latest_change(snapshot: Snapshot) -> int:
    """The stamp of the last change of any record, deletions too; 0 where there are none. Also of a database whose
    tables are of another version: what is not there holds nothing."""
    there = table_names(snapshot)
    latest = 0
    for name, table in RECORD_TABLES.items():
        if name in there:
            found = snapshot.scalar(sa.select(sa.func.max(table.c.local_server_last_modified)))
            latest = max(latest, int(found or 0))
    return latest
