"""The end of a pull: what is missing, what was not kept, and where the next one begins (CLOUD §§3, 4)."""

from __future__ import annotations

import pytest

from db.cloud.aside import AsideReason
from db.cloud.reckoning import begin_anew, begin_full_pull, halt, looks_emptied
from db.cloud.state import Halt, read_state
from db.database import Database
from db.records import load_rows
from tests.db.cloud.exchange import CLINIC, arrive, asides, cloud_patient, end_pull, new_id, send, waiting
from tests.db.rows import put_rows, row_of


def is_deleted(database: Database, table: str, record_id: str) -> bool:
    with database.read() as snapshot:
        return load_rows(snapshot, table, [record_id])[record_id].is_deleted


def test_the_cursor_moves_with_the_end_and_full_pulls_are_numbered(database: Database) -> None:
    assert [begin_full_pull(database), begin_full_pull(database)] == [1, 2]
    end_pull(database, full_pull=2, timestamp=77)
    with database.read() as snapshot:
        state = read_state(snapshot)
    assert (state.cursor_ms, state.full_pull, state.is_full_pull_due) == (77, 2, False)


def test_a_permission_that_a_full_pull_does_not_list_was_revoked(database: Database) -> None:
    """CLOUD §3: removal is a hard delete, never announced [165]."""
    kept, revoked = new_id(), new_id()
    rows = [{"id": record_id, "user_id": "u", "clinic_id": CLINIC} for record_id in (kept, revoked)]
    arrive(database, "user_clinic_permissions", *rows, full_pull=1)
    arrive(database, "user_clinic_permissions", rows[0], full_pull=2)
    end_pull(database, full_pull=2)
    assert not is_deleted(database, "user_clinic_permissions", kept)
    assert is_deleted(database, "user_clinic_permissions", revoked)


def test_a_permission_given_at_this_computer_is_not_touched(database: Database) -> None:
    put_rows(database, "user_clinic_permissions", [{"id": "local", "user_id": "u", "clinic_id": CLINIC}])
    end_pull(database, full_pull=begin_full_pull(database))
    assert not is_deleted(database, "user_clinic_permissions", "local")


def test_a_record_that_moved_away_stays_here_and_edits_of_it_are_set_aside(database: Database) -> None:
    """CLOUD §3: it just stops appearing [164]; pushed from here it would be pulled back."""
    stays, moves = new_id(), new_id()
    arrive(database, "patients", cloud_patient(stays), cloud_patient(moves), full_pull=1)
    arrive(database, "patients", cloud_patient(stays), full_pull=2)
    end_pull(database, full_pull=2)
    row = row_of(database, "patients", moves)
    put_rows(database, "patients", [{**row, "phone": "1"}], frozenset({"phone"}))
    assert send(database) == []
    assert asides(database) == {moves: AsideReason.LEFT}


def test_old_records_that_a_cloud_keeps_to_itself_are_not_missing(database: Database) -> None:
    """CLOUD §3, history limit."""
    old, fresh = new_id(), new_id()
    long_ago = cloud_patient(old, updated_at="2020-01-01T00:00:00.000Z")
    arrive(database, "patients", long_ago, cloud_patient(fresh), full_pull=1)
    arrive(database, "patients", cloud_patient(fresh), full_pull=2)
    end_pull(database, full_pull=2)
    put_rows(database, "patients", [{**row_of(database, "patients", old), "phone": "1"}], frozenset({"phone"}))
    assert send(database) == [("patients", old)]


def test_a_prescription_item_that_is_gone_for_good_is_deleted_here(database: Database) -> None:
    """CLOUD §4: hard delete, never a tombstone [162]."""
    kept, gone = new_id(), new_id()
    item = {"clinic_id": CLINIC, "prescription_id": "r", "updated_at": "2026-11-22T14:06:33.933Z"}
    rows = [{"id": record_id, **item} for record_id in (kept, gone)]
    arrive(database, "prescription_items", *rows, full_pull=1)
    arrive(database, "prescription_items", rows[0], full_pull=2)
    end_pull(database, full_pull=2)
    assert is_deleted(database, "prescription_items", gone)


@pytest.mark.parametrize(("listed", "is_empty"), [(0, True), (10, True), (30, False)])
def test_a_cloud_in_which_most_is_missing_looks_emptied(database: Database, listed: int, is_empty: bool) -> None:
    rows = [cloud_patient(new_id()) for _ in range(30)]
    arrive(database, "patients", *rows, full_pull=1)
    arrive(database, "patients", *rows[:listed], full_pull=2)
    with database.read() as snapshot:
        assert looks_emptied(snapshot, 2) is is_empty


def test_what_does_not_come_back_is_sent_again_once_and_then_set_aside(database: Database) -> None:
    record_id = new_id()
    put_rows(database, "patients", [{"id": record_id, "primary_clinic_id": CLINIC}])
    sent = []
    for _ in range(5):
        sent += send(database)
        end_pull(database)
    assert sent == [("patients", record_id)] * 2
    assert asides(database) == {record_id: AsideReason.NOT_KEPT}


def test_filled_again_everything_goes_to_the_cloud(database: Database) -> None:
    record_id, local = new_id(), new_id()
    arrive(database, "patients", cloud_patient(record_id))
    put_rows(database, "patients", [{"id": local}])
    halt(database, Halt.LOOKS_EMPTY)
    begin_anew(database)
    assert waiting(database) == {("patients", record_id), ("patients", local)}
    with database.read() as snapshot:
        state = read_state(snapshot)
    assert (state.halt, state.cursor_ms, state.is_full_pull_due) == ("", 0, True)


def test_after_the_cloud_s_clock_was_set_back_everything_is_looked_at_again(database: Database) -> None:
    end_pull(database, full_pull=begin_full_pull(database), timestamp=1000)
    end_pull(database, timestamp=999)
    with database.read() as snapshot:
        assert read_state(snapshot).is_full_pull_due
