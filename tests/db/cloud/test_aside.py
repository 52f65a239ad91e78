"""What the cloud would not keep is set aside, tried again, or given up; it stays visible (DESIGN §7)."""

from __future__ import annotations

import pytest

from db.cloud.aside import (
    AsideReason,
    aside_count,
    discard,
    likely_refusal,
    list_aside,
    retry,
    set_aside,
    waiting_to_upload,
)
from db.cloud.known import waiting_entries
from db.database import Database
from db.errors import NotFound
from db.records import load_rows
from tests.db.cloud.exchange import CLINIC, arrive, asides, cloud_patient, kinds, new_id, send, waiting
from tests.db.rows import put_rows, row_of


def put_aside(database: Database, record_id: str, table: str = "patients") -> None:
    send(database)
    with database.write() as transaction:
        entry = waiting_entries(transaction, table, [record_id])[record_id]
        set_aside(transaction, table, record_id, entry.stamp, AsideReason.REFUSED)


def counts(database: Database) -> tuple[int, int]:
    with database.read() as snapshot:
        return aside_count(snapshot), waiting_to_upload(snapshot)


@pytest.fixture
def record_id(database: Database) -> str:
    """Of a patient that is set aside."""
    made = new_id()
    put_rows(database, "patients", [{"id": made, "given_name": "Ada", "surname": "L", "primary_clinic_id": CLINIC}])
    put_aside(database, made)
    return made


def test_it_is_listed_with_the_patient_s_name(database: Database, record_id: str) -> None:
    with database.read() as snapshot:
        (record,) = list_aside(snapshot, 10)
    assert (record.table, record.record_id, record.reason, record.name) == (
        "patients",
        record_id,
        AsideReason.REFUSED,
        "Ada L",
    )
    assert counts(database) == (1, 0)
    assert send(database) == []


def test_once_it_changes_it_goes_by_itself(database: Database, record_id: str) -> None:
    put_rows(database, "patients", [{**row_of(database, "patients", record_id), "phone": "1"}], frozenset({"phone"}))
    assert counts(database) == (0, 1)
    assert send(database) == [("patients", record_id)]


def test_it_is_tried_again_on_demand(database: Database, record_id: str) -> None:
    assert retry(database, "patients", record_id) == 1
    assert send(database) == [("patients", record_id)]
    put_aside(database, record_id)
    assert retry(database) == 1
    assert retry(database) == 0


def test_given_up_a_record_becomes_what_the_cloud_holds(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id, phone="cloud"))
    row = row_of(database, "patients", record_id)
    put_rows(database, "patients", [{**row, "phone": "mine"}], frozenset({"phone"}))
    put_aside(database, record_id)
    discard(database, "patients", record_id)
    assert row_of(database, "patients", record_id)["phone"] == "cloud"
    assert kinds(database, record_id)[-1] == "replaced"  # no conflict: nobody has to look at it again
    assert waiting(database) == set()


def test_given_up_a_record_that_the_cloud_never_had_is_deleted(database: Database, record_id: str) -> None:
    discard(database, "patients", record_id)
    with database.read() as snapshot:
        assert load_rows(snapshot, "patients", [record_id])[record_id].is_deleted
    assert asides(database) == {}
    with pytest.raises(NotFound):
        discard(database, "patients", record_id)


def test_a_text_that_is_too_long_is_the_likely_reason_of_a_refusal() -> None:
    assert likely_refusal({"sex": "x" * 25}) is AsideReason.TOO_LONG
    assert likely_refusal({"sex": "female"}) is AsideReason.REFUSED
    assert likely_refusal(None) is AsideReason.REFUSED
