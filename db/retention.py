"""How long things that are only remembered are kept. Records themselves are never forgotten.

Knows nothing of when this runs (kiosk/jobs.py).
"""

from __future__ import annotations

from db.database import Database
from db.marks import forget_pulls
from db.schema import RECORD_HISTORY
from db.sync_log import forget_syncs

DAY_MS = 24 * 3_600_000
HISTORY_DAYS = 365
SYNC_LOG_DAYS = 400
"""Longer than the history, whose versions say by it who wrote them."""
PULL_DAYS = 180


def forget_old(database: Database, *, history_days: int = HISTORY_DAYS) -> None:
    """Drops versions, log lines and pulls past their time (DESIGN §6)."""
    with database.write() as transaction:
        now = transaction.now_ms
        old = RECORD_HISTORY.c.replaced_stamp < now - history_days * DAY_MS
        transaction.run(RECORD_HISTORY.delete().where(old))
        forget_syncs(transaction, now - SYNC_LOG_DAYS * DAY_MS)
        forget_pulls(transaction, now - PULL_DAYS * DAY_MS)
