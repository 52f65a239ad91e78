"""The two ways to the data: one snapshot for reading, one transaction at a time for writing, whoever asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.database import Database, Snapshot, Statement
from db.errors import StorageBusy, StorageFailed, WrongKey
from db.files import CEILING_NAME, DATABASE_NAME
from db.schema import OUTBOX, RECORD_COUNTS, RECORD_TABLES, SETTINGS
from db.settings import Setting, read_setting, write_setting
from db.stamps import StampCeiling
from db.store import Store
from tests.db.rows import KEY, OTHER_KEY, put_rows, run_python
from tests.fakes.clock import AdjustableClock
from tests.polling import eventually

WRITE_PAIRS = """
import sys
from pathlib import Path
from db.clock import SystemClock
from db.store import open_database
from tests.db.rows import put_rows
database = open_database(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), SystemClock())
for number in range(int(sys.argv[3])):
    put_rows(database, "patients", [{"id": f"process-{number}-{half}"} for half in "ab"])
database.close()
"""
PATIENTS = RECORD_TABLES["patients"]
COUNT = sa.select(sa.func.count()).select_from(PATIENTS)


def name_of(snapshot: Snapshot) -> str | None:
    return read_setting(snapshot, Setting.SERVER_NAME)


def test_what_a_transaction_wrote_is_seen_by_later_reads(database: Database) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "North")
        assert name_of(transaction) == "North"
    with database.read() as snapshot:
        assert name_of(snapshot) == "North"


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "North")
        _ = 1 / 0
    with database.read() as snapshot:
        assert name_of(snapshot) is None


def test_a_read_does_not_see_what_is_written_while_it_lasts(database: Database) -> None:
    with database.read() as snapshot:
        assert name_of(snapshot) is None
        with database.write() as transaction:
            write_setting(transaction, Setting.SERVER_NAME, "North")
        assert name_of(snapshot) is None
        assert snapshot.scalar(COUNT) == 0
    with database.read() as snapshot:
        assert name_of(snapshot) == "North"


def test_a_snapshot_can_be_fixed_before_its_first_question(database: Database) -> None:
    with database.read() as snapshot:
        snapshot.begin()
        with database.write() as transaction:
            write_setting(transaction, Setting.SERVER_NAME, "North")
        assert name_of(snapshot) is None


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(StorageFailed), database.read() as snapshot:
        snapshot.rows(sa.insert(SETTINGS).values(key="x", value="y"))


def test_a_read_inside_a_transaction_sees_what_was_there_before_it(database: Database) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "North")
        with database.read() as snapshot:
            assert name_of(snapshot) is None


def test_every_read_is_one_moment_while_threads_and_a_process_write(store: Store, folder: Path) -> None:
    """Every write adds two rows and their count; a reader that ever sees an odd number has seen half of one."""
    database = store.database
    writes = 30
    stop = threading.Event()
    odd: list[tuple[int, int, int]] = []
    seen: set[int] = set()

    def read_on() -> None:
        while not stop.is_set():
            with database.read() as snapshot:
                first = snapshot.scalar(COUNT)
                counted = snapshot.scalar(sa.select(RECORD_COUNTS.c.live)) or 0
                waiting = snapshot.scalar(sa.select(sa.func.count()).select_from(OUTBOX))
                seen.add(first)
                if first % 2 or counted != first or waiting != first or snapshot.scalar(COUNT) != first:
                    odd.append((first, counted, waiting))

    def write_on(thread: int) -> None:
        for number in range(writes):
            put_rows(database, "patients", [{"id": f"{thread}-{number}-{half}"} for half in "ab"])

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read_on) for _ in range(3)]
        process = pool.submit(run_python, WRITE_PAIRS, str(folder), KEY.hex(), str(writes))
        writers = [pool.submit(write_on, thread) for thread in range(3)]
        for writer in writers:
            writer.result()
        assert process.result().returncode == 0, process.result().stderr
        stop.set()
        for reader in readers:
            reader.result()
    assert odd == []
    assert len(seen) > 3, "the readers saw nothing happen"
    with database.read() as snapshot:
        assert snapshot.scalar(COUNT) == 2 * 4 * writes


def test_rows_come_in_batches_of_one_moment_while_others_write(database: Database) -> None:
    put_rows(database, "patients", ({"id": f"p{number:04d}"} for number in range(1_200)))
    everything = Statement(sa.select(PATIENTS.c.id))
    with database.read() as snapshot:
        batches = snapshot.batches(everything, {})
        first = next(batches)
        put_rows(database, "patients", [{"id": "later"}])
        rest = [row for batch in batches for row in batch]
    assert len(first) < 1_200, "it must not fetch everything at once"
    assert len(first) + len(rest) == 1_200


def test_a_second_writer_waits_its_turn(database: Database) -> None:
    order: list[str] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with database.write():
            order.append("second")

    thread = threading.Thread(target=second)
    with database.write():
        thread.start()
        assert started.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_a_writer_that_waits_too_long_gives_up_and_says_so(store: Store, folder: Path, clock: AdjustableClock) -> None:
    ceiling = StampCeiling(folder / CEILING_NAME)
    database = Database(store.database.path, KEY, clock, ceiling, writer_wait_s=0.05)
    failures: list[BaseException] = []

    def second() -> None:
        try:
            with database.write():
                pass
        except StorageBusy as failure:
            failures.append(failure)

    with database.write():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(10)
    assert [type(failure) for failure in failures] == [StorageBusy]
    with database.write() as transaction:  # and the lock was not lost
        write_setting(transaction, Setting.SERVER_NAME, "North")
    database.close()


def test_more_readers_than_connections_that_are_kept_open_all_get_an_answer(database: Database) -> None:
    readers = 40
    together = threading.Barrier(readers)

    def read(_: int) -> int:
        with database.read() as snapshot:
            snapshot.begin()
            together.wait(30)
            return int(snapshot.scalar(COUNT))

    with ThreadPoolExecutor(readers) as pool:
        assert list(pool.map(read, range(readers))) == [0] * readers


def test_another_key_opens_nothing(store: Store, folder: Path, clock: AdjustableClock) -> None:
    stranger = Database(folder / DATABASE_NAME, OTHER_KEY, clock, StampCeiling(folder / CEILING_NAME))
    with pytest.raises(WrongKey), stranger.read() as snapshot:
        snapshot.begin()
    with pytest.raises(WrongKey), stranger.write():
        pass
    stranger.close()


def test_a_statement_puts_values_where_the_driver_wants_them() -> None:
    one: sa.BindParameter[int] = sa.bindparam("one")
    two: sa.BindParameter[int] = sa.bindparam("two")
    statement = Statement(sa.select(PATIENTS.c.id).where(PATIENTS.c.id > two, PATIENTS.c.data < one, two != 7))
    assert statement.sql.count("?") == 4
    assert statement.values({"one": 1, "two": 2, "unused": 3}) == (2, 1, 2, 7)


def test_a_closed_database_leaves_one_file(store: Store, folder: Path) -> None:
    put_rows(store.database, "patients", [{"id": "p1"}])
    store.close()
    assert not list(folder.glob("*-wal"))
    assert (folder / DATABASE_NAME).read_bytes()[:6] != b"SQLite"


def test_closing_waits_for_a_read_that_goes_on_and_lets_no_other_begin(store: Store) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def read_for_long() -> int:
        with store.database.read() as snapshot:
            snapshot.begin()
            begun.set()
            assert let_go.wait(30)
            return int(snapshot.scalar(COUNT))

    def is_refused() -> bool:
        try:
            with store.database.read():
                return False
        except StorageBusy:
            return True

    with ThreadPoolExecutor(2) as pool:
        reading = pool.submit(read_for_long)
        assert begun.wait(30)
        closing = pool.submit(store.database.close)
        eventually(is_refused)
        assert not closing.done()
        let_go.set()
        assert reading.result(30) == 0
        closing.result(30)


def test_the_version_is_another_one_after_every_commit_and_the_same_without(database: Database) -> None:
    first = database.version()
    assert database.version() == first
    put_rows(database, "patients", [{"id": "p1"}])
    second = database.version()
    assert second != first
    with pytest.raises(RuntimeError), database.write() as transaction:
        transaction.stamp  # noqa: B018 - taking one is a write
        raise RuntimeError
    assert database.version() == second


def test_a_closed_database_has_no_version(store: Store) -> None:
    store.database.version()
    store.database.close()
    with pytest.raises(StorageBusy):
        store.database.version()
