"""A backup becomes the database again: with stamps above all that were given, and nothing done before it is proved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import migrate
from db.database import Database
from db.errors import BackupDamaged, ForeignBackup, HubError, WrongKey
from db.exchange import begin_exchange
from db.files import CEILING_NAME, DATABASE_NAME
from db.lost_part import LateSync
from db.restore import highest_possible_stamp, stage_backup
from db.schema import TIMELINE_GAPS
from db.settings import Setting, read_setting, write_setting
from db.stamps import StampCeiling
from db.store import Store, open_store
from db.sync_log import SyncNote
from tests.db.backups import WAYS_TO_BREAK, backed_up
from tests.db.caller import Caller, last_stamp, patient
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import KEY, OTHER_KEY, delete_row, put_rows, row_of
from tests.fakes.clock import DAY_MS, HOUR_MS, START_MS, AdjustableClock


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").mkdir()
    return begin_exchange(tmp_path / "elsewhere")


@pytest.fixture
def backup(store: Store, tmp_path: Path, clock: AdjustableClock) -> Path:
    """Of a database with one patient, some days old, an hour ago."""
    clock.advance(3 * DAY_MS)
    put_rows(store.database, "patients", [patient("known")])
    target = tmp_path / "a.hikma-backup"
    backed_up(store.database, target, created_at=clock.now_ms())
    clock.advance(HOUR_MS)
    return target


class Restores:
    """Restores the backup in place of what there is, or elsewhere, and opens the result."""

    def __init__(self, backup: Path, staging: Path, folder: Path, clock: AdjustableClock) -> None:
        self._backup, self._staging, self._folder, self._clock = backup, staging, folder, clock
        self._opened: list[Store] = []

    def here(self, replaced: Database | None) -> tuple[LateSync, ...] | None:
        return self._stage(StampCeiling(self._folder / CEILING_NAME), replaced)

    def elsewhere(self) -> tuple[LateSync, ...] | None:
        return self._stage(StampCeiling(self._staging / "no ceiling"), None)

    def served(self) -> Database:
        store = open_store(self._staging, KEY, self._clock)
        self._opened.append(store)
        return store.database

    def close(self) -> None:
        for store in self._opened:
            store.database.close()

    def _stage(self, ceiling: StampCeiling, replaced: Database | None) -> tuple[LateSync, ...] | None:
        clock, staging = self._clock, self._staging
        return stage_backup(self._backup, KEY, staging, clock=clock, ceiling=ceiling, replaced=replaced)


@pytest.fixture
def restores(backup: Path, staging: Path, folder: Path, clock: AdjustableClock) -> Iterator[Restores]:
    made = Restores(backup, staging, folder, clock)
    yield made
    made.close()


def gaps(database: Database) -> list[tuple[int, int]]:
    with database.read() as snapshot:
        return [tuple(row) for row in snapshot.rows(sa.select(TIMELINE_GAPS))]


def test_the_records_are_those_of_the_backup_and_nothing_else_is_made(
    restores: Restores, store: Store, staging: Path
) -> None:
    put_rows(store.database, "patients", [patient("lost")])
    restores.here(store.database)
    assert {path.name for path in staging.iterdir()} == {DATABASE_NAME, CEILING_NAME}
    restored = restores.served()
    assert row_of(restored, "patients", "known")["id"] == "known"
    with pytest.raises(KeyError):
        row_of(restored, "patients", "lost")


def test_the_replaced_database_is_only_read(restores: Restores, store: Store) -> None:
    before = last_stamp(store.database)
    restores.here(store.database)
    assert last_stamp(store.database) == before
    assert gaps(store.database) == []


@pytest.mark.parametrize("jump", [0, -30 * DAY_MS])
def test_on_the_same_computer_stamps_go_on_above_all_that_were_given(
    restores: Restores, store: Store, clock: AdjustableClock, jump: int
) -> None:
    shared = last_stamp(store.database)
    lost = Caller(store.database).pull().mark
    clock.jump(jump)
    restores.here(store.database)
    restored = restores.served()
    ((after, up_to),) = gaps(restored)
    assert after == shared
    assert up_to >= lost
    assert Caller(restored).pull().mark > lost


@pytest.mark.parametrize("ahead", [0, DAY_MS], ids=["clocks agree", "the other clock was a day ahead"])
def test_on_another_computer_stamps_go_on_above_the_time_and_above_the_backup(
    restores: Restores, store: Store, clock: AdjustableClock, ahead: int
) -> None:
    lost = Caller(store.database).pull().mark
    clock.jump(-ahead)
    assert restores.elsewhere() is None
    restored = restores.served()
    first = Caller(restored).pull()
    if not ahead:
        assert first.mark > lost
    phone = Caller(restored)
    assert phone.pull(mark=lost).notes == (SyncNote.UNKNOWN_MARK,)
    clock.advance(2 * DAY_MS)
    put_rows(restored, "patients", [patient("new")])
    late = Caller(restored).pull(mark=lost)  # a phone that comes much later, when stamps have passed its mark
    assert late.notes == (SyncNote.UNKNOWN_MARK,)
    assert late.ids("patients", "created") == ["known", "new"]


def test_the_ceiling_is_the_highest_of_all_that_is_known(
    backup: Path, store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    info = backed_up(store.database, tmp_path / "b.hikma-backup", created_at=clock.now_ms())
    ceiling = StampCeiling(folder / CEILING_NAME)
    clock.advance(HOUR_MS)
    assert highest_possible_stamp(info, ceiling, clock) == clock.now_ms()
    clock.jump(-2 * HOUR_MS)
    assert highest_possible_stamp(info, StampCeiling(tmp_path / "none"), clock) == info.created_at
    ceiling.raise_above(START_MS + 9 * DAY_MS)
    assert highest_possible_stamp(info, ceiling, clock) == ceiling.read()


def test_once_it_is_served_there_is_no_second_gap(restores: Restores, store: Store) -> None:
    Caller(store.database).pull()
    restores.here(store.database)
    first = restores.served()
    assert len(gaps(first)) == 1
    restores.close()
    assert len(gaps(restores.served())) == 1


def test_phones_from_before_and_after_the_backup_end_as_the_restored_server(restores: Restores, store: Store) -> None:
    phones = [HoldingPhone(store.database, "nurse"), HoldingPhone(store.database, "nurse", "tablet")]
    for phone in phones:
        phone.pull()
    put_rows(store.database, "patients", [patient("known", phone="lost"), patient("lost")])
    for phone in phones:
        phone.pull()
        assert phone.rows["patients", "known"]["phone"] == "lost"
    late = restores.here(store.database)
    assert late is not None
    assert len(late) == 2
    restored = restores.served()
    for phone in phones:
        phone.database = restored
        phone.pull()
        assert phone.rows["patients", "known"]["phone"] == "0"
        assert phone.pull().changes == {}


def test_a_record_deleted_in_the_lost_part_stops_no_phone_that_hides_it(restores: Restores, store: Store) -> None:
    tablet, library = HoldingPhone(store.database, "nurse", "tablet"), HoldingPhone(store.database, "nurse")
    first = Caller(store.database, schema=None)
    for _ in range(2):
        tablet.pull()
        library.pull()
        first.sync_as_first_generation()
    delete_row(store.database, "patients", "known")
    tablet.pull()
    library.pull()
    first.sync_as_first_generation()
    assert tablet.hidden == {("patients", "known")}
    restores.here(store.database)
    restored = tablet.database = library.database = first.database = restores.served()
    put_rows(restored, "patients", [patient("new")])
    tablet.pull()  # it would fail for ever if it were told to make the record again
    assert tablet.ids("patients") == {"new"}
    library.pull()
    assert library.ids("patients") == {"known", "new"}
    assert library.complaints == []
    sent = first.sync_as_first_generation()
    assert (sent.ids("patients", "created"), sent.ids("patients", "updated")) == (["new"], ["known"])


def test_the_recovery_code_that_stays_in_force_is_the_one_that_is_shown(
    backup: Path, staging: Path, store: Store, folder: Path, clock: AdjustableClock
) -> None:
    with store.database.write() as transaction:
        write_setting(transaction, Setting.RECOVERY_CODE, "NEWER")
    ceiling = StampCeiling(folder / CEILING_NAME)
    stage_backup(backup, KEY, staging, clock=clock, ceiling=ceiling, replaced=store.database, keeps_recovery=True)
    with closing(open_store(staging, KEY, clock).database) as restored, restored.read() as snapshot:
        assert read_setting(snapshot, Setting.RECOVERY_CODE) == "NEWER"


def test_a_backup_of_an_earlier_release_is_brought_up_to_date(
    store: Store, staging: Path, tmp_path: Path, folder: Path, clock: AdjustableClock
) -> None:
    put_rows(store.database, "patients", [patient("known")])
    with store.database.write() as transaction:
        migrate.downgrade(transaction, "0001")
    older = tmp_path / "older.hikma-backup"
    backed_up(store.database, older)
    with store.database.write() as transaction:
        migrate.upgrade(transaction)
    before = older.read_bytes()
    ceiling = StampCeiling(folder / CEILING_NAME)
    stage_backup(older, KEY, staging, clock=clock, ceiling=ceiling, replaced=store.database)
    assert older.read_bytes() == before
    assert {path.name for path in staging.iterdir()} == {DATABASE_NAME, CEILING_NAME}
    with closing(open_store(staging, KEY, clock).database) as restored:
        assert row_of(restored, "patients", "known")["id"] == "known"


@pytest.mark.parametrize("way", WAYS_TO_BREAK)
def test_a_broken_backup_is_refused(restores: Restores, backup: Path, store: Store, way: str) -> None:
    backup.write_bytes(WAYS_TO_BREAK[way](backup.read_bytes()))
    with pytest.raises(BackupDamaged):
        restores.here(store.database)


def test_a_key_that_does_not_fit_is_refused(backup: Path, staging: Path, folder: Path, clock: AdjustableClock) -> None:
    with pytest.raises(WrongKey):
        ceiling = StampCeiling(folder / CEILING_NAME)
        stage_backup(backup, OTHER_KEY, staging, clock=clock, ceiling=ceiling, replaced=None)


@pytest.mark.parametrize("has_records", [True, False])
def test_a_backup_of_another_server_is_refused_where_there_are_records(
    restores: Restores, tmp_path: Path, clock: AdjustableClock, has_records: bool
) -> None:
    (tmp_path / "other").mkdir()
    other = open_store(tmp_path / "other", KEY, clock)
    if has_records:
        put_rows(other.database, "patients", [patient("of others")])
        with pytest.raises(ForeignBackup):
            restores.here(other.database)
    else:
        assert restores.here(other.database) is None  # a computer that was only set up
        assert row_of(restores.served(), "patients", "known")["id"] == "known"
    other.database.close()


def test_where_the_replaced_database_cannot_be_asked_nobody_knows_what_is_lost(
    restores: Restores, store: Store
) -> None:
    with store.database.write() as transaction:
        transaction.run(sa.text("DROP TABLE sync_log"))
    assert restores.here(store.database) is None
    assert row_of(restores.served(), "patients", "known")["id"] == "known"


def test_a_place_for_the_new_file_that_is_gone_is_an_error(restores: Restores, store: Store, staging: Path) -> None:
    shutil.rmtree(staging)
    with pytest.raises((OSError, HubError)):
        restores.here(store.database)
