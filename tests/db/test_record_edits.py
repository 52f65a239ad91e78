"""A procedure's change goes through the same door as a push: history, outbox, stamp, and a line that says who."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.database import Database
from db.errors import AlreadyExists, InvalidInput, NotFound
from db.record_edits import Author, edit_records, utc_now_text
from db.records import live_counts
from db.schema import OUTBOX
from db.sync_log import SyncKind, recent_syncs
from tests.db.caller import contents, history, last_stamp, stored
from tests.db.rows import put_rows
from tests.fakes.clock import START_MS, AdjustableClock

AUTHOR = Author("u1", "hub-c1", "visits.create")


def test_a_new_record_has_every_column_an_id_and_its_times(database: Database) -> None:
    with edit_records(database, AUTHOR) as edits:
        made = edits.create(
            "visits", {"patient_id": "p1", "metadata": {"a": [1]}, "check_in_timestamp": "2024-05-01T10:00:00Z"}
        )
    row = stored(database, "visits", made["id"])
    assert row.data == made
    assert (row.data["metadata"], row.data["check_in_timestamp"]) == ('{"a":[1]}', 1_714_557_600_000)
    assert (row.data["created_at"], row.data["updated_at"], row.data["is_deleted"]) == (START_MS, START_MS, False)
    assert len(made["id"]) == 36
    with database.read() as snapshot:
        assert snapshot.rows(sa.select(OUTBOX.c.record_id)) == [(made["id"],)]
        assert live_counts(snapshot)["visits"] == 1
        line = recent_syncs(snapshot, 1)[0].entry
    assert (line.kind, line.channel, line.device_id, line.user_id) == (SyncKind.PROCEDURE, "hub", "hub-c1", "u1")
    assert (line.action, line.counts) == ("visits.create", {"visits": 1})


def test_a_change_keeps_the_earlier_version_and_the_other_columns(database: Database, clock: AdjustableClock) -> None:
    put_rows(database, "visits", [{"id": "v1", "clinic_id": "north", "provider_name": "A", "updated_at": 1}])
    clock.advance(5)
    with edit_records(database, AUTHOR) as edits:
        edits.update("visits", "v1", {"provider_name": "B"})
        assert edits.require("visits", "v1")["provider_name"] == "B"
        edits.update("visits", "v1", {"provider_name": "C"})
    row = stored(database, "visits", "v1").data
    assert row == {"id": "v1", "clinic_id": "north", "provider_name": "C", "updated_at": clock.now_ms()}
    assert [version["provider_name"] for _, _, version in history(database, "v1")] == ["A", "B"]


def test_what_is_there_already_changes_nothing(database: Database) -> None:
    put_rows(database, "visits", [{"id": "v1", "provider_name": "A"}])
    before, stamp = contents(database), last_stamp(database)
    with edit_records(database, AUTHOR) as edits:
        edits.update("visits", "v1", {"provider_name": "A"})
    assert (contents(database), last_stamp(database)) == (before, stamp)


def test_the_same_record_made_twice_is_one_and_another_of_its_id_is_refused(database: Database) -> None:
    with edit_records(database, AUTHOR) as edits:
        edits.create("visits", {"id": "v1", "provider_name": "A"})
    before = contents(database)
    with edit_records(database, AUTHOR) as edits:
        edits.create("visits", {"id": "v1", "provider_name": "A"})
    assert contents(database) == before
    with pytest.raises(AlreadyExists), edit_records(database, AUTHOR) as edits:
        edits.create("visits", {"id": "v1", "provider_name": "B"})
    assert contents(database) == before


def test_a_deletion_takes_descendants_along(database: Database) -> None:
    put_rows(database, "visits", [{"id": "v1"}])
    put_rows(database, "events", [{"id": "e1", "visit_id": "v1"}])
    with edit_records(database, AUTHOR) as edits:
        edits.delete("visits", "v1")
        assert edits.find("visits", "v1") is None
    assert stored(database, "events", "e1").is_deleted
    with pytest.raises(NotFound), edit_records(database, AUTHOR) as edits:
        edits.update("visits", "v1", {"provider_name": "B"})
    with pytest.raises(AlreadyExists), edit_records(database, AUTHOR) as edits:
        edits.create("visits", {"id": "v1"})


def test_a_record_that_its_app_marked_deleted_is_not_there(database: Database) -> None:
    put_rows(database, "visits", [{"id": "v1", "is_deleted": True}])
    with pytest.raises(NotFound), edit_records(database, AUTHOR) as edits:
        edits.delete("visits", "v1")


def test_a_value_that_cannot_be_read_is_named_and_nothing_is_changed(database: Database) -> None:
    before = contents(database)
    with pytest.raises(InvalidInput) as refused, edit_records(database, AUTHOR) as edits:
        edits.create("patients", {"id": "p1"})
        edits.create("visits", {"check_in_timestamp": "yesterday"})
    assert refused.value.context == {"path": "check_in_timestamp"}
    assert contents(database) == before


def test_times_are_told_as_the_cloud_does() -> None:
    assert utc_now_text(1_714_557_600_001) == "2024-05-01T10:00:00.001Z"
