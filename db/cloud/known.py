"""What the cloud is known to hold (``cloud_rows``), and which edits of ours wait for it (``outbox``, ``cloud_sends``).

Knows nothing of merging or of when anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from db.database import Snapshot, Statement, Transaction
from db.records import Data
from db.schema import CLOUD_ROWS, CLOUD_SENDS, OUTBOX
from db.sqlite.dialect import json_values, upsert, values_of

OF_ENTRY = sa.and_(
    CLOUD_SENDS.c.table_name == OUTBOX.c.table_name,
    CLOUD_SENDS.c.record_id == OUTBOX.c.record_id,
    CLOUD_SENDS.c.entry_stamp == OUTBOX.c.stamp,
)
"""Joins an entry of the outbox with what is known of its way, unless it has news since."""
WAITING = OUTBOX.outerjoin(CLOUD_SENDS, OF_ENTRY)


@dataclass(slots=True)
class KnownRow:
    """See db/schema.py: CLOUD_ROWS."""

    updated_at: int | None
    digest: int
    stamp: int
    is_ours: bool
    full_pull: int
    gone_at: int | None = None
    left_at: int | None = None
    seen: str | None = None

    @property
    def seen_data(self) -> Data | None:
        """The cloud's row as it was last seen while an edit of ours waited."""
        return None if self.seen is None else msgspec.json.decode(self.seen)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the outbox with what is known of its way. ``version_stamp`` 0: never sent."""

    record_id: str
    stamp: int
    columns: frozenset[str] | None
    is_deletion: bool
    version_stamp: int
    is_answered: bool


_ROW = Statement(upsert(CLOUD_ROWS))
_KNOWN = sa.select(CLOUD_ROWS).where(
    CLOUD_ROWS.c.table_name == sa.bindparam("name"), CLOUD_ROWS.c.record_id.in_(sa.select(values_of("ids").c.value))
)
# The version sent counts also when the entry has news since: the cloud may show it.
_ENTRIES = (
    sa.select(OUTBOX, CLOUD_SENDS.c.version_stamp, CLOUD_SENDS.c.is_answered)
    .select_from(
        OUTBOX.outerjoin(
            CLOUD_SENDS,
            sa.and_(CLOUD_SENDS.c.table_name == OUTBOX.c.table_name, CLOUD_SENDS.c.record_id == OUTBOX.c.record_id),
        )
    )
    .where(OUTBOX.c.table_name == sa.bindparam("name"), OUTBOX.c.record_id.in_(sa.select(values_of("ids").c.value)))
)


def known_rows(snapshot: Snapshot, table: str, ids: Iterable[str]) -> dict[str, KnownRow]:
    """What the cloud is known to hold of these records, by id."""
    parameters = {"name": table, "ids": json_values(ids)}
    return {row[1]: KnownRow(*row[2:]) for row in snapshot.rows(_KNOWN, parameters)}


def write_known(transaction: Transaction, table: str, rows: dict[str, KnownRow]) -> None:
    """Remembers what the cloud holds."""
    transaction.run_many(
        _ROW,
        (
            (table, record_id, k.updated_at, k.digest, k.stamp, k.is_ours, k.full_pull, k.gone_at, k.left_at, k.seen)
            for record_id, k in rows.items()
        ),
    )


def waiting_entries(snapshot: Snapshot, table: str, ids: Iterable[str]) -> dict[str, Entry]:
    """The edits of these records that the cloud has not confirmed, by id."""
    return {row.record_id: _entry(row) for row in snapshot.rows(_ENTRIES, {"name": table, "ids": json_values(ids)})}


def confirm(transaction: Transaction, table: str, ids: Iterable[str]) -> None:
    """The cloud holds what these entries wait for: they leave the outbox."""
    parameters = {"name": table, "ids": json_values(ids)}
    for waiting in (OUTBOX, CLOUD_SENDS):
        of_records = waiting.c.record_id.in_(sa.select(values_of("ids").c.value))
        transaction.run(waiting.delete().where(waiting.c.table_name == sa.bindparam("name"), of_records), parameters)


def keep_waiting(transaction: Transaction, table: str, columns: dict[str, frozenset[str]], stamp: int | None) -> None:
    """These entries wait for these columns only. ``stamp``: given where the records changed, which is news to send."""
    for record_id, names in columns.items():
        values: dict[str, Any] = {"columns": msgspec.json.encode(sorted(names)).decode()}
        if stamp is not None:
            values["stamp"] = stamp
        of_record = sa.and_(OUTBOX.c.table_name == table, OUTBOX.c.record_id == record_id)
        transaction.run(OUTBOX.update().where(of_record).values(values))


def _entry(row: Any) -> Entry:
    columns = None if row.columns is None else frozenset(msgspec.json.decode(row.columns))
    return Entry(
        row.record_id, row.stamp, columns, bool(row.is_deletion), row.version_stamp or 0, bool(row.is_answered)
    )
