"""Pulled rows going into the records, a piece at a time: merging, deletions, confirmations of what was sent (CLOUD §3).

Knows nothing of HTTP. Applying the same rows again changes nothing, so a pull that broke off is simply begun again;
the cursor moves only with its end (db/cloud/reckoning.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from db.catalogue import CATALOGUE
from db.cloud.attributes import TABLE as ATTRIBUTES
from db.cloud.attributes import collapsed_attributes
from db.cloud.known import Entry, KnownRow, confirm, keep_waiting, known_rows, waiting_entries, write_known
from db.cloud.verdict import Verdict, Waiting, judge
from db.cloud.wire import CloudRow, RowReader, SentRow, differences
from db.database import Database, Transaction
from db.history import version_at
from db.outbox import OutboxEntry, write_changed
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, Data, StoredRow, VersionKind, living_ids
from db.sync_log import SyncEntry, SyncKind, SyncNote, amend_sync, log_sync


@dataclass(frozen=True)
class Arrival:
    """Rows of one table as the cloud sent them: living ones, and ids of deleted ones."""

    table: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


class Arrivals:
    """One pull going in. ``full_pull``: the number of the last full pull that was begun, this one's if it is one."""

    def __init__(self, database: Database, full_pull: int) -> None:
        self.counts: dict[str, int] = {}
        self.notes: set[SyncNote] = set()
        self.sync_id: int | None = None
        self._database = database
        self._full_pull = full_pull
        self._readers: dict[str, RowReader] = {}

    def apply(self, pieces: Sequence[Arrival]) -> None:
        """Takes some rows in, in one transaction. Raises StorageBusy, DiskFull, StorageFailed."""
        with self._database.write() as transaction:
            changes = RecordChanges(transaction, for_cloud=False)
            tables = [self._arrive(transaction, changes, piece) for piece in pieces if piece.table in CATALOGUE]
            if not changes.is_empty:
                for name in CATALOGUE:
                    if size := len(changes.planned_rows(name)):
                        self.counts[name] = self.counts.get(name, 0) + size
                changes.flush(self._logged(transaction))
            for arrived in tables:
                arrived.settle()

    def _arrive(self, transaction: Transaction, changes: RecordChanges, piece: Arrival) -> _Table:
        reader = self._readers.get(piece.table) or self._readers.setdefault(piece.table, RowReader(piece.table))
        table = _Table(transaction, changes, piece.table, self._full_pull, self.notes)
        table.arrive(reader, [row for raw in piece.rows if (row := reader.recognise(raw)) is not None])
        table.delete(piece.deleted)
        return table

    def _logged(self, transaction: Transaction) -> int:
        """The line of the log for this pull; made with the first change, so that rounds without news leave none."""
        entry = SyncEntry(SyncKind.CLOUD_PULL, "cloud", None, None, self.counts, notes=tuple(sorted(self.notes)))
        if self.sync_id is None:
            self.sync_id = log_sync(transaction, entry)
        else:
            amend_sync(transaction, self.sync_id, entry)
        return self.sync_id


