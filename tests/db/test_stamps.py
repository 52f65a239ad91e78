"""Change stamps: strictly increasing through restarts, clock jumps, processes; foreign marks (DESIGN §4)."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.database import Database
from db.files import CEILING_NAME
from db.schema import SERVER_CLOCK
from db.stamps import RESERVED_MS, StampCeiling, is_of_this_timeline
from db.store import Store, open_database, open_store
from tests.db.caller import last_stamp
from tests.db.rows import KEY, run_python
from tests.examples import examples
from tests.fakes.clock import DAY_MS, START_MS, YEAR_MS, AdjustableClock

TAKE_STAMPS = """
import sys
from pathlib import Path
from db.clock import SystemClock
from db.store import open_database
from tests.fakes.clock import AdjustableClock
database = open_database(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), AdjustableClock(int(sys.argv[3])))
for _ in range(int(sys.argv[4])):
    with database.write() as transaction:
        print(transaction.stamp)
database.close()
"""


def take_stamp(database: Database) -> int:
    with database.write() as transaction:
        return transaction.stamp


def is_known(database: Database, stamp: int) -> bool:
    with database.read() as snapshot:
        return is_of_this_timeline(snapshot, stamp)


def birth_stamp(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.birth_stamp)))


def test_a_stamp_looks_like_the_time(database: Database, clock: AdjustableClock) -> None:
    clock.advance(DAY_MS)
    assert take_stamp(database) == START_MS + DAY_MS


def test_stamps_increase_while_the_clock_stands_still(database: Database) -> None:
    stamps = [take_stamp(database) for _ in range(5)]
    assert stamps == list(range(stamps[0], stamps[0] + 5))


def test_a_transaction_has_one_stamp(database: Database, clock: AdjustableClock) -> None:
    with database.write() as transaction:
        first = transaction.stamp
        clock.advance(DAY_MS)
        assert transaction.stamp == first


def test_a_transaction_that_asks_for_no_stamp_takes_none(database: Database, clock: AdjustableClock) -> None:
    before = last_stamp(database)
    clock.advance(DAY_MS)
    with database.write() as transaction:
        transaction.scalar(sa.select(SERVER_CLOCK.c.last_stamp))
    assert last_stamp(database) == before


def test_a_stamp_of_a_transaction_that_failed_is_given_to_no_other_commit(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as transaction:
        lost = transaction.stamp
        _ = 1 / 0
    assert take_stamp(database) == lost  # it was never seen by anybody, and order is by commit


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(jumps=st.lists(st.integers(-20 * YEAR_MS, 20 * YEAR_MS), min_size=1, max_size=8))
def test_stamps_increase_however_the_clock_jumps(database: Database, clock: AdjustableClock, jumps: list[int]) -> None:
    last = take_stamp(database)
    for jump in jumps:
        clock.jump(jump)
        stamp = take_stamp(database)
        assert stamp > last
        last = stamp


@pytest.mark.parametrize("is_clean", [True, False], ids=["stopped in order", "lost power"])
@pytest.mark.parametrize("jump", [0, -YEAR_MS, YEAR_MS])
def test_stamps_increase_over_a_restart(
    store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock, is_clean: bool, jump: int
) -> None:
    last = take_stamp(store.database)
    if is_clean:
        store.close()
    else:
        folder = shutil.copytree(folder, tmp_path / "survivor")
    clock.jump(jump)
    again = open_store(folder, KEY, clock)
    assert take_stamp(again.database) > last
    again.close()


def test_a_clock_that_ran_ahead_and_was_set_right_goes_on_from_the_last_stamp(
    database: Database, clock: AdjustableClock
) -> None:
    clock.jump(YEAR_MS)
    ahead = take_stamp(database)
    clock.jump(-YEAR_MS)
    assert take_stamp(database) == ahead + 1


def test_two_processes_never_get_the_same_stamp(store: Store, folder: Path) -> None:
    count = 60
    with ThreadPoolExecutor(3) as pool:
        others = [
            pool.submit(run_python, TAKE_STAMPS, str(folder), KEY.hex(), str(START_MS - number * DAY_MS), str(count))
            for number in range(2)
        ]
        ours = [take_stamp(store.database) for _ in range(count)]
    theirs = []
    for other in others:
        assert other.result().returncode == 0, other.result().stderr
        stamps = [int(line) for line in other.result().stdout.split()]
        assert stamps == sorted(stamps)
        theirs += stamps
    assert len({*ours, *theirs}) == 3 * count


def test_threads_never_get_the_same_stamp(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        stamps = list(pool.map(lambda _: take_stamp(database), range(80)))
    assert len(set(stamps)) == 80
    assert last_stamp(database) == max(stamps)


def test_the_ceiling_is_never_below_a_stamp_that_was_given(database: Database, folder: Path) -> None:
    ceiling = StampCeiling(folder / CEILING_NAME)
    for _ in range(3):
        stamp = take_stamp(database)
        assert ceiling.read() >= stamp


def test_the_ceiling_is_raised_before_the_stamp_is_used(database: Database, folder: Path) -> None:
    with database.write() as transaction:
        stamp = transaction.stamp
        assert StampCeiling(folder / CEILING_NAME).read() >= stamp


def test_the_ceiling_is_seldom_written(tmp_path: Path) -> None:
    ceiling = StampCeiling(tmp_path / "ceiling")
    ceiling.raise_above(5)
    assert ceiling.read() == 5 + RESERVED_MS
    ceiling.raise_above(5 + RESERVED_MS)
    assert ceiling.read() == 5 + RESERVED_MS
    ceiling.raise_above(6 + RESERVED_MS)
    assert ceiling.read() == 6 + 2 * RESERVED_MS


@pytest.mark.parametrize("content", ["", "not a number", "\x00" * 20])
def test_an_unreadable_ceiling_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "ceiling").write_text(content)
    ceiling = StampCeiling(tmp_path / "ceiling")
    assert ceiling.read() == 0
    ceiling.raise_above(7)
    assert ceiling.read() >= 7


def test_a_clean_stop_reserves_nothing(store: Store, folder: Path) -> None:
    last = take_stamp(store.database)
    store.close()
    assert StampCeiling(folder / CEILING_NAME).read() == last


def test_marks_from_birth_to_the_last_stamp_are_of_this_timeline(database: Database, clock: AdjustableClock) -> None:
    clock.advance(DAY_MS)
    birth, last = birth_stamp(database), take_stamp(database)
    assert is_known(database, birth)
    assert is_known(database, last)
    assert is_known(database, (birth + last) // 2)
    assert not is_known(database, birth - 1)
    assert not is_known(database, last + 1)


def test_marks_of_the_part_that_was_lost_are_not_of_this_timeline(
    store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    kept = take_stamp(store.database)
    older = shutil.copytree(folder, tmp_path / "older")
    clock.advance(DAY_MS)
    lost = take_stamp(store.database)
    store.close()
    shutil.copy2(folder / CEILING_NAME, older / CEILING_NAME)  # it is not part of the copy that is put back
    again = open_store(older, KEY, clock)
    first = take_stamp(again.database)
    assert first > lost
    assert is_known(again.database, kept)
    assert not is_known(again.database, lost)
    assert not is_known(again.database, lost - DAY_MS // 2)
    assert is_known(again.database, first)
    again.close()


def test_a_new_database_in_an_old_folder_is_born_after_everything_the_old_one_gave(
    store: Store, folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    clock.jump(YEAR_MS)
    last = take_stamp(store.database)
    store.close()
    clock.jump(-YEAR_MS)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    shutil.copy2(folder / CEILING_NAME, fresh / CEILING_NAME)
    again = open_database(fresh, KEY, clock)
    assert birth_stamp(again) > last
    assert not is_known(again, last)
    again.close()
