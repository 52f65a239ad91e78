"""A clinic in a bad week: phones of all kinds, a server whose power and clock cannot be trusted, and its staff.

Knows nothing of chance: tests/sync/test_convergence.py decides what happens next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from db.catalogue import BOOKKEEPING_COLUMNS
from db.history import restore_version
from db.records import VersionKind, live_counts
from db.schema import RECORD_HISTORY
from tests.fakes.clock import START_MS, AdjustableClock
from tests.sync.clinic_server import ClinicServer, Lost
from tests.sync.first_generation_phone import TABLES, FirstGenerationPhone, FirstPush
from tests.sync.ledger import (
    Ledger,
    StoredRecord,
    fingerprint,
    live_counts_by_counting,
    stored_records,
)
from tests.sync.library_phone import LibraryPhone, Push
from tests.sync.phone_tables import Row, RowKey, content
from web.i18n import Catalogue

_MOST_ROUNDS = 12
_QUIET_ROUNDS = 2
_STEP_MS = 50
AnyPhone = LibraryPhone | FirstGenerationPhone


@dataclass
class Carried:
    """A phone in this world: its clock's error, and the push that waits between its pull and its answer."""

    phone: AnyPhone
    clock_error_ms: int
    push: Push | FirstPush | None = None
    edits: Counter[RowKey] = field(default_factory=Counter)
    in_push: Counter[RowKey] = field(default_factory=Counter)
    delivered: Counter[RowKey] = field(default_factory=Counter)

    def create(self, key: RowKey, values: Row, now_ms: int) -> None:
        """A person adds a record."""
        self.phone.create(key, values, now_ms)
        self.edits[key] += 1

    def edit(self, key: RowKey, values: Row, now_ms: int) -> None:
        """A person edits a record."""
        self.phone.edit(key, values, now_ms)
        self.edits[key] += 1

    def stale_keys(self) -> set[RowKey]:
        """Records in the waiting push of which nothing is new: every edit of theirs arrived before."""
        if self.push is None:
            return set()
        rows = self.push.raws if isinstance(self.push, Push) else self.push.rows
        return {key for key in rows if self.in_push[key] <= self.delivered[key]}


