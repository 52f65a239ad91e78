"""Whether the database is well: its checks, its age, what waits, and what phones' rows say about the clock."""

from __future__ import annotations

import pytest

from db.database import Database
from db.health import (
    LastCheck,
    born_at,
    check_and_note,
    last_check,
    last_round,
    oldest_waiting,
    phone_clock_offsets,
    phone_clocks,
    revision_of,
)
from db.migrate import newest_revision
from db.settings import read_settings
from db.sync_log import SyncEntry, SyncKind, log_sync
from tests.db.caller import Caller, patient
from tests.db.rows import put_rows
from tests.fakes.clock import DAY_MS, HOUR_MS, START_MS, YEAR_MS, AdjustableClock


def noted(database: Database) -> LastCheck | None:
    with database.read() as snapshot:
        return last_check(read_settings(snapshot))


def offsets(database: Database, clock: AdjustableClock) -> tuple[int, ...]:
    with database.read() as snapshot:
        return phone_clock_offsets(snapshot, clock.now_ms())


def test_a_check_is_noted_with_its_time(database: Database, clock: AdjustableClock) -> None:
    assert noted(database) is None
    clock.advance(HOUR_MS)
    assert check_and_note(database) == 0
    assert noted(database) == LastCheck(START_MS + HOUR_MS, 0)


def test_the_file_tells_its_age_and_the_revision_of_its_tables(database: Database) -> None:
    with database.read() as snapshot:
        assert born_at(snapshot) == START_MS
        assert revision_of(snapshot) == newest_revision()


def test_what_waits_longest_is_told_by_its_stamp(database: Database, clock: AdjustableClock) -> None:
    with database.read() as snapshot:
        assert oldest_waiting(snapshot) is None
    put_rows(database, "patients", [{"id": "p1"}])
    clock.advance(DAY_MS)
    put_rows(database, "patients", [{"id": "p2"}])
    with database.read() as snapshot:
        oldest = oldest_waiting(snapshot)
    assert oldest is not None
    assert START_MS <= oldest < START_MS + HOUR_MS


def test_of_the_rounds_of_a_kind_the_last_good_one_counts(database: Database, clock: AdjustableClock) -> None:
    with database.write() as transaction:
        for result, duration in (("ok", 100), ("ok", 200), ("cloud_offline", 300)):
            entry = SyncEntry(SyncKind.CLOUD_PULL, "cloud", None, None, duration_ms=duration, result=result)
            log_sync(transaction, entry)
    with database.read() as snapshot:
        last = last_round(snapshot, SyncKind.CLOUD_PULL)
        assert last_round(snapshot, SyncKind.CLOUD_PUSH) is None
    assert last is not None
    assert (last.at_ms, last.duration_ms) == (START_MS, 200)


# Clocks


def test_without_pushes_nothing_is_known_of_the_phones_clocks(database: Database, clock: AdjustableClock) -> None:
    put_rows(database, "patients", [{"id": "p1", "updated_at": START_MS + HOUR_MS}])
    assert offsets(database, clock) == ()


def test_of_each_push_the_row_that_was_changed_last_counts(database: Database, clock: AdjustableClock) -> None:
    phone = Caller(database)
    phone.pull()
    now = clock.now_ms()
    phone.push_created(
        "patients", patient("p1", updated_at=now - HOUR_MS), patient("p2", updated_at=now - 5_000), patient("p3")
    )
    clock.advance(60_000)
    visit = {"id": "v1", "patient_id": "p1", "updated_at": clock.now_ms() + 2 * HOUR_MS}
    phone.push({"visits": {"created": [visit], "updated": [], "deleted": []}})
    assert offsets(database, clock) == (-5_000, 2 * HOUR_MS)


def test_each_clock_is_told_with_its_phone(database: Database, clock: AdjustableClock) -> None:
    for device, ahead_ms in (("d1", HOUR_MS), ("d2", 0)):
        phone = Caller(database, device)
        phone.pull()
        phone.push_created("patients", patient(device, updated_at=clock.now_ms() + ahead_ms))
    with database.read() as snapshot:
        clocks = phone_clocks(snapshot, clock.now_ms())
    assert [clock.ahead_ms for clock in clocks] == [HOUR_MS, 0]
    assert len({clock.device_id for clock in clocks}) == 2


def test_pushes_of_other_days_do_not_count(database: Database, clock: AdjustableClock) -> None:
    phone = Caller(database)
    phone.pull()
    phone.push_created("patients", patient(updated_at=clock.now_ms()))
    clock.advance(2 * DAY_MS)
    assert offsets(database, clock) == ()


@pytest.mark.parametrize("jump_ms", [-2 * YEAR_MS, 10 * YEAR_MS])
def test_a_clock_that_was_set_wrongly_is_seen_although_stamps_go_on(
    database: Database, clock: AdjustableClock, jump_ms: int
) -> None:
    phone = Caller(database)
    phone.pull()
    clock.jump(jump_ms)
    phone.push_created("patients", patient(updated_at=clock.now_ms() - jump_ms))
    assert offsets(database, clock) == (-jump_ms,)
