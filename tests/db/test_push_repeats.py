"""Pushes that come twice, late, or without a mark, and records that come twice in one (DESIGN §6, PROTOCOL §6)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from db.database import Database
from db.schema import OUTBOX
from tests.db.caller import ADDRESS, Caller, contents, history, last_stamp, patient, push, stored


def two_phones_with_a_patient(database: Database) -> tuple[Caller, Caller]:
    one, other = Caller(database), Caller(database, "doctor")
    one.pull()
    one.push_created("patients", patient())
    one.pull()
    other.pull()
    return one, other


def edit(caller: Caller, says: str, /, **columns: Any) -> None:
    caller.push_updated("patients", patient(_status="updated", _changed=says, **{"updated_at": 2_000, **columns}))


def waiting_columns(database: Database) -> set[str]:
    with database.read() as snapshot:
        (entry,) = snapshot.rows(sa.select(OUTBOX))
    return set(msgspec.json.decode(entry.columns))


def kinds(database: Database) -> list[str]:
    return [kind for kind, _, _ in history(database, "p1")]


def test_columns_of_two_rows_with_one_id_wait_for_the_cloud_together(database: Database) -> None:
    one, _ = two_phones_with_a_patient(database)
    with database.write() as transaction:
        transaction.run(OUTBOX.delete())
    one.push_updated("patients", patient(phone="1"), patient(phone="1", given_name="Noor"))
    assert waiting_columns(database) == {"given_name", "phone"}


def test_a_repeated_edit_with_an_older_time_makes_no_version_and_its_phone_gets_the_newer(database: Database) -> None:
    one, other = two_phones_with_a_patient(database)
    edit(one, "phone,updated_at", phone="1", updated_at=2_000)
    other.pull()
    edit(other, "updated_at", phone="1", updated_at=9_000)
    one.pull()
    versions = kinds(database)
    edit(one, "phone,updated_at", phone="1", updated_at=2_000)
    assert kinds(database) == versions
    assert stored(database, "patients", "p1").data["updated_at"] == 9_000
    assert one.pull().row("patients", "p1")["updated_at"] == 9_000


def test_an_unseen_row_that_is_equal_but_for_its_time_is_left_alone_and_sent(database: Database) -> None:
    one, other = two_phones_with_a_patient(database)
    edit(one, "phone", phone="1", updated_at=2_000)
    before = contents(database)
    edit(other, "phone", phone="1", updated_at=9_000)
    assert contents(database) == before
    assert other.pull().row("patients", "p1")["updated_at"] == 2_000


@pytest.mark.parametrize(("address", "comes"), [(ADDRESS, []), ("192.0.2.2", ["p1"])])
def test_a_push_without_a_mark_from_another_address_is_not_taken_for_the_phone_that_began(
    database: Database, address: str, comes: list[str]
) -> None:
    beginner = Caller(database, schema=None)
    beginner.pull()
    Caller(database, schema=None, address=address).push_created("patients", patient())
    assert beginner.pull().ids("patients", "created") == comes


def test_a_phone_that_deletes_what_it_edited_itself_has_no_conflict(database: Database) -> None:
    one, _ = two_phones_with_a_patient(database)
    edit(one, "phone", phone="1")
    one.push_deleted("patients", "p1")
    assert kinds(database) == ["replaced", "deleted"]


def test_an_edit_with_an_odd_value_goes_back_repaired_to_its_phone(database: Database) -> None:
    one, _ = two_phones_with_a_patient(database)
    edit(one, "phone", phone=5)
    assert one.pull().row("patients", "p1")["phone"] == "5"
    assert ("as_received", ["phone"], {"phone": 5}) in history(database, "p1")


def test_a_push_that_waited_in_a_buffer_cannot_take_back_a_later_deletion(database: Database) -> None:
    one, _ = two_phones_with_a_patient(database)
    late = one.mark
    one.pull()
    one.push_deleted("patients", "p1")
    one.push({"patients": {"updated": [patient(phone="late", _changed="phone", updated_at=2_000)]}}, mark=late)
    assert stored(database, "patients", "p1").is_deleted
    assert kinds(database) == ["deleted", "refused"]


def test_a_first_push_that_arrives_late_does_not_hide_the_row_from_its_phone(database: Database) -> None:
    """The phone pushed, gave up, pulled anew and pushes again; only then does the first push arrive."""
    phone, other = Caller(database), Caller(database, "doctor")
    phone.pull()
    late = phone.mark
    phone.pull()
    phone.push({"patients": {"created": [patient()]}}, mark=late)
    phone.push_created("patients", patient(phone="1"))
    assert stored(database, "patients", "p1").data["phone"] == "1"
    other.pull()
    edit(other, "given_name", given_name="Badr", phone="1")
    assert phone.pull().ids("patients", "updated") == ["p1"]


def test_whole_rows_that_are_pushed_again_every_time_change_nothing(database: Database) -> None:
    """First-generation phones push rows of the last day and all deleted ones again and again (PROTOCOL §6)."""
    phone, other = Caller(database, schema=None), Caller(database, "doctor")
    gone = patient("p2", is_deleted=True, deleted_at=1_500)
    rows = {"patients": {"created": [patient()], "updated": [], "deleted": [gone]}}
    phone.sync_as_first_generation({"patients": {"created": [patient(), patient("p2")]}})
    phone.sync_as_first_generation(rows)
    other.pull()
    edit(other, "phone", phone="theirs")
    before = contents(database)
    stamp = last_stamp(database)
    phone.push(rows, mark=0)  # with a mark that proves nothing
    assert stored(database, "patients", "p2").is_deleted
    phone.sync_as_first_generation({"patients": {"deleted": [gone]}})
    phone.sync_as_first_generation({"patients": {"deleted": [gone]}})
    assert [row for row in contents(database)["patients"] if row[0] == "p2"] == [
        row for row in before["patients"] if row[0] == "p2"
    ]
    assert last_stamp(database) > stamp


def test_an_old_row_carried_between_pull_and_push_does_not_overwrite_a_newer_one(database: Database) -> None:
    phone, other = Caller(database, schema=None), Caller(database, "doctor")
    push(database, {"patients": {"created": [patient()]}}, "doctor", 0)
    phone.sync_as_first_generation()
    other.pull()
    old = phone.mark
    phone.pull()
    edit(other, "phone", phone="newer")
    before = contents(database)
    phone.push({"patients": {"created": [patient()]}}, mark=old)
    assert contents(database) == before
