"""Where records are, counted in the tables (USERS, three-hop receipt)."""

from __future__ import annotations

from db.cloud.receipts import Hops, hops_by_device, hops_in_total
from db.database import Database
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind
from db.sync_log import SyncEntry, SyncKind, log_sync
from tests.db.cloud.exchange import arrive, cloud_patient, new_id


def push(database: Database, device: str, *ids: str) -> None:
    with database.write() as transaction:
        changes = RecordChanges(transaction)
        for record_id in ids:
            planned = PlannedRow(record_id, {"id": record_id}, None, False, NO_MARK, NO_MARK, None)
            changes.put("patients", planned, VersionKind.REPLACED, ())
        changes.flush(log_sync(transaction, SyncEntry(SyncKind.PUSH, "hub", device, "u")))


def test_records_are_counted_here_waiting_and_in_the_cloud(database: Database) -> None:
    push(database, "phone-1", "a", "b")
    push(database, "phone-2", "c")
    arrive(database, "patients", cloud_patient(new_id()), {"id": "c"})
    with database.read() as snapshot:
        assert hops_in_total(snapshot) == Hops(here=4, waiting=2)
        assert hops_in_total(snapshot).in_cloud == 2
        assert hops_by_device(snapshot) == {"phone-1": Hops(2, 2), "phone-2": Hops(1, 0)}
