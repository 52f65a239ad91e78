"""The cloud behind the kiosk's pages: the desk keeps the contract of the fake, and what only a database can show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.clock import Clock
from db.cloud.queue import Rules, next_batch, start_position
from db.cloud.state import CloudAccess, change_state, count_bytes, write_access
from db.conflicts import list_conflicts
from db.database import Database
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind
from db.store import open_store
from kiosk.cloud.desk import Activity, CloudDesk
from tests.db.rows import KEY as DATABASE_KEY
from tests.db.rows import put_rows, row_of
from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud_port import CLINICS, KEY, NAME, URL
from tests.web.ui.cloud_port_contract import MANY, P1, P2, P3, CloudPortContract

RULES = Rules(frozenset({"c1", "c2"}), frozenset(), 0)


class Rounds:
    """What the desk is given for the exchange itself."""

    def __init__(self) -> None:
        self.progress = Activity()
        self.asked_for = 0
        self.connected: list[tuple[str, str, bool]] = []

    def connect(self, url: str, key: str, *, may_replace: bool) -> None:
        self.connected.append((url, key, may_replace))

    def sync_now(self) -> None:
        self.asked_for += 1


class DatabaseWorld:
    """See World: what happens around the desk, in its database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def join(self) -> None:
        rows = [{"id": each, "name": name} for each, name in zip(("c1", "c2"), CLINICS, strict=True)]
        put_rows(self._database, "clinics", rows)
        with self._database.write() as transaction:
            write_access(transaction, CloudAccess(URL, KEY, "device-1", NAME, ("c1", "c2")))

    def stop_for(self, halt: str) -> None:
        with self._database.write() as transaction:
            change_state(transaction, halt=halt)

    def put_aside(self, table: str, record_id: str, reason: str) -> None:
        """As a round does that finds a record of a clinic which the key is not for."""
        assert reason == "other_clinic"
        put_rows(self._database, table, [patient(record_id, primary_clinic_id="c9")])
        with self._database.read() as snapshot:
            position = start_position(snapshot)
        next_batch(self._database, position, RULES, MANY)

    def lose(self, table: str, record_id: str, *values: tuple[str, str, str]) -> int:
        """As a push does that changes a column which somebody else has changed."""
        ((column, current, lost),) = values
        put_rows(self._database, table, [patient(record_id, **{column: lost})])
        with self._database.write() as transaction:
            changes = RecordChanges(transaction)
            before = changes.load(table, [record_id])[record_id]
            row = {**before.data, column: current}
            planned = PlannedRow(record_id, row, before, False, NO_MARK, NO_MARK, frozenset({column}))
            changes.put(table, planned, VersionKind.CONFLICT, frozenset({column}))
            changes.flush(None)
        with self._database.read() as snapshot:
            return list_conflicts(snapshot, 1)[0].version


def patient(record_id: str, **columns: Any) -> dict[str, Any]:
    return {"id": record_id, "given_name": "Layla", "surname": "Haddad", "is_deleted": False} | columns


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    store = open_store(tmp_path, DATABASE_KEY, clock)
    yield store.database
    store.close()


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


@pytest.fixture
def cloud(database: Database, clock: Clock, rounds: Rounds) -> CloudDesk:
    return CloudDesk(database, clock, rounds.connect, rounds.sync_now, lambda: rounds.progress)


@pytest.fixture
def world(database: Database) -> DatabaseWorld:
    return DatabaseWorld(database)


class TestCloudDesk(CloudPortContract):
    pass


def test_the_round_under_way_and_the_next_one_are_told(cloud: CloudDesk, rounds: Rounds) -> None:
    rounds.progress = Activity(True, "pushing", 40, 120, 1_800_000_000_000)
    view = cloud.view()
    told = (view.is_running, view.phase, view.done, view.total, view.next_try_ms)
    assert told == (True, "pushing", 40, 120, 1_800_000_000_000)


def test_connecting_and_rounds_are_left_to_the_exchange(cloud: CloudDesk, rounds: Rounds) -> None:
    cloud.connect(URL, KEY, may_replace=True)
    cloud.sync_now()
    assert (rounds.connected, rounds.asked_for) == ([(URL, KEY, True)], 1)


def test_records_are_counted_where_they_are(cloud: CloudDesk, world: DatabaseWorld, database: Database) -> None:
    world.join()
    put_rows(database, "patients", [patient(P1), patient(P2)])
    world.put_aside("patients", P3, "other_clinic")
    view = cloud.view()
    assert (view.receipt.here, view.receipt.in_cloud, view.receipt.waiting) == (3, 0, 3)
    assert (view.to_send, view.set_aside) == (2, 1)


def test_what_is_set_aside_is_told_with_the_patients_name(cloud: CloudDesk, world: DatabaseWorld) -> None:
    world.put_aside("patients", P1, "other_clinic")
    (record,) = cloud.list_aside(MANY)
    assert record.patient_name == "Layla Haddad"


def test_a_restored_value_is_current_and_goes_to_the_cloud(
    cloud: CloudDesk, world: DatabaseWorld, database: Database
) -> None:
    version = world.lose("patients", P1, ("camp", "North", "South"))
    cloud.restore("patients", P1, version)
    assert row_of(database, "patients", P1)["camp"] == "South"
    assert cloud.view().to_send == 1


def test_a_clinic_whose_name_is_not_known_is_told_by_its_id(cloud: CloudDesk, database: Database) -> None:
    with database.write() as transaction:
        write_access(transaction, CloudAccess(URL, KEY, "device-1", NAME, ("c7",)))
    assert cloud.view().clinic_names == ("c7",)


def test_what_went_over_the_line_is_counted_for_today(
    cloud: CloudDesk, database: Database, clock: AdjustableClock
) -> None:
    with database.write() as transaction:
        today = datetime.fromtimestamp(clock.now_ms() / 1000, UTC).astimezone().strftime("%Y-%m-%d")
        count_bytes(transaction, today, 1_500)
    assert cloud.view().used_today_bytes == 1_500
    clock.advance(48 * 3_600_000)
    assert cloud.view().used_today_bytes == 0


def test_a_cloud_that_is_to_be_filled_again_gets_everything(
    cloud: CloudDesk, world: DatabaseWorld, database: Database
) -> None:
    world.join()
    world.stop_for("looks_empty")
    put_rows(database, "patients", [patient(P1), patient(P2)])
    cloud.go_on(refill=True)
    assert cloud.view().to_send == 2
