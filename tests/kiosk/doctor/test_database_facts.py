"""What the database says of itself."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from db.cloud.state import CloudAccess, change_state, write_access
from db.database import Database
from db.health import check_and_note
from db.schema import SETTINGS
from db.store import open_store
from kiosk.doctor.database_facts import read_data_facts
from tests.db.caller import Caller, patient
from tests.db.rows import KEY
from tests.fakes.clock import HOUR_MS, START_MS, AdjustableClock


def put_setting(database: Database, name: str, value: str) -> None:
    """Also one that this release does not list."""
    with database.write() as transaction:
        transaction.run(sa.insert(SETTINGS).values(key=name, value=value))


def test_a_new_database_knows_of_nothing(tmp_path: Path) -> None:
    clock = AdjustableClock()
    store = open_store(tmp_path, KEY, clock)
    facts = read_data_facts(store.database, clock.now_ms())
    store.close()
    assert (facts.now_ms, facts.born_ms, facts.failure, facts.is_absent) == (START_MS, START_MS, None, False)
    assert facts.revision == facts.newest_revision
    nothing = (facts.checked_ms, facts.backed_up_ms, facts.drilled_ms, facts.last_phone_sync_ms, facts.cloud_ahead_ms)
    assert set(nothing) == {None}
    assert not facts.cloud.is_connected


def test_a_database_in_use_tells_of_phones_checks_and_the_cloud(tmp_path: Path) -> None:
    clock = AdjustableClock()
    store = open_store(tmp_path, KEY, clock)
    database = store.database
    phone = Caller(database)
    phone.pull()
    phone.push_created("patients", patient(updated_at=clock.now_ms() - 1_000))
    check_and_note(database)
    with database.write() as transaction:
        write_access(transaction, CloudAccess("https://cloud.example", "key", "d1", "Clinic", ("c1",)))
        change_state(transaction, last_success_ms=START_MS, clock_ahead_ms=700, halt="key_refused", is_paused=True)
    clock.advance(HOUR_MS)
    facts = read_data_facts(database, clock.now_ms())
    store.close()
    assert (facts.phones, facts.last_phone_sync_ms, facts.phone_offsets_ms) == (1, START_MS, (-1_000,))
    assert (facts.checked_ms, facts.faults, facts.cloud_ahead_ms) == (START_MS, 0, 700)
    assert (facts.cloud.is_connected, facts.cloud.halt, facts.cloud.is_paused) == (True, "key_refused", True)
    assert (facts.cloud.waiting, facts.cloud.set_aside, facts.cloud.round_ms) == (1, 0, None)
    assert facts.cloud.oldest_waiting_ms is not None
    assert START_MS <= facts.cloud.oldest_waiting_ms < START_MS + HOUR_MS
