"""A clinic computer with a real database, and its exchange with the cloud; nothing listens and no thread runs.

Knows nothing of what is tested with it.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.cloud.state import CloudAccess, CloudState, read_access, read_state, write_access
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind, load_rows
from db.schema import OUTBOX, RECORD_HISTORY, SERVER_CLOCK
from db.store import Store, open_store
from db.sync_log import SyncEntry, SyncKind, log_sync
from kiosk.cloud.client import CloudClient, Patience
from kiosk.cloud.enrolment import enrol
from kiosk.cloud.pace import Pace
from kiosk.cloud.round import RoundResult
from kiosk.cloud.service import CloudService
from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud
from tests.fakes.cloud.organisation import CLINIC_A, PROVIDER

KEY = bytes(range(32))
IMPATIENT = Patience(connect_s=5.0, read_s=5.0)


def new_id() -> str:
    """An id as phones make them."""
    return str(uuid.uuid4())


class Computer:
    """One clinic computer. ``clock`` is its own; ``pace`` waits for nobody, since time stands still."""

    def __init__(
        self, folder: Path, clock: AdjustableClock, *, checkpoint: Callable[[str], None] = lambda _: None
    ) -> None:
        self.folder = folder
        self.clock = clock
        self._checkpoint = checkpoint
        self.folder.mkdir(parents=True, exist_ok=True)
        self._open()

    def _open(self) -> None:
        self.store: Store = open_store(self.folder, KEY, self.clock)
        self.database = self.store.database
        pace = Pace(
            lambda: self.clock.monotonic_ms() / 1000, lambda seconds: self.clock.advance(math.ceil(seconds * 1000))
        )
        self.service = CloudService(
            self.database, self.folder, self.clock, self.connect, pace=pace, checkpoint=self._checkpoint
        )

    def connect(self, access: CloudAccess) -> CloudClient:
        return CloudClient(access.url, access.key, self.clock, IMPATIENT)

    def enrol(self, cloud: Cloud, key: str | None = None, *, may_replace: bool = False) -> CloudAccess:
        return enrol(self.database, self.connect, cloud.url, key or cloud.api_key, may_replace=may_replace)

    def move_to(self, url: str) -> None:
        """The same cloud is to be reached elsewhere from now on."""
        with self.database.write() as transaction:
            access = read_access(transaction)
            assert access is not None
            write_access(transaction, msgspec.structs.replace(access, url=url))

    def sync(self) -> RoundResult:
        """A round, after a while in which nothing happened."""
        self.clock.advance(1_000)
        return self.service.run_round()

    def restart(self) -> None:
        """As after a kill: what is on the disk is all that stays."""
        self.database.close()
        self._open()

    def close(self) -> None:
        self.database.close()

    @property
    def state(self) -> CloudState:
        with self.database.read() as snapshot:
            return read_state(snapshot)

    @property
    def access(self) -> CloudAccess | None:
        with self.database.read() as snapshot:
            return read_access(snapshot)

    @property
    def last_stamp(self) -> int:
        with self.database.read() as snapshot:
            return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))

    def waiting(self) -> set[tuple[str, str]]:
        """Table and id of everything in the outbox."""
        with self.database.read() as snapshot:
            return {(row.table_name, row.record_id) for row in snapshot.rows(sa.select(OUTBOX))}

    def row(self, table: str, record_id: str) -> dict[str, Any] | None:
        """The living record."""
        with self.database.read() as snapshot:
            row = load_rows(snapshot, table, [record_id]).get(record_id)
        return None if row is None or row.is_deleted else row.data

    def versions(self, record_id: str) -> list[tuple[str, str]]:
        """Kind and data of everything in the history of a record."""
        with self.database.read() as snapshot:
            query = sa.select(RECORD_HISTORY.c.kind, RECORD_HISTORY.c.data).where(
                RECORD_HISTORY.c.record_id == record_id
            )
            return [(row.kind, row.data) for row in snapshot.rows(query)]

    def put(self, table: str, *rows: Mapping[str, Any]) -> list[str]:
        """What phones added or changed, whole rows or columns; missing columns keep their value or default. Ids."""
        self.clock.advance(10)
        ids = []
        with self.database.write() as transaction:
            changes = RecordChanges(transaction)
            for row in rows:
                record_id = str(row.get("id") or new_id())
                before = changes.load(table, [record_id]).get(record_id)
                defaults = {column.name: column.default for column in CATALOGUE[table].columns.values()}
                times = {"created_at": self.clock.now_ms(), "updated_at": self.clock.now_ms()}
                base = {**before.data, "updated_at": self.clock.now_ms()} if before else defaults | times
                data = {**base, **row, "id": record_id}
                changed = frozenset(name for name in data if before is None or data[name] != before.data.get(name))
                planned = PlannedRow(record_id, data, before, False, NO_MARK, NO_MARK, changed if before else None)
                changes.put(table, planned, VersionKind.REPLACED, changed if before else ())
                ids.append(record_id)
            changes.flush(log_sync(transaction, SyncEntry(SyncKind.PUSH, "hub", "phone", PROVIDER, {table: len(ids)})))
        return ids

    def delete(self, table: str, record_id: str) -> None:
        """A phone deletes a record."""
        self.clock.advance(10)
        with self.database.write() as transaction:
            changes = RecordChanges(transaction)
            changes.load(table, [record_id])
            changes.delete(table, record_id, VersionKind.DELETED, (), NO_MARK)
            changes.flush(log_sync(transaction, SyncEntry(SyncKind.PUSH, "hub", "phone", PROVIDER, {table: 1})))


def patient(**values: Any) -> dict[str, Any]:
    """A patient of this computer's clinic."""
    return {"given_name": "Leila", "surname": "Haddad", "sex": "female", "primary_clinic_id": CLINIC_A} | values


def patients(count: int) -> Iterable[dict[str, Any]]:
    """Some patients."""
    return (patient(given_name=f"Patient {number}") for number in range(count))
