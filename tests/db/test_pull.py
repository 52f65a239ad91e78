"""What phones get: the right list for every change, no echo, never a gap (DESIGN §5, docs/protocol.md)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.database import Database
from db.devices import find_device
from db.marks import FIRST_GENERATION_LEEWAY_MS, find_pull
from db.pull import finish_pull, open_pull
from db.pull_plan import PullRequest
from db.schema import SYNC_LOG
from db.sync_log import SyncNote
from tests.db.caller import Caller, Pulled, Row, last_stamp, patient
from tests.db.rows import delete_row, put_rows
from tests.fakes.clock import DAY_MS, HOUR_MS, YEAR_MS, AdjustableClock

NO_SCHEMA = None
LARGEST_BATCH = 1_000


def phones(database: Database, count: int = 2) -> list[Caller]:
    """Phones of one user that have pulled what there is."""
    made = [Caller(database) for _ in range(count)]
    for phone in made:
        phone.pull()
    return made


def lists_of(pulled: Pulled, record_id: str = "p1", table: str = "patients") -> list[str]:
    return [name for name in ("created", "updated", "deleted") if record_id in pulled.ids(table, name)]


def put(database: Database, *rows: Row) -> None:
    put_rows(database, "patients", rows)


def deletions(pulled: Pulled) -> list[Any]:
    return pulled.changes.get("patients", {}).get("deleted", [])


def test_the_first_pull_creates_what_lives_and_deletes_nothing(database: Database) -> None:
    put(database, patient("p1"), patient("p2"))
    put(database, patient("p1", phone="1"))
    delete_row(database, "patients", "p2")
    pulled = Caller(database).pull()
    assert pulled.changes == {"patients": {"created": [patient("p1", phone="1")], "updated": [], "deleted": []}}


def test_each_change_since_the_last_pull_comes_once_in_its_list(database: Database) -> None:
    put(database, patient("edited"), patient("deleted"), patient("left alone"))
    (phone,) = phones(database, 1)
    put(database, patient("new"), patient("edited", phone="1"), patient("never seen"))
    put(database, patient("new", phone="2"))
    delete_row(database, "patients", "deleted")
    delete_row(database, "patients", "never seen")
    assert phone.pull().changes == {
        "patients": {
            "created": [patient("new", phone="2")],
            "updated": [patient("edited", phone="1")],
            "deleted": ["deleted", "never seen"],
        }
    }
    assert phone.pull().changes == {}


def test_no_two_pulls_get_the_same_mark_even_when_nothing_changes(database: Database) -> None:
    marks = [phone.pull().mark for phone in phones(database, 3) for _ in range(3)]
    assert len(set(marks)) == len(marks)
    assert min(marks) > 0


def test_an_answer_that_was_lost_is_given_again(database: Database) -> None:
    put(database, patient("edited"), patient("gone"))
    (phone,) = phones(database, 1)
    put(database, patient("edited", phone="1"), patient("new"))
    delete_row(database, "patients", "gone")
    lost = phone.pull(is_lost=True)
    assert lost.changes
    assert phone.pull().changes == lost.changes


def test_a_pull_holds_one_moment_and_the_next_goes_on_from_there(database: Database) -> None:
    (phone,) = phones(database, 1)
    put(database, patient("before"))
    request = PullRequest(phone.user, "192.0.2.1", phone.mark, phone.schema)
    with open_pull(database, request) as reply:
        put(database, patient("after"), patient("before", phone="1"))
        texts = "".join(text for batch in reply.batches() for text in batch.rows)
    assert '"before"' in texts
    assert '"after"' not in texts
    assert '"phone":"0"' in texts.replace(" ", "")
    phone.mark = reply.mark
    pulled = phone.pull()
    assert (pulled.ids("patients", "created"), pulled.ids("patients", "updated")) == (["after"], ["before"])


def test_the_mark_is_remembered_before_the_first_row_goes_out(database: Database) -> None:
    request = PullRequest("nurse", "192.0.2.1", 0, 9)
    with open_pull(database, request) as reply, database.write() as another:  # which sees only what is committed
        assert find_pull(another, reply.mark) is not None


def test_what_a_phone_pushed_does_not_come_back_to_it_but_goes_to_all_others(database: Database) -> None:
    put(database, patient("edited"), patient("deleted"))
    pusher, other = phones(database)
    pusher.push_created("patients", patient("made"))
    pusher.push_updated("patients", patient("edited", phone="1"))
    pusher.push_deleted("patients", "deleted")
    assert pusher.pull().changes == {}
    pulled = other.pull()
    assert pulled.ids("patients", "created") == ["made"]
    assert pulled.ids("patients", "updated") == ["edited"]
    assert pulled.ids("patients", "deleted") == ["deleted"]


def test_a_phone_that_starts_anew_gets_its_own_rows_too(database: Database) -> None:
    (phone,) = phones(database, 1)
    phone.push_created("patients", patient())
    assert lists_of(phone.pull(mark=0)) == ["created"]


def test_a_row_that_went_with_another_users_mark_comes_back(database: Database) -> None:
    pusher, stranger = Caller(database), Caller(database, "doctor")
    pusher.pull()
    stranger.push({"patients": {"created": [patient()]}}, mark=pusher.mark)
    assert lists_of(pusher.pull()) == ["created"]


def test_a_row_goes_to_the_next_user_of_the_phone_that_pushed_it_as_changed(database: Database) -> None:
    (phone,) = phones(database, 1)
    phone.push_created("patients", patient())
    phone.user = "doctor"
    assert lists_of(phone.pull()) == ["updated"]


def test_a_merged_row_goes_back_to_the_phone_that_pushed_it_last(database: Database) -> None:
    put(database, patient())
    first, second = phones(database)
    first.push_updated("patients", patient(phone="1", _status="updated", _changed="phone"))
    second.push_updated("patients", patient(given_name="Huda", _status="updated", _changed="given_name"))
    for phone in (first, second):
        pulled = phone.pull()
        assert lists_of(pulled) == ["updated"]
        assert pulled.row("patients", "p1") == patient(phone="1", given_name="Huda")


def test_a_repaired_row_goes_back_to_the_phone_that_made_it_as_changed(database: Database) -> None:
    maker, other = phones(database)
    maker.push_created("patients", patient(phone=12345))
    pulled = maker.pull()
    assert lists_of(pulled) == ["updated"]
    assert pulled.row("patients", "p1")["phone"] == "12345"
    assert lists_of(other.pull()) == ["created"]


def test_a_row_that_somebody_changed_after_the_push_goes_back_to_its_maker_as_changed(database: Database) -> None:
    (maker,) = phones(database, 1)
    maker.push_created("patients", patient())
    put(database, patient(phone="1"))
    assert lists_of(maker.pull()) == ["updated"]


def test_a_row_that_the_maker_has_not_pulled_is_never_new_to_it_however_its_answers_are_lost(
    database: Database,
) -> None:
    (maker,) = phones(database, 1)
    maker.push_created("patients", patient())
    put(database, patient(phone="1"))
    assert lists_of(maker.pull(is_lost=True)) == ["updated"]
    assert lists_of(maker.pull()) == ["updated"]
    assert lists_of(maker.pull()) == []


def test_a_courier_holds_the_rows_it_carried(database: Database) -> None:
    maker, courier, other = phones(database, 3)
    maker.push_created("patients", patient())
    courier.push_created("patients", patient())
    put(database, patient(phone="1"))
    assert [lists_of(phone.pull()) for phone in (maker, courier, other)] == [["updated"], ["updated"], ["created"]]


@pytest.mark.parametrize("mark", ["future", "before the birth"])
def test_a_foreign_mark_counts_as_none_and_is_noted(database: Database, mark: str) -> None:
    put(database, patient("p1"), patient("p2"))
    delete_row(database, "patients", "p2")
    foreign = last_stamp(database) + DAY_MS if mark == "future" else 1_000
    pulled = Caller(database).pull(mark=foreign)
    assert pulled.changes == {"patients": {"created": [patient("p1")], "updated": [], "deleted": []}}
    assert pulled.notes == (SyncNote.UNKNOWN_MARK,)
    assert Caller(database).pull().notes == ()


def test_deletions_are_ids_for_an_app_that_says_its_schema(database: Database) -> None:
    put(database, patient("p1"), patient("p2"))
    (phone,) = phones(database, 1)
    delete_row(database, "patients", "p1")
    assert deletions(phone.pull()) == ["p1"]
    phone.push_deleted("patients", patient("p3"))  # a forced upload sends whole rows
    delete_row(database, "patients", "p2")
    assert deletions(phone.pull()) == ["p2"]


@pytest.mark.parametrize("proof", ["the older mark", "a whole row"])
def test_deletions_are_objects_once_the_app_is_proven_and_earlier_ones_come_again(
    database: Database, proof: str
) -> None:
    put(database, *(patient(f"p{number}") for number in range(5)))
    phone = Caller(database, schema=NO_SCHEMA)
    phone.pull()
    delete_row(database, "patients", "p1")
    before = phone.mark
    assert deletions(phone.pull()) == ["p1"]
    if proof == "the older mark":
        phone.push({}, mark=before)
    else:
        phone.push_deleted("patients", patient("p2"))
    delete_row(database, "patients", "p3")
    assert deletions(phone.pull(is_lost=True)) == [{"id": "p1"}, {"id": "p3"}]
    assert deletions(phone.pull()) == [{"id": "p1"}, {"id": "p3"}]
    assert deletions(phone.pull()) == []
    delete_row(database, "patients", "p4")
    assert deletions(phone.pull()) == [{"id": "p4"}]


def test_an_app_that_pushes_with_the_newer_mark_never_gets_objects(database: Database) -> None:
    put(database, patient("p1"), patient("p2"))
    phone = Caller(database, schema=NO_SCHEMA)
    for record_id in ("p1", "p2"):
        phone.pull()
        phone.push_created("patients", patient(f"new {record_id}"))
        delete_row(database, "patients", record_id)
        assert deletions(phone.pull()) == [record_id]


def proven(database: Database) -> Caller:
    """A phone that has shown that it is of the first generation."""
    phone = Caller(database, schema=NO_SCHEMA)
    phone.sync_as_first_generation()
    phone.sync_as_first_generation()
    return phone


def test_marks_of_the_first_generation_are_a_day_in_the_past_and_all_different(
    database: Database, clock: AdjustableClock
) -> None:
    marks = [proven(database).pull().mark for _ in range(4)]
    assert len(set(marks)) == 4
    clock.jump(-HOUR_MS)  # stamps run ahead of the clock now
    marks.append(proven(database).pull().mark)
    for mark in marks[:-1]:
        assert abs(mark - (clock.now_ms() + HOUR_MS - FIRST_GENERATION_LEEWAY_MS)) < 100
    assert marks[-1] <= clock.now_ms() - FIRST_GENERATION_LEEWAY_MS + 100
    assert last_stamp(database) > clock.now_ms()


@pytest.mark.parametrize("jump", [0, -YEAR_MS, YEAR_MS])
def test_a_mark_in_the_past_still_brings_each_change_once(
    database: Database, clock: AdjustableClock, jump: int
) -> None:
    phone = proven(database)
    clock.jump(jump)
    for number in range(3):
        put(database, patient(f"p{number}"))
        pulled = phone.sync_as_first_generation({"patients": {"created": [patient(f"own {number}")]}})
        assert pulled.ids("patients", "created") == [f"p{number}"]
        assert pulled.ids("patients", "updated") == pulled.ids("patients", "deleted") == []
        assert pulled.notes == ()


def test_a_first_generation_phone_gets_no_echo_and_the_others_get_its_rows(database: Database) -> None:
    phone, (other,) = proven(database), phones(database, 1)
    phone.sync_as_first_generation({"patients": {"created": [patient()]}})
    assert lists_of(phone.sync_as_first_generation()) == []
    assert lists_of(other.pull()) == ["created"]


def test_rows_come_in_batches_of_bounded_size(database: Database) -> None:
    wanted = [f"p{number:05d}" for number in range(2_500)]
    put_rows(database, "patients", (patient(record_id) for record_id in wanted))
    with open_pull(database, PullRequest("nurse", "192.0.2.1", 0, 9)) as reply:
        batches = [batch for batch in reply.batches() if batch.table == "patients"]
    assert max(len(batch.rows) for batch in batches) <= LARGEST_BATCH
    assert sum(len(batch.rows) for batch in batches) == len(wanted)
    assert reply.counts == {"patients": len(wanted)}


def test_nothing_is_read_before_it_is_wanted(database: Database) -> None:
    put_rows(database, "patients", (patient(f"p{number}") for number in range(2_500)))
    with open_pull(database, PullRequest("nurse", "192.0.2.1", 0, 9)) as reply:
        next(batch for batch in reply.batches() if batch.rows)
        assert reply.counts["patients"] <= LARGEST_BATCH


def test_how_a_pull_ended_is_logged_with_counts_alone(database: Database) -> None:
    put(database, patient("p1", given_name="Hypatia"), patient("p2"))
    request = PullRequest("nurse", "192.0.2.1", 0, 9)
    with open_pull(database, request) as reply:
        list(reply.batches())
    finish_pull(database, request, reply, sent_bytes=321, duration_ms=7, result="broken_off")
    with database.read() as snapshot:
        line = snapshot.first(sa.select(SYNC_LOG))
        device = find_device(snapshot, reply.device_id)
    assert (line.kind, line.user_id, line.records, line.bytes) == ("pull", "nurse", 2, 321)
    assert (line.duration_ms, line.result, line.device_id) == (7, "broken_off", reply.device_id)
    assert "Hypatia" not in repr(line)
    assert device is not None
    assert (device.records_sent, device.user_id) == (2, "nurse")
