"""One push being applied, row by row: what its sender had seen and may change, what becomes of each row (DESIGN §6).

Plans versions, conflicts and deletions in a RecordChanges. What changes in a row is decided in db/merge.py. Knows
nothing of who pushed or of the log (db/push.py).
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from db.catalogue import BOOKKEEPING_COLUMNS, CATALOGUE
from db.changeset import Changeset, Deletion, TableChanges
from db.coercion import CleanRow, RowCleaner
from db.database import Transaction
from db.history import last_refused, version_at, versions_by_device
from db.marks import Pull
from db.merge import differing, holds_same, is_only_older, merge_row
from db.permissions import Flag
from db.push_gate import PushGate
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, StoredRow, VersionKind
from db.row_types import TypedRow, plain_row
from db.sync_log import SyncNote


class PushedRows:
    """One push being applied. ``mark`` and ``stamp`` say what the sender had seen when it pushed."""

    def __init__(
        self, transaction: Transaction, pull: Pull | None, gate: PushGate | None, *, holds_what_it_sent: bool
    ) -> None:
        mark = pull.mark if pull else NO_MARK
        self.changes = RecordChanges(transaction, mark)
        self.notes: set[SyncNote] = set()
        self._transaction = transaction
        self._gate = gate
        self._device_id = pull.device_id if pull else None
        self._mark = mark
        self._stamp = pull.stamp if pull else 0
        self._held_mark = mark if holds_what_it_sent else NO_MARK

    def apply(self, changeset: Changeset) -> None:
        """Plans all changes: the edits of every table, then the deletions. So what was written under a record
        before it was deleted is deleted along with it, and kept in the history."""
        pushed = [(name, RowCleaner(CATALOGUE[name])) for name in CATALOGUE if name in changeset.tables]
        if self._gate is not None:
            for table, _ in pushed:
                self._gate.expect(table, map(_plain, changeset.tables[table].upserts))
        for table, cleaner in pushed:
            self._apply_upserts(table, changeset.tables[table], cleaner)
        for table, cleaner in pushed:
            for deletion in changeset.tables[table].deletions:
                self._delete(table, deletion, cleaner)

    def _apply_upserts(self, table: str, pushed: TableChanges, cleaner: RowCleaner) -> None:
        """The edits of one table, in the order sent."""
        ids = [row["id"] if isinstance(row, dict) else row.id for row in pushed.upserts]
        ids += [deletion.record_id for deletion in pushed.deletions]
        stored = self.changes.load(table, ids)
        fresh, planned = self.changes.fresh_rows(table), self.changes.planned_rows(table)
        for row in pushed.upserts:
            if self._gate is not None or isinstance(row, dict):
                self._upsert(table, cleaner.clean(_plain(row)))
                continue
            record_id = row.id
            if record_id in stored or record_id in fresh or record_id in planned:
                self._upsert(table, cleaner.clean(plain_row(row)))
                continue
            row._status = row._changed = UNSET  # the phone's own business
            fresh[record_id] = row

    def _upsert(self, table: str, row: CleanRow) -> None:
        record_id = row.data["id"]
        earlier = self.changes.planned(table, record_id)
        before = self.changes.stored(table, record_id)
        if self._gate is not None and not _is_tombstone(earlier or before):
            current = earlier.data if earlier else before.data if before else None
            if missing := self._gate.missing_for_upsert(table, row.data, current):
                self._put_aside(table, row, before, missing)
                return
        if earlier is not None or before is not None:
            self._merge(table, row, earlier, before)
            return
        held = NO_MARK if row.odd else self._held_mark
        planned = PlannedRow(record_id, row.data, None, False, held, self._mark, None)
        self.changes.put(table, planned, VersionKind.REPLACED, ())
        if row.odd:
            self._keep_odd(table, row)

    def _merge(self, table: str, row: CleanRow, earlier: PlannedRow | None, before: StoredRow | None) -> None:
        if earlier is not None:
            if not earlier.is_deleted:
                self._replace(table, row, earlier.data, earlier.before, is_current=True)
        elif before is not None and before.is_deleted:
            self._refuse(table, row, before)
        elif before is not None:
            self._hold_foreign(table, before)
            if self._is_repeat(table, row, before):
                # Its edit arrived before and has been overwritten since by somebody who had seen it. The phone
                # believes its own values now: a new stamp makes it receive the current ones.
                if before.last_modified <= self._stamp:
                    self.changes.touch(table, before)
            else:
                is_current = before.last_modified <= self._stamp or before.held_mark == self._mark
                self._replace(table, row, before.data, before, is_current=is_current)

    def _replace(
        self, table: str, row: CleanRow, stored: dict[str, Any], before: StoredRow | None, *, is_current: bool
    ) -> None:
        record_id = row.data["id"]
        base = None if is_current else self._seen_by_sender(table, record_id)
        merge = merge_row(
            stored,
            row.data,
            is_current=is_current,
            base=base,
            says=row.changed,
            defaults=CATALOGUE[table].defaults,
        )
        if not merge.changed:
            return
        if before is not None and is_only_older(merge, stored):
            self.changes.touch(table, before)
            return
        kind, columns = VersionKind.REPLACED, merge.changed
        if merge.conflicts:
            kind, columns = VersionKind.CONFLICT, merge.conflicts
            self.notes.add(SyncNote.CONFLICT)
        holds = not row.odd and holds_same(merge.data, row.data, CATALOGUE[table].defaults)
        created_mark = self._mark if before is None else NO_MARK
        changed = None if before is None else merge.changed
        earlier = self.changes.planned(table, record_id)
        if changed is not None and earlier is not None:  # the same record a second time in one push
            changed = None if earlier.changed is None else changed | earlier.changed
        planned = PlannedRow(
            record_id, merge.data, before, False, self._held_mark if holds else NO_MARK, created_mark, changed
        )
        self.changes.put(table, planned, kind, columns)
        if row.odd:
            self._keep_odd(table, row)

    def _seen_by_sender(self, table: str, record_id: str) -> dict[str, Any] | None:
        """The version that the sender's edit began from, as far as that is known: the one at its pull, or of a record
        that was not here then, the one it pushed itself."""
        seen = version_at(self._transaction, table, record_id, self._stamp)
        if seen is None and self._device_id is not None:
            own = versions_by_device(self._transaction, table, record_id, self._device_id)
            seen = own[0] if own else None
        return seen

    def _delete(self, table: str, deletion: Deletion, cleaner: RowCleaner) -> None:
        """Delete wins over a concurrent edit, which is kept and shown as a conflict."""
        before = self.changes.stored(table, deletion.record_id)
        earlier = self.changes.planned(table, deletion.record_id)
        if (earlier is None and before is None) or (earlier or before).is_deleted:  # type: ignore[union-attr]
            return
        if self._gate is not None and self._is_deletion_refused(table, deletion, earlier, before):
            return
        if deletion.row is not None:
            self._merge(table, cleaner.clean(dict(deletion.row)), earlier, before)
        kind, columns = VersionKind.DELETED, frozenset[str]()
        if before is not None and before.last_modified > self._stamp and before.held_mark != self._mark:
            seen = version_at(self._transaction, table, deletion.record_id, self._stamp)
            unseen = differing(before.data, seen) if seen else frozenset(before.data)
            columns = unseen - BOOKKEEPING_COLUMNS
            if self._stamp and columns:
                kind = VersionKind.CONFLICT
                self.notes.add(SyncNote.CONFLICT)
        self.changes.delete(table, deletion.record_id, kind, columns, self._mark)

    def _is_deletion_refused(
        self, table: str, deletion: Deletion, earlier: PlannedRow | None, before: StoredRow | None
    ) -> bool:
        current = earlier.data if earlier else before.data if before else {}
        missing = self._gate.missing_for_deletion(table, current) if self._gate else None
        if missing is None:
            return False
        self.notes.add(SyncNote.NOT_PERMITTED)
        if last_refused(self._transaction, table, current["id"]) != current:
            self.changes.keep_aside(table, current["id"], VersionKind.REFUSED, (), current, missing.value)
        # The library destroys what it says is deleted; who sends the row itself keeps it, and hides it.
        self.changes.give_back(table, deletion.record_id, is_dropped=deletion.row is None)
        return True

    def _put_aside(self, table: str, row: CleanRow, before: StoredRow | None, missing: Flag) -> None:
        """What a user may not change stays as it is; what was sent is kept where staff can see and restore it."""
        if before is not None and holds_same(before.data, row.data, CATALOGUE[table].defaults):
            return  # a phone that sends what it holds changes nothing
        self.notes.add(SyncNote.NOT_PERMITTED)
        record_id = row.data["id"]
        if before is not None:
            self.changes.touch(table, before)  # so that the phone takes the current values back
        if last_refused(self._transaction, table, record_id) != row.data:
            self.changes.keep_aside(table, record_id, VersionKind.REFUSED, row.changed or (), row.data, missing.value)

    def _refuse(self, table: str, row: CleanRow, tombstone: StoredRow) -> None:
        """An edit of a deleted record does not bring it back; it is kept where staff can restore it."""
        record_id = row.data["id"]
        if holds_same(tombstone.data, row.data, CATALOGUE[table].defaults):
            return
        if last_refused(self._transaction, table, record_id) == row.data:
            return
        self.changes.keep_aside(table, record_id, VersionKind.REFUSED, row.changed or (), row.data)
        self.notes.add(SyncNote.EDIT_OF_DELETED)
        if tombstone.last_modified <= self._stamp:
            self.changes.touch(table, tombstone)  # the phone has not taken the deletion: tell it again

    def _is_repeat(self, table: str, row: CleanRow, before: StoredRow) -> bool:
        """Whether this very edit of this very phone came before (its answer was lost) and was overwritten."""
        says = (row.changed or frozenset()) - BOOKKEEPING_COLUMNS
        if self._device_id is None or not says or holds_same(before.data, row.data, CATALOGUE[table].defaults):
            return False
        edit = [*says, "updated_at"]
        earlier = versions_by_device(self._transaction, table, row.data["id"], self._device_id)
        return any(all(version.get(name) == row.data.get(name) for name in edit) for version in earlier)

    def _hold_foreign(self, table: str, before: StoredRow) -> None:
        """A phone may push a row that somebody else made after its pull; it holds that row all the same."""
        if self._mark != NO_MARK and before.created_at > self._stamp and before.created_mark != self._mark:
            self.changes.hold(self._mark, table, before.record_id)

    def _keep_odd(self, table: str, row: CleanRow) -> None:
        """Repaired values are kept as they came; only the ones that were lost are worth a note."""
        self.changes.keep_aside(table, row.data["id"], VersionKind.AS_RECEIVED, row.odd, row.odd)
        if row.lost:
            self.notes.add(SyncNote.VALUES_REPAIRED)


def _plain(row: dict[str, Any] | TypedRow) -> dict[str, Any]:
    return row if isinstance(row, dict) else plain_row(row)


def _is_tombstone(row: PlannedRow | StoredRow | None) -> bool:
    return row is not None and row.is_deleted