@dataclass
class World:
    """``true_ms`` is what a right clock would say."""

    server: ClinicServer
    clock: AdjustableClock
    phones: list[Carried] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    true_ms: int = START_MS
    excused: set[str] = field(default_factory=set)
    strays: list[tuple[AnyPhone, Push | FirstPush]] = field(default_factory=list)
    undelivered_deletions: set[tuple[str, RowKey]] = field(default_factory=set)

    @classmethod
    def begin(cls, template: Path, work: Path, catalogue: Catalogue) -> World:
        """A clinic with an empty database."""
        clock = AdjustableClock()
        return cls(ClinicServer(template, work, clock, catalogue), clock)

    def pass_time(self, duration_ms: int = _STEP_MS) -> None:
        """Time goes on for everybody."""
        self.true_ms += duration_ms
        self.clock.advance(duration_ms)

    def now(self, carried: Carried) -> int:
        """What the phone's clock says."""
        return self.true_ms + carried.clock_error_ms

    def pull(self, carried: Carried, lost: Lost | None = None) -> int:
        """The first half of a sync; returns how many changes came."""
        self.pass_time()
        assert carried.push is None
        phone = carried.phone
        if isinstance(phone, LibraryPhone):
            pulled = phone.pull(self.server, lost)
            if pulled is None:
                return 0
            carried.push = phone.make_push()
            carried.in_push = Counter(carried.edits)
            self._check_complaints(phone)
            return pulled
        result = phone.pull(self.server, lost)
        if result is None:
            return 0
        pulled, carried.push = result
        carried.in_push = Counter(carried.edits)
        return pulled

    def push(self, carried: Carried, *, arrives: bool = True, is_answered: bool = True, times: int = 1) -> bool:
        """The second half; whether anything new was sent."""
        self.pass_time()
        push, stale = carried.push, carried.stale_keys()
        carried.push = None
        if push is None:
            return False
        phone = carried.phone
        if arrives:
            self._deliver(phone, push, times, stale)
            rows = push.raws if isinstance(push, Push) else push.rows
            carried.delivered |= Counter({key: carried.in_push[key] for key in rows})
        else:
            self.strays.append((phone, push))
        if isinstance(phone, LibraryPhone) and isinstance(push, Push):
            if arrives and is_answered:
                phone.acknowledge(push)
            elif arrives:
                self.undelivered_deletions |= {(phone.name, key) for key in push.deleted}
            return True
        return isinstance(push, FirstPush) and bool(push.carries)

    def stray_arrives(self, number: int) -> None:
        """A push that its phone has given up arrives after all: it waited in some buffer."""
        self.pass_time()
        if self.strays:
            self._send(*self.strays.pop(number % len(self.strays)))

    def _deliver(self, phone: AnyPhone, push: Push | FirstPush, times: int, stale: set[RowKey]) -> None:
        before_push = self._records()
        self._send(phone, push)
        after_push = self._records()
        for key in stale:
            is_deleted = after_push[key].is_deleted if key in after_push else False
            if not (is_deleted and deletes(push)):  # with its parent, perhaps
                news = _news(before_push.get(key), after_push.get(key))
                assert not news, f"{phone.name} changed {key} with what it sent before: {news}"
        if times > 1:
            before = fingerprint(self.server.database)
            for _ in range(times - 1):
                self._send(phone, push)
            assert fingerprint(self.server.database) == before, f"the same push of {phone.name} again changed something"
        if isinstance(push, Push):
            for key, raw in push.raws.items():
                changed = raw["_changed"].split(",") if raw["_status"] == "updated" else list(raw)
                self.ledger.note(key, {name: raw[name] for name in changed if name and not name.startswith("_")})
        else:
            for key, edits in push.carries.items():
                if key in after_push:  # deleting what nobody else ever had is ignored (DESIGN §6)
                    self.ledger.note(key, edits)

    def _records(self) -> dict[RowKey, StoredRecord]:
        with self.server.database.read() as snapshot:
            return stored_records(snapshot)

    def _send(self, phone: AnyPhone, push: Push | FirstPush) -> None:
        if isinstance(phone, LibraryPhone) and isinstance(push, Push):  # noqa: SIM114 - two types, one word
            phone.send(self.server, push)
        elif isinstance(phone, FirstGenerationPhone) and isinstance(push, FirstPush):
            phone.send(self.server, push)

    def restorable(self) -> list[tuple[str, str, int]]:
        """Table, id and number of every version that staff could bring back."""
        with self.server.database.read() as snapshot:
            rows = snapshot.rows(
                sa.select(RECORD_HISTORY.c.table_name, RECORD_HISTORY.c.record_id, RECORD_HISTORY.c.id)
                .where(RECORD_HISTORY.c.kind != VersionKind.AS_RECEIVED.value, RECORD_HISTORY.c.table_name != "users")
                .order_by(RECORD_HISTORY.c.id)
            )
            return [(row[0], row[1], row[2]) for row in rows]

    def restore(self, table: str, record_id: str, version: int) -> None:
        """Staff bring a version back."""
        self.pass_time()
        for phone_name, key in self.undelivered_deletions:
            if key == (table, record_id):
                # This phone deleted the record and never learnt that it arrived. Nothing can tell it from one that
                # did learn it; for that one the record has to come as new, and this one will be surprised.
                self.excused.add(f"{phone_name}: created, but it was deleted here: {table}/{record_id}")
        restore_version(self.server.database, table, record_id, version, "window")

    def settle(self) -> None:
        """Every phone syncs in peace until nothing moves."""
        for carried in self.phones:
            self.push(carried)
        quiet = 0
        for _ in range(_MOST_ROUNDS):
            moved = False
            for carried in self.phones:
                moved |= self.pull(carried) > 0
                moved |= self.push(carried)
            quiet = 0 if moved else quiet + 1
            if quiet == _QUIET_ROUNDS:
                return
        raise AssertionError(f"still moving after {_MOST_ROUNDS} rounds")

    def check(self) -> None:
        """After ``settle``: everybody holds the same, and nothing acknowledged is gone."""
        with self.server.database.read() as snapshot:
            missing = self.ledger.missing(snapshot)
            records = stored_records(snapshot)
            counts = live_counts(snapshot)
        assert missing == [], f"acknowledged, but neither current nor in the history: {missing}"
        counted = live_counts_by_counting(records)
        assert {table: counts.get(table, 0) for table in counted} == counted, f"{counts} instead of {counted}"
        for carried in self.phones:
            if isinstance(carried.phone, LibraryPhone):
                _check_library_phone(carried.phone, records)
            else:
                _check_first_generation_phone(carried.phone, records)

    def _check_complaints(self, phone: LibraryPhone) -> None:
        unexcused = [text for text in phone.complaints if f"{phone.name}: {text}" not in self.excused]
        assert unexcused == [], f"{phone.name} complains: {unexcused}"
        phone.complaints.clear()


