"""Edits that lost are shown with both values until somebody has looked at them."""

from __future__ import annotations

import pytest

from db.conflicts import conflict_count, list_conflicts, settle_conflict
from db.database import Database
from db.errors import NotFound
from db.history import restore_version
from tests.db.cloud.exchange import arrive, cloud_patient, kinds, new_id
from tests.db.rows import put_rows, row_of


@pytest.fixture
def record_id(database: Database) -> str:
    """Of a patient whose phone number was changed here and in the cloud."""
    made = new_id()
    arrive(database, "patients", cloud_patient(made))
    put_rows(database, "patients", [{**row_of(database, "patients", made), "phone": "mine"}], frozenset({"phone"}))
    arrive(database, "patients", cloud_patient(made, phone="theirs"))
    return made


def test_both_values_and_the_patient_are_shown(database: Database, record_id: str) -> None:
    with database.read() as snapshot:
        (conflict,) = list_conflicts(snapshot, 10)
        assert conflict_count(snapshot) == 1
    assert (conflict.record_id, conflict.patient_name) == (record_id, "Leila Haddad")
    assert conflict.values == (("phone", "mine", "theirs"),)
    assert not conflict.is_deleted


def test_what_lost_is_restored_alone(database: Database, record_id: str) -> None:
    put_rows(database, "patients", [{**row_of(database, "patients", record_id), "camp": "C"}], frozenset({"camp"}))
    with database.read() as snapshot:
        (conflict,) = list_conflicts(snapshot, 10)
    restore_version(database, "patients", record_id, conflict.version, "window", only_lost=True)
    row = row_of(database, "patients", record_id)
    assert (row["phone"], row["camp"]) == ("theirs", "C")


def test_looked_at_it_is_no_longer_shown_and_stays_in_the_history(database: Database, record_id: str) -> None:
    with database.read() as snapshot:
        (conflict,) = list_conflicts(snapshot, 10)
    settle_conflict(database, conflict.version)
    with database.read() as snapshot:
        assert conflict_count(snapshot) == 0
    assert len(kinds(database, record_id)) == 2
    with pytest.raises(NotFound):
        settle_conflict(database, conflict.version)
