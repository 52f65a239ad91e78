"""What a push leaves behind: rows, versions, conflicts and deletions, and nothing when it comes again (DESIGN §6)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.database import Database
from db.errors import StorageFailed
from db.history import restore_version, versions_of
from db.records import live_counts
from db.schema import OUTBOX, RECORD_TABLES
from db.sync_log import SyncNote
from tests.db.caller import Caller, Row, contents, history, last_stamp, patient, push, stored
from tests.examples import examples


def _two_phones(database: Database, **columns: Any) -> tuple[Caller, Caller]:
    """Two phones that hold the same patient."""
    one, other = Caller(database), Caller(database, "doctor")
    one.pull()
    one.push_created("patients", patient(**columns))
    one.pull()
    other.pull()
    return one, other


def _edit(caller: Caller, /, says: str | None = None, **columns: Any) -> Any:
    row = patient(**{"updated_at": 2_000, **columns})
    return caller.push_updated("patients", row if says is None else row | {"_changed": says, "_status": "updated"})


def _data(database: Database, table: str = "patients", record_id: str = "p1") -> Row:
    return stored(database, table, record_id).data


def _kinds(database: Database, record_id: str = "p1") -> list[str]:
    return [kind for kind, _, _ in history(database, record_id)]


def test_new_rows_are_stored_without_the_phones_private_columns(database: Database) -> None:
    phone = Caller(database)
    phone.pull()
    result = phone.push_created("patients", patient(_status="created", _changed="", shoe_size=43))
    assert (result.received, result.changed, result.notes) == (1, True, ())
    assert _data(database) == patient(shoe_size=43)


def test_the_same_push_again_changes_nothing(database: Database) -> None:
    one, _ = _two_phones(database)
    one.push({"patients": {"created": [patient("p2", created_at="5")], "updated": [patient(phone="1")]}})
    one.push_deleted("patients", "p1")
    before, stamp = contents(database), last_stamp(database)
    again = one.push({"patients": {"created": [patient("p2", created_at="5")]}})
    one.push_deleted("patients", "p1")
    assert not again.changed
    assert (contents(database), last_stamp(database)) == (before, stamp)


@pytest.mark.parametrize("says", [True, False])
def test_edits_of_different_columns_both_stay(database: Database, says: bool) -> None:
    one, other = _two_phones(database)
    _edit(one, "given_name" if says else None, given_name="Noor")
    result = _edit(other, "phone" if says else None, phone="1")
    assert (_data(database)["given_name"], _data(database)["phone"]) == ("Noor", "1")
    assert result.notes == ()
    assert "conflict" not in _kinds(database)


def test_of_two_edits_of_one_column_the_later_wins_and_the_other_can_be_restored(database: Database) -> None:
    one, other = _two_phones(database)
    _edit(one, "given_name", given_name="Noor", updated_at=9_000)
    assert _edit(other, "given_name", given_name="Lina").notes == (SyncNote.CONFLICT,)
    assert _data(database)["given_name"] == "Lina"
    kind, columns, data = history(database, "p1")[-1]
    assert (kind, columns, data["given_name"]) == ("conflict", ["given_name"], "Noor")
    with database.read() as snapshot:
        lost = next(v.version for v in versions_of(snapshot, "patients", "p1") if v.kind == "conflict")
    restore_version(database, "patients", "p1", lost, "test")
    assert _data(database)["given_name"] == "Noor"


def test_of_an_unproven_phone_the_whole_row_is_taken_as_a_conflict(database: Database) -> None:
    one, _ = _two_phones(database)
    _edit(one, given_name="Noor")
    push(database, {"patients": {"updated": [patient(phone="1")]}}, "stranger", 0)
    assert (_data(database)["given_name"], _data(database)["phone"]) == ("Amal", "1")
    assert history(database, "p1")[-1][:2] == ("conflict", ["given_name", "phone"])


def test_a_deletion_wins_over_an_unseen_edit_which_is_kept_as_a_conflict(database: Database) -> None:
    one, other = _two_phones(database)
    _edit(one, "given_name", given_name="Noor")
    assert other.push_deleted("patients", "p1").notes == (SyncNote.CONFLICT,)
    assert stored(database, "patients", "p1").is_deleted
    kind, columns, data = history(database, "p1")[-1]
    assert (kind, columns, data["given_name"]) == ("conflict", ["given_name"], "Noor")


def test_an_edit_of_a_deleted_record_is_refused_and_kept_once(database: Database) -> None:
    one, other = _two_phones(database)
    one.push_deleted("patients", "p1")
    for _ in range(2):
        _edit(other, "phone", phone="1")
    assert stored(database, "patients", "p1").is_deleted
    assert _kinds(database).count("refused") == 1
    assert other.pull().ids("patients", "deleted") == ["p1"]


def test_a_deletion_of_an_unknown_id_is_ignored(database: Database) -> None:
    before, stamp = contents(database), last_stamp(database)
    assert not push(database, {"patients": {"deleted": ["nobody"]}}, "nurse", 0).changed
    assert (contents(database), last_stamp(database)) == (before, stamp)


def test_what_belongs_to_a_patient_is_deleted_along_with_what_the_same_push_adds(database: Database) -> None:
    phone, _ = _two_phones(database)
    phone.push_created("visits", {"id": "v1", "patient_id": "p1"}, {"id": "v2", "patient_id": "p2"})
    phone.push_created("events", {"id": "e1", "patient_id": "p9", "visit_id": "v1"})
    phone.push(
        {
            "visits": {"created": [{"id": "v3", "patient_id": "p1"}]},
            "dispensing_records": {"created": [{"id": "d1", "patient_id": "p1"}]},
            "patients": {"deleted": ["p1"]},
        }
    )
    gone = {i: stored(database, t, i).is_deleted for t, i in [("visits", "v1"), ("visits", "v3"), ("events", "e1")]}
    assert gone == {"v1": True, "v3": True, "e1": True}
    assert not stored(database, "visits", "v2").is_deleted
    assert not stored(database, "dispensing_records", "d1").is_deleted
    assert _kinds(database, "v3") == ["deleted"]


@pytest.mark.parametrize("pulls_first", [False, True])
def test_an_edit_whose_answer_was_lost_does_not_win_again_when_repeated(database: Database, pulls_first: bool) -> None:
    one, other = _two_phones(database)
    _edit(one, "given_name", given_name="Noor")
    other.pull()
    _edit(other, "given_name", given_name="Lina", updated_at=3_000)
    if pulls_first:
        one.pull()
    _edit(one, "given_name", given_name="Noor")
    assert _data(database)["given_name"] == "Lina"
    assert one.pull().row("patients", "p1")["given_name"] == "Lina"


def test_of_two_rows_with_one_id_the_later_stands_and_the_earlier_is_kept(database: Database) -> None:
    push(database, {"patients": {"created": [patient(), patient(phone="1")]}}, "nurse", 0)
    assert _data(database)["phone"] == "1"
    assert [(kind, data["phone"]) for kind, _, data in history(database, "p1")] == [("replaced", "0")]


@pytest.mark.parametrize("is_new", [True, False])
def test_a_row_edited_and_deleted_in_one_push_ends_deleted(database: Database, is_new: bool) -> None:
    phone, _ = _two_phones(database)
    record_id = "p2" if is_new else "p1"
    phone.push({"patients": {"updated": [patient(record_id, phone="1")], "deleted": [record_id]}})
    row = stored(database, "patients", record_id)
    assert (row.is_deleted, row.data["phone"]) == (True, "1")


def test_a_deletion_that_is_a_whole_row_keeps_what_the_row_says(database: Database) -> None:
    phone, _ = _two_phones(database)
    phone.push_deleted("patients", patient(phone="1", updated_at=2_000))
    assert stored(database, "patients", "p1").is_deleted
    assert history(database, "p1")[-1][2]["phone"] == "1"


def test_rows_of_server_owned_tables_are_ignored_with_a_note(database: Database) -> None:
    result = push(database, {"users": {"created": [{"id": "u1"}]}}, "nurse", 0)
    assert (result.changed, result.notes) == (False, (SyncNote.SERVER_OWNED_IGNORED,))
    assert contents(database)["users"] == []


def test_odd_values_are_kept_as_they_came_and_lost_ones_are_noted(database: Database) -> None:
    phone = Caller(database)
    phone.pull()
    result = phone.push_created("patients", patient(given_name=5, created_at="soon"))
    assert (_data(database)["given_name"], _data(database)["created_at"]) == ("5", 0)
    odd = {"given_name": 5, "created_at": "soon"}
    assert history(database, "p1") == [("as_received", ["created_at", "given_name"], odd)]
    assert result.notes == (SyncNote.VALUES_REPAIRED,)
    assert phone.pull().row("patients", "p1")["given_name"] == "5"


def test_nothing_of_a_push_that_fails_midway_stays(database: Database) -> None:
    one, _ = _two_phones(database)
    with database.write() as transaction:
        transaction.run(
            sa.text("CREATE TRIGGER full BEFORE INSERT ON record_history BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    before, stamp = contents(database), last_stamp(database)
    changes = {
        "patients": {"created": [patient("p2")], "updated": [patient(phone="1", updated_at=2_000)]},
        "visits": {"created": [{"id": "v1", "patient_id": "p1"}]},
    }
    with pytest.raises(StorageFailed):
        one.push(changes)
    assert (contents(database), last_stamp(database)) == (before, stamp)
    with database.write() as transaction:
        transaction.run(sa.text("DROP TRIGGER full"))
    assert one.push(changes).changed
    assert _data(database)["phone"] == "1"


def test_columns_of_several_pushes_wait_for_the_cloud_together(database: Database) -> None:
    one, other = _two_phones(database)
    with database.write() as transaction:
        transaction.run(OUTBOX.delete())
    _edit(one, "given_name", given_name="Noor")
    _edit(other, "phone", phone="1")
    with database.read() as snapshot:
        (waiting,) = snapshot.rows(sa.select(OUTBOX))
    assert set(msgspec.json.decode(waiting.columns)) == {"given_name", "phone", "updated_at"}


_IDS = st.sampled_from(["a", "b", "c", "d"])
_ROW = st.fixed_dictionaries({"id": _IDS}, optional={"patient_id": _IDS, "visit_id": _IDS, "is_deleted": st.booleans()})
_LISTS = st.fixed_dictionaries(
    {},
    optional={
        "created": st.lists(_ROW, max_size=3),
        "updated": st.lists(_ROW, max_size=3),
        "deleted": st.lists(st.one_of(_IDS, _ROW), max_size=3),
    },
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pushes=st.lists(
        st.dictionaries(st.sampled_from(["patients", "visits", "events"]), _LISTS, max_size=3), min_size=1, max_size=4
    )
)
def test_the_kept_counts_are_what_a_real_count_finds(database: Database, pushes: list[dict[str, Any]]) -> None:
    """The records of earlier examples stay: what holds, holds for any past."""
    for changes in pushes:
        push(database, changes, "nurse", 0)
        with database.read() as snapshot:
            kept = live_counts(snapshot)
            for name in ("patients", "visits", "events"):
                rows = snapshot.rows(sa.select(RECORD_TABLES[name]))
                alive = [row for row in rows if row.local_server_deleted_at is None]
                real = sum(msgspec.json.decode(row.data).get("is_deleted") is not True for row in alive)
                assert kept.get(name, 0) == real
