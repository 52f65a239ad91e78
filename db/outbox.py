"""What the cloud has not confirmed yet: one entry per changed record, written in the transaction of the change.

Knows nothing of the cloud; rows that came from it must not be written here (DESIGN §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Snapshot, Statement, Transaction
from db.schema import OUTBOX, RECORD_TABLES
from db.sqlite.dialect import json_values, replace_from, upsert, values_of


@dataclass(slots=True)
class OutboxEntry:
    """A changed record that was here before. ``columns`` None: all of them."""

    record_id: str
    columns: frozenset[str] | None
    is_deletion: bool


_PUT = Statement(upsert(OUTBOX))
_WAITING = sa.select(OUTBOX.c.record_id, OUTBOX.c.columns).where(
    OUTBOX.c.table_name == sa.bindparam("name"), OUTBOX.c.record_id.in_(sa.select(values_of("ids").c.value))
)


@cache
def _put_new(name: str) -> sa.Executable:
    """All records made under one stamp, in one statement: thousands at once must not pass through Python."""
    columns = RECORD_TABLES[name].c
    stamp: sa.BindParameter[int] = sa.bindparam("stamp")
    is_gone = columns.local_server_deleted_at.is_not(None)
    rows = (
        sa.select(sa.literal(name), columns.id, stamp, sa.null(), is_gone)
        .where(columns.local_server_last_modified == stamp, columns.local_server_created_at == stamp)
        .order_by(columns.id)
    )
    return replace_from(OUTBOX, rows)


def write_new(transaction: Transaction, table: str) -> None:
    """Adds an entry for every record that this transaction has made."""
    transaction.run(_put_new(table), {"stamp": transaction.stamp})


def write_changed(transaction: Transaction, table: str, entries: list[OutboxEntry]) -> None:
    """Adds the entries under the transaction's stamp; columns still waiting from earlier edits stay in."""
    waiting = _waiting_columns(transaction, table, [entry.record_id for entry in entries])
    stamp = transaction.stamp
    rows = []
    for entry in entries:
        columns = entry.columns
        if columns is not None and entry.record_id in waiting:
            earlier = waiting[entry.record_id]
            columns = None if earlier is None else columns | earlier
        text = None if columns is None else msgspec.json.encode(sorted(columns)).decode()
        rows.append((table, entry.record_id, stamp, text, entry.is_deletion))
    transaction.run_many(_PUT, rows)


def waiting_everything(transaction: Transaction) -> None:
    """Adds an entry for every record that goes to the cloud, its deletions too: a cloud is to be filled from here."""
    for name, table in CATALOGUE.items():
        if table.goes_to_cloud:
            columns = RECORD_TABLES[name].c
            is_gone = columns.local_server_deleted_at.is_not(None)
            rows = sa.select(sa.literal(name), columns.id, columns.local_server_last_modified, sa.null(), is_gone)
            transaction.run(replace_from(OUTBOX, rows.where(sa.true())))


def waiting_count(snapshot: Snapshot) -> int:
    """How many records wait for the cloud."""
    return int(snapshot.scalar(sa.select(sa.func.count()).select_from(OUTBOX)))


def fingerprint(snapshot: Snapshot) -> tuple[int, int]:
    """Differs when something was added to what waits."""
    row = snapshot.first(sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(OUTBOX.c.stamp), 0)))
    return int(row[0]), int(row[1])


def _waiting_columns(transaction: Transaction, table: str, ids: list[str]) -> dict[str, frozenset[str] | None]:
    rows = transaction.rows(_WAITING, {"name": table, "ids": json_values(ids)})
    return {row.record_id: None if row.columns is None else frozenset(msgspec.json.decode(row.columns)) for row in rows}
