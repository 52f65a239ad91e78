"""The earlier lives of records that were deleted and brought back, and what they mean for a phone (DESIGN §5).

Knows nothing of why a record comes back (db/history.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from db.database import Snapshot, Statement, Transaction
from db.records import StoredRow
from db.schema import EARLIER_LIVES, PULLS
from db.sqlite.dialect import insert_new

_LIFE = EARLIER_LIVES.c
_FIRST = PULLS.alias("first")
_REMEMBER = Statement(insert_new(EARLIER_LIVES))


def remember_lives(transaction: Transaction, table: str, tombstones: Iterable[StoredRow]) -> None:
    """Notes the lives that ended with these tombstones; call when they are replaced by living rows."""
    rows = [
        (table, row.record_id, row.created_at, row.deleted_at, row.created_mark, row.held_mark) for row in tombstones
    ]
    if rows:
        transaction.run_many(_REMEMBER, rows)


def has_earlier_lives(snapshot: Snapshot) -> bool:
    """Whether any record ever came back: where none did, pulls need not look."""
    return snapshot.first(sa.select(_LIFE.from_stamp).limit(1)) is not None


def still_held(table: str, since: sa.BindParameter[int], mark: sa.BindParameter[int]) -> sa.Select[Any]:
    """Ids that a phone holds from an earlier life, because it has not been told of its end: for this phone such a
    record is changed, not new. It pulled the record while it lived, or made it in the sync of ``mark``; the phone
    that deleted it in that sync knows of the end."""
    had_it = sa.or_(_LIFE.from_stamp <= since, _LIFE.made_mark == mark)
    return sa.select(_LIFE.record_id).where(
        _LIFE.table_name == table, _LIFE.until_stamp > since, had_it, _LIFE.ended_mark.is_distinct_from(mark)
    )


def perhaps_hidden(table: str, device: sa.BindParameter[str]) -> sa.Select[Any]:
    """Ids that a phone of the first generation may keep out of sight since it was told of the end of a life.

    It cannot make such a record again: every later sync of its would fail (PROTOCOL §§5, 6). A phone whose
    beginning is forgotten (db/retention.py) may have hidden any; one that began anew hides nothing from before.
    """
    began_at = (
        sa.select(sa.func.coalesce(sa.func.max(_FIRST.c.stamp), 0))
        .where(_FIRST.c.device_id == device, _FIRST.c.since_mark == 0)
        .scalar_subquery()
    )
    of_device = sa.and_(PULLS.c.device_id == device, PULLS.c.stamp >= began_at)
    pulled_it = sa.exists().where(of_device, PULLS.c.stamp >= _LIFE.from_stamp, PULLS.c.stamp < _LIFE.until_stamp)
    made_it = _LIFE.made_mark.in_(sa.select(PULLS.c.mark).where(of_device))
    began = sa.select(_FIRST.c.mark).where(_FIRST.c.device_id == device, _FIRST.c.since_mark == 0).exists()
    return sa.select(_LIFE.record_id).where(_LIFE.table_name == table, sa.or_(pulled_it, made_it, sa.not_(began)))