class _Table:
    """The rows of one table in one transaction: planned first, written by ``settle`` once the records are."""

    def __init__(
        self, transaction: Transaction, changes: RecordChanges, name: str, full_pull: int, notes: set[SyncNote]
    ) -> None:
        self._transaction = transaction
        self._changes = changes
        self._name = name
        self._full_pull = full_pull
        self._notes = notes
        self._known: dict[str, KnownRow] = {}
        self._news: dict[str, KnownRow] = {}  # of what is known, what has to be written
        self._changed: set[str] = set()  # records that get the stamp of this transaction
        self._confirmed: list[str] = []
        self._waiting: dict[str, frozenset[str]] = {}
        self._delete_again: list[str] = []

    def arrive(self, reader: RowReader, sent: list[SentRow]) -> None:
        """Plans what becomes of living rows."""
        ids = [row.record_id for row in sent]
        self._known = known_rows(self._transaction, self._name, ids)
        to_cloud = CATALOGUE[self._name].goes_to_cloud
        entries = waiting_entries(self._transaction, self._name, ids) if to_cloud else {}
        sent = self._without_old_news(sent, entries)
        self._changes.load(self._name, [row.record_id for row in sent])
        rows = [reader.read(row) for row in sent]
        for row in rows:
            self._take(row, entries.get(row.record_id))
        if self._name == ATTRIBUTES:
            for collapsed in collapsed_attributes(self._transaction, rows):
                self._collapse(collapsed.local_id, collapsed.row)

    def delete(self, ids: Sequence[str]) -> None:
        """Plans what becomes of rows that were deleted in the cloud: delete wins, edits that wait are kept aside."""
        if not ids:
            return
        known = known_rows(self._transaction, self._name, ids)
        entries = waiting_entries(self._transaction, self._name, ids)
        stored = self._changes.load(self._name, ids)
        for record_id in ids:
            row = known.get(record_id) or KnownRow(None, 0, 0, is_ours=False, full_pull=self._full_pull)
            if record_id in known or record_id in stored:
                row.gone_at, row.seen = row.gone_at or self._transaction.now_ms, None
                self._news[record_id] = row
            entry = entries.get(record_id)
            if entry is not None:
                self._confirmed.append(record_id)
            before = stored.get(record_id)
            if before is None:
                continue
            if before.is_deleted:  # here too; what came below it since is gone there without a word
                self._changes.delete_descendants(self._name, record_id)
                continue
            kind, columns = VersionKind.DELETED, frozenset[str]()
            if entry is not None:
                kind, columns = VersionKind.CONFLICT, entry.columns or frozenset(before.data)
                self._notes.add(SyncNote.CONFLICT)
            self._changes.delete(self._name, record_id, kind, columns, NO_MARK)
        self._keep_edits_of_descendants(set(ids))

    def settle(self) -> None:
        """Writes what is known of the cloud now, after the records were written."""
        for record_id in self._changed:
            self._news[record_id].stamp = self._transaction.stamp
        if self._news:
            write_known(self._transaction, self._name, self._news)
        if self._confirmed:
            confirm(self._transaction, self._name, self._confirmed)
        for columns, stamp in self._still_waiting():
            keep_waiting(self._transaction, self._name, columns, stamp)
        if self._delete_again:
            again = [OutboxEntry(record_id, None, is_deletion=True) for record_id in self._delete_again]
            write_changed(self._transaction, self._name, again)

    def _still_waiting(self) -> Iterable[tuple[dict[str, frozenset[str]], int | None]]:
        changed = {name: columns for name, columns in self._waiting.items() if name in self._changed}
        same = {name: columns for name, columns in self._waiting.items() if name not in self._changed}
        yield same, None
        if changed:
            yield changed, self._transaction.stamp

    def _without_old_news(self, sent: list[SentRow], entries: dict[str, Entry]) -> list[SentRow]:
        """Most rows of a full pull, and those that pulls have in common: there is nothing to merge in them."""
        if self._name == ATTRIBUTES:  # ours under another id may wait for what was known before (_collapse)
            return sent
        same = [row.record_id for row in sent if row.record_id not in entries and self._is_known(row)]
        living = living_ids(self._transaction, self._name, same) if same else frozenset[str]()
        news = []
        for row in sent:
            if row.record_id not in living:
                news.append(row)
                continue
            known = self._known[row.record_id]
            if known.full_pull != self._full_pull or known.left_at is not None:
                known.full_pull, known.left_at = self._full_pull, None
                self._news[row.record_id] = known
        return news

    def _is_known(self, row: SentRow | CloudRow) -> bool:
        known = self._known.get(row.record_id)
        return known is not None and known.digest == row.digest and known.gone_at is None

    def _take(self, row: CloudRow, entry: Entry | None) -> None:
        record_id = row.record_id
        known, before = self._known.get(record_id), self._changes.stored(self._name, record_id)
        if before is None:
            self._put(row, None, row.data, frozenset(), None)
            self._note(row, known, stamp=0, is_ours=False)
        elif before.is_deleted:
            self._take_dead(row, known, before, entry)
        else:
            self._merge(row, known, before, entry, is_news=not self._is_known(row))

    def _take_dead(self, row: CloudRow, known: KnownRow | None, before: StoredRow, entry: Entry | None) -> None:
        """The cloud has a living row of a record that is deleted here."""
        if entry is not None:  # our deletion is on its way, and wins
            return
        if known is not None and known.gone_at is not None:  # both knew of its end: somebody brought it back
            self._put(row, before, row.data, None, None)
            self._note(row, known, stamp=0, is_ours=False)
        elif CATALOGUE[self._name].goes_to_cloud:
            # Our deletion got lost there: an older push was applied after it (CLOUD §2).
            self._note(row, known, stamp=before.last_modified, is_ours=True)
            self._delete_again.append(row.record_id)

    def _merge(
        self, row: CloudRow, known: KnownRow | None, before: StoredRow, entry: Entry | None, *, is_news: bool
    ) -> None:
        base = self._base(known, before)
        verdict = judge(self._name, before.data, row.data, base, self._waiting_edit(entry, before))
        if verdict.declined and is_news:
            self._changes.keep_aside(
                self._name, row.record_id, VersionKind.CONFLICT, verdict.declined, {**before.data, **row.data}
            )
            self._notes.add(SyncNote.CONFLICT)
        stamp = before.last_modified if entry is None or known is None else known.stamp
        if verdict.taken:
            data = before.data | {name: row.data[name] for name in verdict.taken}
            if row.updated_at is not None and not verdict.waiting:
                data["updated_at"] = row.updated_at
            self._put(row, before, data, verdict.taken, self._lost(verdict, known, before, row))
        is_confirmed = entry is not None and not verdict.waiting
        is_ours = is_confirmed or (known is not None and known.is_ours and not verdict.taken)
        self._note(row, known, stamp=before.last_modified if is_confirmed else stamp, is_ours=is_ours)
        if entry is None:
            return
        if is_confirmed:
            self._confirmed.append(row.record_id)
        else:
            self._news[row.record_id].seen = msgspec.json.encode(row.data).decode()
            if verdict.waiting != entry.columns:
                self._waiting[row.record_id] = verdict.waiting

    def _waiting_edit(self, entry: Entry | None, before: StoredRow) -> Waiting | None:
        if entry is None:
            return None
        sent = None
        if entry.version_stamp:
            is_current = before.last_modified <= entry.version_stamp
            sent = before.data if is_current else self._version(before.record_id, entry.version_stamp)
        return Waiting(entry.columns, sent, entry.is_answered)

    def _base(self, known: KnownRow | None, before: StoredRow) -> Data | None:
        """What the cloud held when it was last looked at."""
        if known is None:
            return None
        if known.seen is not None:
            return known.seen_data
        return before.data if before.last_modified <= known.stamp else self._version(before.record_id, known.stamp)

    def _lost(
        self, verdict: Verdict, known: KnownRow | None, before: StoredRow, row: CloudRow
    ) -> frozenset[str] | None:
        """The columns in which an edit made here loses; None where none does. An edit that the cloud had confirmed
        loses too when somebody writes over it who had not seen it: the whole row as it was before (CLOUD §4)."""
        if verdict.lost:
            return verdict.lost
        if known is None or not known.is_ours:
            return None
        earlier = self._version(before.record_id, before.last_modified - 1)
        if earlier is None:
            return None
        values = {name: row.data[name] for name in verdict.taken}
        return verdict.taken if not differences(self._name, earlier, values) else None

    def _version(self, record_id: str, stamp: int) -> Data | None:
        return version_at(self._transaction, self._name, record_id, stamp)

    def _put(
        self,
        row: CloudRow,
        before: StoredRow | None,
        data: Data,
        taken: frozenset[str] | None,
        lost: frozenset[str] | None,
    ) -> None:
        kind = VersionKind.REPLACED if lost is None else VersionKind.CONFLICT
        if lost is not None:
            self._notes.add(SyncNote.CONFLICT)
        changed = None if before is None else taken
        planned = PlannedRow(row.record_id, data, before, False, NO_MARK, NO_MARK, changed)
        self._changes.put(self._name, planned, kind, (taken or ()) if lost is None else lost)
        self._changed.add(row.record_id)

    def _note(self, row: CloudRow, known: KnownRow | None, *, stamp: int, is_ours: bool) -> None:
        updated_at = row.updated_at if row.updated_at is not None else known.updated_at if known else None
        self._news[row.record_id] = KnownRow(updated_at, row.digest, stamp, is_ours, self._full_pull)

    def _collapse(self, local_id: str, row: CloudRow) -> None:
        """The cloud keeps one attribute of a kind for a patient, under the id that came first (CLOUD §4): ours goes
        on under that id, with the value that waits."""
        ours = self._changes.load(self._name, [local_id]).get(local_id)
        entry = waiting_entries(self._transaction, self._name, [local_id]).get(local_id)
        theirs = self._changes.planned(self._name, row.record_id)
        if ours is None or entry is None or theirs is None or theirs.is_deleted:
            return
        mine = differences(self._name, ours.data, row.data)
        if mine:
            data = {**theirs.data, **{name: ours.data[name] for name in mine if name in ours.data}}
            data["updated_at"] = max(ours.data.get("updated_at") or 0, theirs.data.get("updated_at") or 0)
            planned = PlannedRow(row.record_id, data, theirs.before, False, NO_MARK, NO_MARK, theirs.changed)
            self._changes.put(self._name, planned, VersionKind.REPLACED, mine)
            write_changed(self._transaction, self._name, [OutboxEntry(row.record_id, mine, is_deletion=False)])
        self._changes.delete(self._name, local_id, VersionKind.REPLACED, (), NO_MARK)
        self._confirmed.append(local_id)

    def _keep_edits_of_descendants(self, explicit: set[str]) -> None:
        """Records that go with a deleted one: what waited of them waits no longer, and is shown as a conflict."""
        for name in CATALOGUE:
            gone = [
                row.record_id
                for row in self._changes.planned_rows(name).values()
                if row.is_deleted and not (name == self._name and row.record_id in explicit)
            ]
            entries = waiting_entries(self._transaction, name, gone) if gone else {}
            for record_id, entry in entries.items():
                planned = self._changes.planned(name, record_id)
                if planned is not None and not entry.is_deletion:
                    columns = entry.columns or frozenset(planned.data)
                    self._changes.keep_aside(name, record_id, VersionKind.CONFLICT, columns, planned.data)
                    self._notes.add(SyncNote.CONFLICT)
            if entries:
                confirm(self._transaction, name, entries)
