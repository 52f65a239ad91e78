"""What a mark that a phone shows stands for, and which pull a push belongs to (docs/protocol.md, "Marks")."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.database import Database
from db.marks import (
    FIRST_GENERATION_LEEWAY_MS,
    Pull,
    Since,
    claim,
    find_pull,
    find_pull_of_push,
    forget_pulls,
    has_dropped_rows,
    has_held_rows,
    record_pull,
    resolve_device_since,
    resolve_since,
    unused_mark,
)
from db.records import NO_MARK
from db.schema import DROPPED_ROWS, HELD_ROWS, SERVER_CLOCK, TIMELINE_GAPS
from tests.db.caller import last_stamp
from tests.fakes.clock import DAY_MS, HOUR_MS, AdjustableClock


def recorded(database: Database, **values: Any) -> Pull:
    """A pull, by default the first one of a phone that does not say its schema."""
    with database.write() as transaction:
        stamp = transaction.stamp
        pull = Pull(
            mark=values.get("mark", stamp),
            stamp=stamp,
            since_mark=values.get("since", 0),
            device_id="phone",
            user_id=values.get("user", "nurse"),
            says_schema=values.get("says_schema", False),
            is_claimed=False,
            owed_deletions_since=values.get("owed"),
        )
        record_pull(transaction, pull)
    return pull


def since(database: Database, mark: int, user: str = "nurse") -> Since:
    with database.read() as snapshot:
        return resolve_since(snapshot, mark, user)


def with_a_gap(database: Database, clock: AdjustableClock) -> tuple[int, int]:
    """The mark of the last pull before a part that was lost, and of the first one after it."""
    clock.advance(3 * DAY_MS)
    start = recorded(database).mark
    clock.advance(HOUR_MS)
    end = recorded(database).mark
    with database.write() as transaction:
        transaction.run(TIMELINE_GAPS.insert().values(after_stamp=start, up_to_stamp=end - 1))
    return start, end


def pull_of_push(database: Database, mark: int, user: str = "nurse") -> int | None:
    """The mark of the pull that a push is found to belong to."""
    with database.read() as snapshot:
        pull = find_pull_of_push(snapshot, mark, user)
    return pull.mark if pull else None


def found(database: Database, mark: int) -> Pull | None:
    with database.read() as snapshot:
        return find_pull(snapshot, mark)


def birth_stamp(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.birth_stamp)))


def claim_mark(database: Database, mark: int) -> None:
    with database.write() as transaction:
        claim(transaction, mark)


def test_a_pull_is_remembered_as_it_was(database: Database) -> None:
    made = recorded(database, mark=17, since=5, says_schema=True, owed=3)
    assert found(database, 17) == made
    assert found(database, 18) is None


@pytest.mark.parametrize("mark", [0, -1, -5_000])
def test_no_mark_means_everything(database: Database, mark: int) -> None:
    assert since(database, mark) == Since(0, None, is_foreign=False)
    assert since(database, mark).mark == NO_MARK


def test_a_known_mark_names_its_pull(database: Database) -> None:
    pull = recorded(database)
    assert since(database, pull.mark) == Since(pull.stamp, pull, is_foreign=False)
    assert since(database, pull.mark).mark == pull.mark


def test_a_mark_in_the_past_stands_for_the_stamp_of_its_pull(database: Database) -> None:
    mark = birth_stamp(database) - DAY_MS
    pull = recorded(database, mark=mark)
    assert since(database, mark) == Since(pull.stamp, pull, is_foreign=False)


def test_a_mark_shown_by_another_user_works_but_proves_nothing(database: Database) -> None:
    pull = recorded(database)
    assert since(database, pull.mark, "doctor") == Since(pull.stamp, None, is_foreign=False)


def test_a_mark_that_nobody_remembers_but_that_was_possible_counts(database: Database, clock: AdjustableClock) -> None:
    clock.advance(DAY_MS)
    recorded(database)
    mark = birth_stamp(database) + HOUR_MS
    assert since(database, mark) == Since(mark, None, is_foreign=False)


def test_a_mark_of_the_future_is_foreign(database: Database) -> None:
    recorded(database)
    assert not since(database, last_stamp(database)).is_foreign
    assert since(database, last_stamp(database) + 1) == Since(0, None, is_foreign=True)


def test_a_mark_from_before_the_birth_is_foreign(database: Database) -> None:
    assert not since(database, birth_stamp(database)).is_foreign
    assert since(database, birth_stamp(database) - 1) == Since(0, None, is_foreign=True)


def test_a_mark_in_a_gap_is_foreign_and_those_beside_it_are_not(database: Database, clock: AdjustableClock) -> None:
    start, end = with_a_gap(database, clock)
    foreign = [mark for mark in (start, start + 1, end - 1, end) if since(database, mark).is_foreign]
    assert foreign == [start + 1, end - 1]


def test_a_forgotten_mark_up_to_a_day_before_a_gap_may_be_of_the_lost_part(
    database: Database, clock: AdjustableClock
) -> None:
    """Marks of first-generation phones are a day older than the stamps of their pulls."""
    start, _ = with_a_gap(database, clock)
    oldest = start - FIRST_GENERATION_LEEWAY_MS
    foreign = [mark for mark in (oldest, oldest + 1, start - 1, start) if since(database, mark).is_foreign]
    assert foreign == [oldest + 1, start - 1]


def test_a_mark_that_nobody_remembers_may_be_of_any_part_that_was_lost_before_it(
    database: Database, clock: AdjustableClock
) -> None:
    start, _ = with_a_gap(database, clock)
    clock.advance(DAY_MS)
    later = recorded(database)
    assert since(database, later.mark - 1) == Since(start, None, is_foreign=True, is_of_lost_part=True)
    assert since(database, later.mark) == Since(later.stamp, later, is_foreign=False)


def test_of_several_lost_parts_the_earliest_is_the_last_that_is_surely_shared(
    database: Database, clock: AdjustableClock
) -> None:
    start, _ = with_a_gap(database, clock)
    _, end = with_a_gap(database, clock)
    assert since(database, end - 1) == Since(start, None, is_foreign=True, is_of_lost_part=True)


def device_since(database: Database, mark: int) -> Since:
    with database.read() as snapshot:
        return resolve_device_since(snapshot, mark, "nurse", "phone")


def test_a_phone_of_the_channel_with_a_mark_of_a_lost_part_is_sent_everything(
    database: Database, clock: AdjustableClock
) -> None:
    start, end = with_a_gap(database, clock)
    assert device_since(database, end - 1) == Since(start, None, is_foreign=True, is_of_lost_part=True)
    claim_mark(database, start)
    proven = found(database, start)
    assert device_since(database, end - 1) == Since(start, proven, is_foreign=True, is_of_lost_part=True)
    assert not device_since(database, start).is_foreign
    assert not device_since(database, start - 1).is_of_lost_part  # a date, from before anything was lost


def test_a_library_style_push_belongs_to_the_pull_whose_mark_it_shows(database: Database) -> None:
    first = recorded(database, says_schema=True)
    second = recorded(database, says_schema=True, since=first.mark)
    assert pull_of_push(database, first.mark) == first.mark
    assert pull_of_push(database, second.mark) == second.mark


def test_a_first_generation_push_belongs_to_the_pull_that_followed_the_mark_it_shows(database: Database) -> None:
    first = recorded(database)
    second = recorded(database, since=first.mark)
    third = recorded(database, since=second.mark)
    assert pull_of_push(database, first.mark) == second.mark
    assert pull_of_push(database, second.mark) == third.mark


def test_of_several_pulls_from_one_mark_the_latest_is_the_one_whose_answer_arrived(database: Database) -> None:
    first = recorded(database)
    recorded(database, since=first.mark, mark=first.mark + 50)
    latest = recorded(database, since=first.mark, mark=first.mark + 20)
    assert pull_of_push(database, first.mark) == latest.mark


def test_without_a_pull_after_it_a_mark_stands_for_its_own_pull(database: Database) -> None:
    pull = recorded(database)
    assert pull_of_push(database, pull.mark) == pull.mark


def test_pulls_of_others_and_of_apps_that_say_their_schema_are_no_followers(database: Database) -> None:
    first = recorded(database)
    recorded(database, since=first.mark, user="doctor")
    recorded(database, since=first.mark, says_schema=True)
    assert pull_of_push(database, first.mark) == first.mark


def test_a_follower_is_found_when_the_pull_before_it_is_forgotten(database: Database) -> None:
    child = recorded(database, since=last_stamp(database) - 1)
    assert pull_of_push(database, child.since_mark) == child.mark


@pytest.mark.parametrize("says_schema", [True, False])
def test_a_push_by_another_user_belongs_to_no_pull(database: Database, says_schema: bool) -> None:
    first = recorded(database, says_schema=says_schema)
    recorded(database, since=first.mark, says_schema=says_schema)
    assert pull_of_push(database, first.mark, "doctor") is None


def test_a_mark_that_names_nothing_proves_nothing(database: Database) -> None:
    recorded(database)
    assert pull_of_push(database, last_stamp(database) + 7) is None
    assert pull_of_push(database, NO_MARK) is None


def test_a_very_first_push_belongs_to_the_only_first_pull_without_a_sign_of_life(database: Database) -> None:
    assert pull_of_push(database, 0) is None
    pull = recorded(database)
    assert pull_of_push(database, 0) == pull.mark
    assert pull_of_push(database, 0, "doctor") is None


def test_two_first_pulls_without_a_sign_of_life_prove_nothing_until_one_gives_one(database: Database) -> None:
    one, other = recorded(database), recorded(database)
    assert pull_of_push(database, 0) is None
    claim_mark(database, one.mark)
    assert pull_of_push(database, 0) == other.mark


def test_first_pulls_of_others_do_not_stand_in_the_way(database: Database) -> None:
    pull = recorded(database)
    recorded(database, user="doctor")
    recorded(database, says_schema=True)
    assert pull_of_push(database, 0) == pull.mark


def test_a_pull_shows_that_the_one_before_it_lives(database: Database) -> None:
    first = recorded(database)
    other = recorded(database)
    recorded(database, since=first.mark)
    claimed = [pull.is_claimed for pull in (found(database, first.mark), found(database, other.mark)) if pull]
    assert claimed == [True, False]


def test_an_unused_mark_is_the_wanted_one_or_the_next_that_is_free(database: Database) -> None:
    for mark in (100, 101, 103):
        recorded(database, mark=mark)
    with database.read() as snapshot:
        assert [unused_mark(snapshot, wanted) for wanted in (99, 100, 101, 102, 103)] == [99, 102, 102, 102, 104]


def test_held_and_dropped_rows_belong_to_one_mark(database: Database) -> None:
    pull = recorded(database)
    for table, has_rows in ((HELD_ROWS, has_held_rows), (DROPPED_ROWS, has_dropped_rows)):
        with database.write() as transaction:
            transaction.run(table.insert().values(mark=pull.mark, table_name="patients", record_id="p1"))
        with database.read() as snapshot:
            assert has_rows(snapshot, pull.mark)
            assert not has_rows(snapshot, pull.mark + 1)
            assert not has_rows(snapshot, NO_MARK)


def test_forgotten_pulls_prove_nothing_but_their_marks_still_work(database: Database, clock: AdjustableClock) -> None:
    old = recorded(database)
    clock.advance(DAY_MS)
    recent = recorded(database, since=old.mark)
    with database.write() as transaction:
        for mark in (old.mark, recent.mark):
            for table in (HELD_ROWS, DROPPED_ROWS):
                transaction.run(table.insert().values(mark=mark, table_name="patients", record_id="p1"))
    with database.write() as transaction:
        assert forget_pulls(transaction, recent.stamp) == 1
    assert since(database, old.mark) == Since(old.stamp, None, is_foreign=False)
    assert since(database, recent.mark).pull == recent
    with database.read() as snapshot:
        assert [has_held_rows(snapshot, mark) for mark in (old.mark, recent.mark)] == [False, True]
        assert [has_dropped_rows(snapshot, mark) for mark in (old.mark, recent.mark)] == [False, True]


def test_a_push_after_somebody_else_signed_in_on_the_phone_belongs_to_their_pull(database: Database) -> None:
    first = recorded(database)
    second = recorded(database, since=first.mark, user="doctor")
    assert pull_of_push(database, first.mark, "doctor") == second.mark
