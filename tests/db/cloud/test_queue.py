"""What waits goes out in the order that the cloud needs, once, and nothing is forgotten (CLOUD §4)."""

from __future__ import annotations

import pytest

from db.cloud.aside import AsideReason
from db.cloud.queue import ALONE, SENT_TABLES, Batch, next_batch, size_of, start_position
from db.cloud.wire import iso_time
from db.database import Database
from tests.db.cloud.exchange import (
    CLINIC,
    LATER_MS,
    OTHER_CLINIC,
    arrive,
    asides,
    batches,
    cloud_patient,
    new_id,
    rules,
    send,
    waiting,
)
from tests.db.rows import delete_row, put_rows, row_of


def put_one_of_each(database: Database) -> dict[str, str]:
    """A record of each table that is sent, children first. Ids by table."""
    ids = {table: new_id() for table in SENT_TABLES}
    links = {
        "patient_id": ids["patients"],
        "visit_id": ids["visits"],
        "current_visit_id": ids["visits"],
        "prescription_id": ids["prescriptions"],
        "prescription_item_id": ids["prescription_items"],
        "clinic_id": CLINIC,
        **dict.fromkeys(("user_id", "provider_id", "dispensed_by", "drug_id"), new_id()),
    }
    for table in reversed(SENT_TABLES):
        put_rows(database, table, [{**links, "id": ids[table], "updated_at": 5}])
    return ids


@pytest.mark.parametrize("size", [1, 3, 100])
def test_parents_go_before_children_and_dispensing_alone(database: Database, size: int) -> None:
    ids = put_one_of_each(database)
    found = batches(database, size=size)
    assert [record.record_id for batch in found for record in batch.records] == list(ids.values())
    for batch in found:
        assert len(batch.records) <= size
        assert ALONE not in batch.changes or list(batch.changes) == [ALONE]


def test_what_was_answered_is_not_sent_again_until_it_changes(database: Database) -> None:
    ids = put_one_of_each(database)
    assert len(send(database)) == len(SENT_TABLES)
    assert send(database) == []
    visit = row_of(database, "visits", ids["visits"])
    put_rows(database, "visits", [{**visit, "provider_name": "Nour"}], frozenset({"provider_name"}))
    assert send(database) == [("visits", ids["visits"])]


def test_what_was_not_answered_is_sent_again_and_later(database: Database) -> None:
    """Equal times are skipped silently (CLOUD §4)."""
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id, "updated_at": 1000, "primary_clinic_id": CLINIC}])
    times = [batches(database)[0].records[0].updated_at for _ in range(3)]
    assert times == [1000, 1001, 1002]


def test_nothing_is_sent_that_came_after_the_beginning(database: Database) -> None:
    with database.read() as snapshot:
        position = start_position(snapshot)
    put_rows(database, "patients", [{"id": new_id()}])
    batch, end = next_batch(database, position, rules(), 100)
    assert batch is None
    assert end.is_at_end


def test_the_time_of_change_is_later_than_the_cloud_s_and_never_in_its_future(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    row = row_of(database, "patients", record_id)
    put_rows(database, "patients", [{**row, "phone": "1", "updated_at": 5}], frozenset({"phone"}))
    (batch,) = batches(database)
    assert batch.records[0].updated_at == row["updated_at"] + 1
    ahead = new_id()
    put_rows(database, "patients", [{"id": ahead, "updated_at": LATER_MS * 2, "primary_clinic_id": CLINIC}])
    assert LATER_MS in [record.updated_at for batch in batches(database) for record in batch.records]


def test_a_record_that_the_cloud_never_heard_of_ends_without_a_word(database: Database) -> None:
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id}])
    delete_row(database, "patients", record_id)
    assert batches(database) == []
    assert waiting(database) == set()


def test_what_the_app_marks_as_deleted_goes_as_a_deletion(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    row = row_of(database, "patients", record_id)
    put_rows(database, "patients", [{**row, "is_deleted": True}], frozenset({"is_deleted"}))
    (batch,) = batches(database)
    assert batch.changes == {"patients": {"created": [], "updated": [], "deleted": [record_id]}}


def test_changes_of_prescription_items_leave_with_the_answer(database: Database) -> None:
    """CLOUD §4: an update of theirs is stored and never listed."""
    record_id = new_id()
    row = {"id": record_id, "patient_id": "p", "prescription_id": "r", "clinic_id": CLINIC, "notes": "a"}
    arrive(database, "prescription_items", row)
    stored = row_of(database, "prescription_items", record_id)
    put_rows(database, "prescription_items", [{**stored, "notes": "b"}], frozenset({"notes"}))
    send(database)
    assert waiting(database) == set()
    delete_row(database, "prescription_items", record_id)
    send(database)
    assert waiting(database) == set()


def test_what_cannot_be_kept_is_set_aside_with_its_reason(database: Database) -> None:
    foreign, child, bad, staff, good = new_id(), new_id(), "p1", new_id(), new_id()
    put_rows(database, "patients", [{"id": foreign, "primary_clinic_id": OTHER_CLINIC}, {"id": bad}, {"id": good}])
    put_rows(database, "visits", [{"id": child, "patient_id": foreign, "clinic_id": CLINIC}])
    put_rows(database, "prescriptions", [{"id": staff, "patient_id": good, "provider_id": "local"}])
    sent = send(database, rules(local_users=frozenset({"local"})))
    assert sent == [("patients", good)]
    assert asides(database) == {
        foreign: AsideReason.OTHER_CLINIC,
        child: AsideReason.PARENT,
        bad: AsideReason.BAD_ID,
        staff: AsideReason.UNKNOWN_STAFF,
    }
    assert ("visits", child) in send(database, rules(CLINIC, OTHER_CLINIC))


def test_a_batch_is_halved_until_one_is_left(database: Database) -> None:
    put_rows(database, "patients", ({"id": new_id(), "primary_clinic_id": CLINIC} for _ in range(5)))
    (batch,) = batches(database)
    left = [batch]
    alone: list[Batch] = []
    while left:
        each = left.pop()
        if len(each.records) == 1:
            alone.append(each)
        else:
            left += each.halves()
    assert sorted(each.records[0].record_id for each in alone) == sorted(r.record_id for r in batch.records)
    assert size_of(batch) > sum(len(record.record_id) for record in batch.records)
    assert batch.changes["patients"]["updated"][0]["updated_at"] == iso_time(0)
