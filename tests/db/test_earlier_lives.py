"""A record that was deleted and brought back is new for a phone, or changed, by what the phone holds (DESIGN §5)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.database import Database
from db.earlier_lives import has_earlier_lives
from db.marks import forget_pulls
from db.schema import EARLIER_LIVES
from tests.db.caller import Caller, Pulled, last_stamp, patient, stored
from tests.db.rows import delete_row, put_rows

NO_SCHEMA = None


@pytest.fixture
def phone(database: Database) -> Caller:
    """It pulled the record while it lived."""
    put_rows(database, "patients", [patient()])
    made = Caller(database)
    made.pull()
    return made


@pytest.fixture
def first_generation(database: Database) -> Caller:
    """It pulled the record while it lived, and has shown what it is."""
    put_rows(database, "patients", [patient()])
    made = Caller(database, schema=NO_SCHEMA)
    made.sync_as_first_generation()
    return made


def delete(database: Database) -> None:
    delete_row(database, "patients", "p1")


def revive(database: Database) -> None:
    put_rows(database, "patients", [patient(phone="back")])


def lists_of(pulled: Pulled, record_id: str = "p1") -> list[str]:
    return [name for name in ("created", "updated", "deleted") if record_id in pulled.ids("patients", name)]


def test_only_a_record_that_came_back_has_an_earlier_life(database: Database, phone: Caller) -> None:
    lives = []
    for step in (delete, revive):
        with database.read() as snapshot:
            lives.append(has_earlier_lives(snapshot))
        step(database)
    with database.read() as snapshot:
        assert [*lives, has_earlier_lives(snapshot)] == [False, False, True]


def test_an_earlier_life_is_remembered_from_its_beginning_to_its_end(database: Database) -> None:
    put_rows(database, "patients", [patient()])
    begun = last_stamp(database)
    delete(database)
    ended = last_stamp(database)
    revive(database)
    again = last_stamp(database)
    delete(database)
    revive(database)
    with database.read() as snapshot:
        lives = snapshot.rows(sa.select(EARLIER_LIVES).order_by(EARLIER_LIVES.c.from_stamp))
    assert [(life.record_id, life.from_stamp, life.until_stamp) for life in lives] == [
        ("p1", begun, ended),
        ("p1", again, again + 1),
    ]
    assert stored(database, "patients", "p1").created_at == last_stamp(database)


def test_to_a_phone_that_was_not_told_of_the_end_it_is_changed(database: Database, phone: Caller) -> None:
    delete(database)
    revive(database)
    assert lists_of(phone.pull()) == ["updated"]


def test_to_a_phone_that_took_the_deletion_it_is_new(database: Database, phone: Caller) -> None:
    delete(database)
    assert lists_of(phone.pull()) == ["deleted"]
    revive(database)
    assert lists_of(phone.pull()) == ["created"]


def test_a_life_that_a_phone_never_saw_says_nothing_of_it(database: Database) -> None:
    phone = Caller(database)
    phone.pull()
    put_rows(database, "patients", [patient()])
    delete(database)
    revive(database)
    assert lists_of(phone.pull()) == ["created"]


def test_to_the_phone_that_made_it_it_is_changed(database: Database) -> None:
    maker, other = Caller(database), Caller(database, "doctor")
    maker.pull()
    other.pull()
    maker.push_created("patients", patient())
    delete(database)
    revive(database)
    assert lists_of(maker.pull()) == ["updated"]
    assert lists_of(other.pull()) == ["created"]


def test_to_the_phone_that_deleted_it_it_is_new(database: Database, phone: Caller) -> None:
    bystander = Caller(database, "doctor")
    bystander.pull()
    phone.push_deleted("patients", "p1")
    revive(database)
    assert lists_of(phone.pull()) == ["created"]
    assert lists_of(bystander.pull()) == ["updated"]


def test_another_record_of_the_same_id_is_not_taken_for_it(database: Database, phone: Caller) -> None:
    delete(database)
    revive(database)
    put_rows(database, "visits", [{"id": "p1", "clinic_id": "c1"}])
    pulled = phone.pull()
    assert pulled.ids("visits", "created") == ["p1"]
    assert pulled.ids("patients", "updated") == ["p1"]


def test_a_first_generation_phone_that_only_hid_it_gets_it_as_changed(
    database: Database, first_generation: Caller
) -> None:
    delete(database)
    assert lists_of(first_generation.sync_as_first_generation()) == ["deleted"]
    revive(database)
    assert lists_of(first_generation.sync_as_first_generation()) == ["updated"]


def test_a_first_generation_phone_that_made_and_hid_it_gets_it_as_changed(database: Database) -> None:
    phone = Caller(database, schema=NO_SCHEMA)
    phone.sync_as_first_generation({"patients": {"created": [patient()], "updated": [], "deleted": []}})
    delete(database)
    phone.sync_as_first_generation()
    revive(database)
    assert lists_of(phone.sync_as_first_generation()) == ["updated"]


def test_a_first_generation_phone_that_never_had_it_gets_it_as_new(database: Database) -> None:
    put_rows(database, "patients", [patient()])
    delete(database)
    phone = Caller(database, schema=NO_SCHEMA)
    phone.sync_as_first_generation()
    revive(database)
    assert lists_of(phone.sync_as_first_generation()) == ["created"]


def test_a_first_generation_phone_whose_beginning_is_forgotten_may_have_hidden_any(
    database: Database, first_generation: Caller
) -> None:
    delete(database)
    first_generation.sync_as_first_generation()
    with database.write() as transaction:
        assert forget_pulls(transaction, last_stamp(database)) == 1
    revive(database)
    assert lists_of(first_generation.sync_as_first_generation()) == ["updated"]
