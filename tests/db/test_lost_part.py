"""What a replaced database knows of the time after the backup, and what of it must outlive the restore."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.accounts import NewAccount, add_account
from db.database import Database
from db.devices import DeviceStatus
from db.files import DATABASE_NAME
from db.lost_part import LateSync, carry_over, holds_records, is_same_server, late_syncs
from db.pairing import approve, block, knock, revoke
from db.records import load_rows
from db.schema import DEVICES, EARLIER_LIVES, OUTBOX, SERVER_CLOCK, TIMELINE_GAPS
from db.settings import Setting, read_setting
from db.store import Store, open_store
from tests.db.caller import Caller, last_stamp, patient
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import KEY, delete_row, put_rows
from tests.fakes.clock import HOUR_MS, AdjustableClock


class TwoLives:
    """A database that went on, and its state at the moment when ``split`` was called."""

    def __init__(self, folder: Path, clock: AdjustableClock) -> None:
        self.folder = folder
        self.clock = clock
        self.later = open_store(folder, KEY, clock)
        self.earlier: Store | None = None
        self.shared = 0

    @property
    def database(self) -> Database:
        return self.later.database

    def split(self) -> None:
        self.shared = last_stamp(self.database)
        self.later.close()
        copy = self.folder.with_name("earlier")
        copy.mkdir()
        shutil.copy2(self.folder / DATABASE_NAME, copy / DATABASE_NAME)
        self.earlier = open_store(copy, KEY, self.clock)
        self.later = open_store(self.folder, KEY, self.clock)
        self.clock.advance(HOUR_MS)

    def late(self) -> tuple[LateSync, ...]:
        assert self.earlier is not None
        with self.database.read() as replaced, self.earlier.database.read() as restored:
            return late_syncs(replaced, restored)

    def carried_over(self) -> Database:
        """The earlier state, in the place of the later one, with its stamps above all that were given."""
        assert self.earlier is not None
        skip_stamps(self.earlier.database, self.shared, last_stamp(self.database))
        with self.database.read() as replaced, self.earlier.database.write() as transaction:
            carry_over(transaction, replaced, self.shared)
        return self.earlier.database

    def close(self) -> None:
        for store in (self.later, self.earlier):
            if store is not None:
                store.database.close()


def skip_stamps(database: Database, after: int, up_to: int) -> None:
    with database.write() as transaction:
        if up_to > after:
            transaction.run(TIMELINE_GAPS.insert().values(after_stamp=after, up_to_stamp=up_to))
            transaction.run(SERVER_CLOCK.update().values(last_stamp=up_to))


@pytest.fixture
def lives(folder: Path, clock: AdjustableClock) -> Iterator[TwoLives]:
    made = TwoLives(folder, clock)
    add_account(made.database, NewAccount("nurse@example.org", "Nour", "correct horse", "provider", "North"), "test")
    yield made
    made.close()


def knocked(database: Database, client_id: str) -> str:
    with database.write() as transaction:
        knock(transaction, client_id, name=None, address="192.0.2.1")
    return f"hub-{client_id}"


def statuses(database: Database) -> dict[str, str]:
    with database.read() as snapshot:
        return {row.id: row.status for row in snapshot.rows(sa.select(DEVICES.c.id, DEVICES.c.status))}


def test_nothing_happened_after_the_backup(lives: TwoLives) -> None:
    Caller(lives.database).push_created("patients", patient("p1"))
    lives.split()
    assert lives.late() == ()
    stamp = last_stamp(lives.database)
    with lives.carried_over().read() as snapshot:
        assert load_rows(snapshot, "patients", ["p1"])["p1"].last_modified <= stamp  # nobody is sent it again


def test_phones_that_synced_after_the_backup_are_told_with_what_they_sent(lives: TwoLives) -> None:
    before, pulls, sends = (Caller(lives.database) for _ in range(3))
    for phone in (before, pulls, sends):
        phone.pull()
        phone.push_created("patients", patient(f"of-{id(phone)}"))
    lives.split()
    for phone in (pulls, sends):
        phone.database = lives.database
        phone.pull()
    sends.push_created("patients", *(patient(f"lost{n}") for n in range(3)))
    sends.push_created("visits", {"id": "v1", "patient_id": "lost1"})
    late = lives.late()
    assert [phone.records_sent for phone in late] == [4, 0]  # those that lost most come first
    assert {phone.last_sync_at for phone in late} == {lives.clock.now_ms()}
    assert len({phone.device_id for phone in late}) == 2


def test_a_late_phone_is_told_by_its_name_and_user(lives: TwoLives) -> None:
    device = knocked(lives.database, "tablet")
    approve(lives.database, device, "test")
    with lives.database.write() as transaction:
        transaction.run(DEVICES.update().values(name="Tablet 2", user_id="nurse"))
    put_rows(lives.database, "users", [{"id": "nurse", "name": "Nour"}])
    lives.split()
    HoldingPhone(lives.database, "nurse", "tablet").pull()
    (late,) = lives.late()
    assert late == LateSync(device, "Tablet 2", "Nour", lives.clock.now_ms(), 0)


def test_decisions_of_staff_about_a_phone_are_no_sync(lives: TwoLives) -> None:
    device = knocked(lives.database, "tablet")
    lives.split()
    block(lives.database, device, "test")
    assert lives.late() == ()


def test_a_phone_that_was_locked_out_after_the_backup_stays_locked_out(lives: TwoLives) -> None:
    lost_phone, blocked, fine = (knocked(lives.database, name) for name in ("lost", "blocked", "fine"))
    for device in (lost_phone, fine):
        approve(lives.database, device, "test")
    lives.split()
    revoke(lives.database, lost_phone, "test")
    block(lives.database, blocked, "test")
    stranger = knocked(lives.database, "stranger")  # the backup does not even know it
    block(lives.database, stranger, "test")
    assert statuses(lives.carried_over()) == {
        lost_phone: DeviceStatus.REVOKED,
        blocked: DeviceStatus.BLOCKED,
        stranger: DeviceStatus.BLOCKED,
        fine: DeviceStatus.PAIRED,
    }


def test_a_record_deleted_after_the_backup_counts_as_deleted_and_brought_back(lives: TwoLives) -> None:
    put_rows(lives.database, "patients", [{"id": name} for name in ("stays", "goes", "gone before")])
    delete_row(lives.database, "patients", "gone before")
    lives.split()
    delete_row(lives.database, "patients", "goes")
    put_rows(lives.database, "patients", [{"id": "came and went"}])
    delete_row(lives.database, "patients", "came and went")
    restored = lives.carried_over()
    with restored.read() as snapshot:
        (life,) = snapshot.rows(sa.select(EARLIER_LIVES))
    assert (life.table_name, life.record_id) == ("patients", "goes")
    assert life.from_stamp <= lives.shared < life.until_stamp


def test_a_record_that_was_deleted_and_brought_back_after_the_backup_has_one_more_life(lives: TwoLives) -> None:
    put_rows(lives.database, "patients", [{"id": "p1", "given_name": "Ada"}])
    lives.split()
    delete_row(lives.database, "patients", "p1")
    with lives.database.read() as snapshot:
        deleted_at = load_rows(snapshot, "patients", ["p1"])["p1"].deleted_at
    put_rows(lives.database, "patients", [{"id": "p1", "given_name": "Augusta"}])
    with lives.carried_over().read() as snapshot:
        assert [life.until_stamp for life in snapshot.rows(sa.select(EARLIER_LIVES))] == [deleted_at]
        assert load_rows(snapshot, "patients", ["p1"])["p1"].data["given_name"] == "Ada"


def test_what_was_changed_after_the_backup_is_sent_to_everybody_as_it_is_now(lives: TwoLives) -> None:
    put_rows(lives.database, "patients", [patient(name) for name in ("same", "changed")])
    put_rows(lives.database, "visits", [{"id": "v1"}])
    before, after = HoldingPhone(lives.database, "nurse"), HoldingPhone(lives.database, "nurse", "tablet")
    for phone in (before, after):
        phone.pull()
    lives.split()
    put_rows(lives.database, "patients", [patient("changed", phone="lost"), patient("lost")])
    delete_row(lives.database, "visits", "v1")
    after.database = lives.database
    after.pull()
    restored = lives.carried_over()
    for phone in (before, after):
        phone.database = restored
        pulled = phone.pull()
        assert pulled.notes == ()
        assert pulled.ids("patients", "created") + pulled.ids("patients", "updated") == ["changed"]
        assert phone.rows["patients", "changed"]["phone"] == "0"
        assert phone.complaints == []
        assert phone.pull().changes == {}
    assert before.ids("visits") == {"v1"}
    assert ("patients", "lost") in after.rows  # nobody takes the last copy away from it


def test_what_was_brought_back_after_the_backup_is_deleted_again(lives: TwoLives) -> None:
    put_rows(lives.database, "patients", [patient("p1")])
    delete_row(lives.database, "patients", "p1")
    lives.split()
    put_rows(lives.database, "patients", [patient("p1")])
    phone = HoldingPhone(lives.database, "nurse")
    phone.pull()
    assert phone.ids("patients") == {"p1"}
    phone.database = lives.carried_over()
    assert phone.pull().ids("patients", "deleted") == ["p1"]


def test_the_cloud_is_not_told_that_old_versions_are_new(lives: TwoLives) -> None:
    put_rows(lives.database, "patients", [patient("changed")])
    with lives.database.write() as transaction:
        transaction.run(OUTBOX.delete())  # the cloud has it all
    lives.split()
    put_rows(lives.database, "patients", [patient("changed", phone="lost")])
    with lives.carried_over().read() as snapshot:
        assert snapshot.rows(sa.select(OUTBOX)) == []


def test_a_phone_that_was_let_in_after_the_backup_need_not_ask_again(lives: TwoLives) -> None:
    lives.split()
    device = knocked(lives.database, "new tablet")
    approve(lives.database, device, "test")
    assert statuses(lives.carried_over()) == {device: DeviceStatus.PAIRED}


def test_a_later_backup_after_an_earlier_one_brings_back_what_it_has(
    lives: TwoLives, tmp_path: Path, clock: AdjustableClock
) -> None:
    """Put back to the earlier backup by mistake, and then to the later one."""
    put_rows(lives.database, "patients", [patient("changed")])
    phones = [HoldingPhone(lives.database, "nurse"), HoldingPhone(lives.database, "nurse", "tablet")]
    for phone in phones:
        phone.pull()
    lives.split()
    put_rows(lives.database, "patients", [patient("changed", phone="later"), patient("later")])
    later_stamp = last_stamp(lives.database)
    mistaken = lives.carried_over()
    for phone in phones:
        phone.database = mistaken
        phone.pull()
        assert phone.ids("patients") == {"changed"}
    skip_stamps(lives.database, later_stamp, last_stamp(mistaken))
    with mistaken.read() as replaced, lives.database.write() as transaction:
        carry_over(transaction, replaced, later_stamp)
    for phone in phones:
        phone.database = lives.database
        phone.pull()
        assert phone.ids("patients") == {"changed", "later"}
        assert phone.rows["patients", "changed"]["phone"] == "later"
        assert phone.complaints == []


def test_lives_of_one_server_have_one_name(lives: TwoLives, tmp_path: Path, clock: AdjustableClock) -> None:
    (tmp_path / "other").mkdir()
    other = open_store(tmp_path / "other", KEY, clock)
    with lives.database.read() as snapshot, other.database.read() as stranger:
        name = read_setting(snapshot, Setting.SERVER_ID) or ""
        assert is_same_server(snapshot, name)
        assert not is_same_server(stranger, name)
    other.close()


def test_a_server_that_was_only_set_up_holds_no_records(lives: TwoLives) -> None:
    with lives.database.read() as snapshot:
        assert not holds_records(snapshot)


@pytest.mark.parametrize("table", ["patients", "registration_forms", "app_config", "resources"])
def test_a_server_with_any_record_does(lives: TwoLives, table: str) -> None:
    put_rows(lives.database, table, [{"id": "x"}])
    with lives.database.read() as snapshot:
        assert holds_records(snapshot)


def test_a_server_that_met_a_phone_does(lives: TwoLives) -> None:
    Caller(lives.database).pull()
    with lives.database.read() as snapshot:
        assert holds_records(snapshot)