def _news(before: StoredRecord | None, after: StoredRecord | None) -> Row:
    """What became of a record: columns that differ (times of writing apart), then and now."""
    then, now = ({**record.data, "(deleted)": record.is_deleted} if record else {} for record in (before, after))
    names = (then | now).keys() - BOOKKEEPING_COLUMNS
    return {name: (then.get(name), now.get(name)) for name in names if then.get(name) != now.get(name)}


def deletes(push: Push | FirstPush) -> bool:
    """Whether a push deletes anything."""
    if isinstance(push, Push):
        return bool(push.deleted)
    return any(row["is_deleted"] is True for row in push.rows.values())


def _check_library_phone(phone: LibraryPhone, records: dict[RowKey, StoredRecord]) -> None:
    assert phone.deleted == set()
    expected = {
        key: content(phone.schema.row(key[0], record.data, "synced", ""))
        for key, record in records.items()
        if not record.is_deleted and key[0] in phone.schema.tables
    }
    held = {key: content(row) for key, row in phone.rows.items()}
    differences = _differences(expected, held)
    assert differences == [], f"{phone.name}: {differences}"


def _check_first_generation_phone(phone: FirstGenerationPhone, records: dict[RowKey, StoredRecord]) -> None:
    """The same, for what people see, except what PROTOCOL §6 makes impossible for this phone: an edit that its mark
    has moved past is never sent, and a record that was deleted on it cannot come back to it."""
    expected: dict[RowKey, Row] = {}
    for key, record in records.items():
        if key[0] in TABLES and not record.is_deleted and key not in phone.hidden:
            expected[key] = content(phone.schema.row(key[0], record.data, "", ""))
    for key, edits in phone.unsent.items():
        if key in expected or key in phone.rows:
            expected[key] = {**expected.get(key, content(phone.rows[key])), **edits}
            expected[key].pop("updated_at", None)
    held = {key: content(row) for key, row in phone.rows.items()}
    differences = _differences(_visible(expected), _visible(held))
    assert differences == [], f"{phone.name}: {differences}"


def _visible(rows: dict[RowKey, Row]) -> dict[RowKey, Row]:
    return {key: row for key, row in rows.items() if row["is_deleted"] is not True}


def _differences(expected: dict[RowKey, Row], held: dict[RowKey, Row]) -> list[str]:
    found = []
    for key in sorted(expected.keys() | held.keys()):
        want, have = expected.get(key), held.get(key)
        if want is None or have is None:
            found.append(f"{key}: {'missing' if have is None else 'should not be there'}")
        elif want != have:
            columns = {name: (want.get(name), have.get(name)) for name in want if want.get(name) != have.get(name)}
            found.append(f"{key}: {columns} (stored, held)")
    return found
