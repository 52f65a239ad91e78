"""Pulled rows go in, the same rows again change nothing, and edits that wait survive (CLOUD §3, DESIGN §§6, 7)."""

from __future__ import annotations

import pytest

from db.database import Database
from db.records import load_rows
from tests.db.cloud.exchange import (
    CLINIC,
    arrive,
    cloud_patient,
    kinds,
    last_stamp,
    new_id,
    send,
    waiting,
)
from tests.db.rows import delete_row, put_rows, row_of


def is_deleted(database: Database, table: str, record_id: str) -> bool:
    with database.read() as snapshot:
        return load_rows(snapshot, table, [record_id])[record_id].is_deleted


def test_rows_of_the_cloud_are_stored_and_never_wait_for_it(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    assert row_of(database, "patients", record_id)["given_name"] == "Leila"
    assert waiting(database) == set()


def test_the_same_rows_again_take_no_stamp(database: Database) -> None:
    rows = [cloud_patient(new_id()) for _ in range(3)]
    arrive(database, "patients", *rows)
    before = last_stamp(database)
    arrive(database, "patients", *rows)
    arrive(database, "patients", *rows, full_pull=1)
    assert last_stamp(database) == before


def test_a_change_gets_a_stamp_so_that_phones_receive_it(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    before = last_stamp(database)
    arrive(database, "patients", cloud_patient(record_id, phone="1"))
    assert last_stamp(database) > before
    assert kinds(database, record_id) == ["replaced"]


def test_an_edit_that_waits_is_kept_and_other_columns_are_taken(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    put_rows(database, "patients", [{**row_of(database, "patients", record_id), "phone": "1"}], frozenset({"phone"}))
    arrive(database, "patients", cloud_patient(record_id, hometown="Newtown"))
    row = row_of(database, "patients", record_id)
    assert (row["phone"], row["hometown"]) == ("1", "Newtown")
    assert waiting(database) == {("patients", record_id)}


def test_both_changed_one_column_before_ours_was_sent_ours_stays_and_theirs_is_shown(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    put_rows(database, "patients", [{**row_of(database, "patients", record_id), "phone": "1"}], frozenset({"phone"}))
    arrive(database, "patients", cloud_patient(record_id, phone="2"))
    arrive(database, "patients", cloud_patient(record_id, phone="2"))
    assert row_of(database, "patients", record_id)["phone"] == "1"
    assert kinds(database, record_id).count("conflict") == 1


def test_what_was_sent_and_comes_back_leaves_the_outbox(database: Database) -> None:
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id, "given_name": "Ada", "primary_clinic_id": CLINIC}])
    send(database)
    assert waiting(database) == {("patients", record_id)}
    arrive(database, "patients", {"id": record_id, "given_name": "Ada", "primary_clinic_id": CLINIC})
    assert waiting(database) == set()


def test_an_older_version_that_comes_back_is_no_conflict(database: Database) -> None:
    record_id = new_id()
    row = {"id": record_id, "given_name": "Ada", "primary_clinic_id": CLINIC}
    put_rows(database, "patients", [row])
    send(database)
    put_rows(database, "patients", [{**row, "given_name": "Grace"}], frozenset({"given_name"}))
    arrive(database, "patients", row)
    assert row_of(database, "patients", record_id)["given_name"] == "Grace"
    assert "conflict" not in kinds(database, record_id)
    assert waiting(database) == {("patients", record_id)}


def test_a_deletion_in_the_cloud_wins_and_cascades_and_keeps_what_waited(database: Database) -> None:
    """CLOUD §4: only the parent is listed."""
    patient, visit = new_id(), new_id()
    arrive(database, "patients", cloud_patient(patient))
    put_rows(database, "visits", [{"id": visit, "patient_id": patient, "clinic_id": CLINIC}])
    arrive(database, "patients", deleted=(patient, new_id()))
    assert is_deleted(database, "patients", patient)
    assert is_deleted(database, "visits", visit)
    assert waiting(database) == set()
    assert "conflict" in kinds(database, visit)


def test_a_deletion_of_ours_wins_over_a_row_that_still_lives_there(database: Database) -> None:
    record_id = new_id()
    arrive(database, "patients", cloud_patient(record_id))
    delete_row(database, "patients", record_id)
    arrive(database, "patients", cloud_patient(record_id, phone="1"))
    assert is_deleted(database, "patients", record_id)
    assert waiting(database) == {("patients", record_id)}
    arrive(database, "patients", deleted=(record_id,))
    assert waiting(database) == set()


def test_a_record_brought_back_in_the_cloud_lives_again(database: Database) -> None:
    record_id = new_id()
    arrive(database, "appointments", {"id": record_id, "notes": "a"})
    arrive(database, "appointments", deleted=(record_id,))
    arrive(database, "appointments", {"id": record_id, "notes": "b"})
    assert not is_deleted(database, "appointments", record_id)


def test_a_deletion_of_ours_that_was_overtaken_there_is_sent_again(database: Database) -> None:
    """CLOUD §2: a push goes on after its sender has gone, and may be applied after a later one."""
    record_id = new_id()
    put_rows(database, "visits", [{"id": record_id, "patient_id": "p", "clinic_id": CLINIC}])
    send(database)
    delete_row(database, "visits", record_id)
    send(database)  # never shown by the cloud: its deletion counts as done
    assert waiting(database) == set()
    arrive(database, "visits", {"id": record_id, "patient_id": "p", "clinic_id": CLINIC})
    assert waiting(database) == {("visits", record_id)}
    assert is_deleted(database, "visits", record_id)


def test_tables_that_are_not_ours_are_passed_over(database: Database) -> None:
    before = last_stamp(database)
    arrive(database, "device_pin_codes", {"id": new_id(), "pin_hash": "x"})
    assert last_stamp(database) == before


@pytest.mark.parametrize("waits", [True, False])
def test_a_column_of_an_unknown_newer_cloud_is_kept(database: Database, waits: bool) -> None:
    record_id = new_id()
    if waits:
        put_rows(database, "patients", [{"id": record_id, "given_name": "Leila"}])
    arrive(database, "patients", cloud_patient(record_id, blood="A"))
    assert row_of(database, "patients", record_id)["blood"] == "A"


def test_what_came_below_a_record_that_is_deleted_here_goes_with_it_once_the_cloud_has_deleted_it(
    database: Database,
) -> None:
    """CLOUD §4: it vanishes there without a tombstone of its own."""
    patient, visit = new_id(), new_id()
    arrive(database, "patients", cloud_patient(patient))
    delete_row(database, "patients", patient)
    arrive(database, "visits", {"id": visit, "patient_id": patient, "clinic_id": CLINIC})
    arrive(database, "patients", deleted=(patient,))
    assert is_deleted(database, "visits", visit)
