"""Single records made, changed and deleted one at a time: what procedures do, through the same door as a push.

One transaction, one stamp, history, outbox, counts and a line in the log (the audit). Knows nothing of RPC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from uuid_utils.compat import uuid7

from db.catalogue import CATALOGUE
from db.coercion import RowCleaner
from db.database import Database, Transaction
from db.errors import AlreadyExists, InvalidInput, NotFound
from db.merge import differing
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, Data, VersionKind
from db.sync_log import SyncEntry, SyncKind, log_sync


@dataclass(frozen=True)
class Author:
    """Who changes something: a user on a phone, by means of the procedure ``action``."""

    user_id: str
    device_id: str | None
    action: str
    channel: str = "hub"


class RecordEdits:
    """The edits of one transaction. Reads through it see them. Make one with ``edit_records``."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self._changes = RecordChanges(transaction)

    def find(self, table: str, record_id: str) -> Data | None:
        """The living record with this id as it is now, or None; a copy."""
        self._changes.load(table, [record_id])
        planned = self._changes.planned(table, record_id)
        row = planned or self._changes.stored(table, record_id)
        if row is None or row.is_deleted or row.data.get("is_deleted") is True:
            return None
        return dict(row.data)

    def require(self, table: str, record_id: str) -> Data:
        """The living record. Raises NotFound."""
        row = self.find(table, record_id)
        if row is None:
            raise NotFound(table=table)
        return row

    def create(self, table: str, values: Data) -> Data:
        """Makes a record out of ``values`` (any spelling that phones use, see db/coercion.py); the rest is default.

        A missing or empty id is made up. Returns the stored row. The very same record again changes nothing (a
        repeated call whose answer was lost). Raises AlreadyExists for another one of this id, also a deleted one,
        InvalidInput for values that do not fit.
        """
        now = self.transaction.now_ms
        values = {name: value for name, value in values.items() if value is not None}
        record_id = values.get("id") or str(uuid7())
        defaults = {column.name: column.default for column in CATALOGUE[table].columns.values()}
        times = dict.fromkeys(("created_at", "updated_at", "last_modified", "server_created_at"), now)
        data = defaults | {name: at for name, at in times.items() if name in defaults}
        data |= self._clean(table, {**values, "id": record_id})
        self._changes.load(table, [record_id])
        existing = self._changes.planned(table, record_id) or self._changes.stored(table, record_id)
        if existing is not None:
            same = differing(existing.data, data) <= times.keys()
            if existing.is_deleted or not same:
                raise AlreadyExists(path="id")
            return dict(existing.data)
        self._changes.put(table, PlannedRow(record_id, data, None, False, NO_MARK, NO_MARK, None), _REPLACED, ())
        return dict(data)

    def update(self, table: str, record_id: str, values: Data) -> Data:
        """Changes the columns in ``values``; ``updated_at`` becomes now unless given. Returns the stored row.

        Values that are there already change nothing. Raises NotFound, InvalidInput.
        """
        current = self.require(table, record_id)
        cleaned = self._clean(table, {**values, "id": record_id})
        changed = frozenset(name for name in cleaned if name not in current or current[name] != cleaned[name])
        if changed <= {"updated_at"}:
            return current
        data = {**current, **cleaned}
        if "updated_at" not in values:
            data["updated_at"] = self.transaction.now_ms
            changed |= {"updated_at"}
        before = self._changes.stored(table, record_id)
        earlier = self._changes.planned(table, record_id)
        columns: frozenset[str] | None = changed
        if before is None or (earlier is not None and earlier.changed is None):
            columns = None
        elif earlier is not None and earlier.changed is not None:
            columns = changed | earlier.changed
        row = PlannedRow(record_id, data, before, False, NO_MARK, NO_MARK, columns)
        self._changes.put(table, row, _REPLACED, changed)
        return dict(data)

    def delete(self, table: str, record_id: str) -> None:
        """Deletes a record and its descendants. Raises NotFound."""
        self.require(table, record_id)
        self._changes.delete(table, record_id, VersionKind.DELETED, (), NO_MARK)

    def finish(self, author: Author) -> None:
        """Writes everything, with a line in the log; nothing when nothing changed."""
        if self._changes.is_empty:
            return
        counts = {name: len(rows) for name in CATALOGUE if (rows := self._changes.planned_rows(name))}
        entry = SyncEntry(
            SyncKind.PROCEDURE, author.channel, author.device_id, author.user_id, counts, action=author.action
        )
        self._changes.flush(log_sync(self.transaction, entry))

    def _clean(self, table: str, values: Data) -> Data:
        clean = RowCleaner(CATALOGUE[table]).clean(dict(values))
        if clean.lost:
            raise InvalidInput(path=min(clean.lost))
        return clean.data


@contextmanager
def edit_records(database: Database, author: Author) -> Iterator[RecordEdits]:
    """Edits in one transaction: all on the disk when the block ends, nothing when it raises."""
    with database.write() as transaction:
        edits = RecordEdits(transaction)
        yield edits
        edits.finish(author)


def utc_now_text(now_ms: int) -> str:
    """Epoch ms as ISO 8601 text, as the app reads times of the cloud."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_REPLACED = VersionKind.REPLACED
