"""Who may sign in: accounts made here and accounts that came from elsewhere, found however the address is typed."""

from __future__ import annotations

import time
from typing import Any

import bcrypt
import pytest
import sqlalchemy as sa

from db.accounts import (
    Account,
    NewAccount,
    add_account,
    add_account_in,
    change_password,
    find_account,
    has_accounts,
    hash_password,
    is_password_of,
    list_accounts,
    normal_email,
    remove_account,
)
from db.catalogue import CATALOGUE
from db.database import Database
from db.errors import AlreadyExists, InvalidInput, NotFound
from db.records import load_rows
from db.schema import OUTBOX, RECORD_HISTORY, RECORD_TABLES
from db.sync_log import SyncKind, recent_syncs
from tests.db.rows import delete_row, put_rows, row_of
from tests.fakes.clock import AdjustableClock

NUR = NewAccount("nur@example.org", "Nur", "correct horse")
CHEAP = 4


def _cheap_hash(password: str, prefix: bytes = b"2b") -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(CHEAP, prefix)).decode()


def _find(database: Database, email: str) -> Account | None:
    with database.read() as snapshot:
        return find_account(snapshot, email)


def _put_user(database: Database, user_id: str, **columns: Any) -> None:
    put_rows(database, "users", [{"id": user_id, "name": user_id, "role": "provider"} | columns])


def test_a_new_account_can_be_found_and_its_password_checked(database: Database) -> None:
    made = add_account(database, NUR, "command")
    assert _find(database, "nur@example.org") == made
    assert (made.name, made.role, made.email) == ("Nur", "provider", "nur@example.org")
    assert is_password_of("correct horse", made.password_hash)
    assert not is_password_of("Correct horse", made.password_hash)


def test_a_new_account_is_a_whole_row_as_phones_hold_it(database: Database, clock: AdjustableClock) -> None:
    made = add_account(database, NUR, "command")
    row = row_of(database, "users", made.id)
    assert set(row) == {"id", "hashed_password", *CATALOGUE["users"].columns}
    assert row["created_at"] == row["updated_at"] == clock.now_ms()
    assert (row["is_deleted"], row["deleted_at"], row["clinic_id"]) == (False, None, "")


@pytest.mark.parametrize("typed", ["nur@example.org", "  NUR@Example.ORG\n", "Nur@example.org"])
def test_case_and_spaces_around_an_address_do_not_matter(database: Database, typed: str) -> None:
    add_account(database, NewAccount(" Nur@Example.org ", " Nur ", "correct horse"), "command")
    found = _find(database, typed)
    assert found is not None
    assert (found.email, found.name) == ("nur@example.org", "Nur")
    assert normal_email(typed) == "nur@example.org"


def test_an_account_from_elsewhere_is_found_however_its_address_is_spelled(database: Database) -> None:
    _put_user(database, "u1", email="Nur.Said@Example.org")
    for typed in ("Nur.Said@Example.org", "nur.said@example.org", " NUR.SAID@EXAMPLE.ORG "):
        found = _find(database, typed)
        assert found is not None, typed
        assert found.id == "u1"


def test_an_address_is_no_pattern(database: Database) -> None:
    add_account(database, NUR, "command")
    for typed in ("%", "nur@example_org", "n*@example.org", "", " ", "' OR 1=1 --"):
        assert _find(database, typed) is None


def test_the_same_address_is_refused_the_second_time(database: Database) -> None:
    add_account(database, NUR, "command")
    with pytest.raises(AlreadyExists) as refused:
        add_account(database, NewAccount(" NUR@example.org", "Other", "correct horse"), "command")
    assert refused.value.context == {"path": "email"}
    with database.read() as snapshot:
        assert len(list_accounts(snapshot)) == 1


@pytest.mark.parametrize("email", ["", "nur", "@example.org", "nur@", "n ur@example.org", "a@b@c"])
def test_an_address_that_is_none_is_refused(database: Database, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_account(database, NewAccount(email, "Nur", "correct horse"), "command")
    assert refused.value.context == {"path": "email"}


@pytest.mark.parametrize("name", ["", "  \t"])
def test_a_name_without_letters_is_refused(database: Database, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_account(database, NewAccount("nur@example.org", name, "correct horse"), "command")
    assert refused.value.context == {"path": "name"}


def test_a_password_that_phones_refuse_is_refused_without_repeating_it(database: Database) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_account(database, NewAccount("nur@example.org", "Nur", "abc"), "command")
    assert refused.value.context == {"path": "password"}
    add_account(database, NewAccount("nur@example.org", "Nur", "abcd"), "command")
    with pytest.raises(InvalidInput):
        change_password(database, "nur@example.org", "abc", "command")
    with database.read() as snapshot:
        assert has_accounts(snapshot)


def test_a_refused_account_leaves_no_clinic_behind(database: Database) -> None:
    with pytest.raises(InvalidInput):
        add_account(database, NewAccount("nur@example.org", "", "correct horse", clinic_name="North"), "command")
    with database.read() as snapshot:
        assert snapshot.rows(sa.select(RECORD_TABLES["clinics"].c.id)) == []


def test_nobody_can_sign_in_to_a_new_folder(database: Database) -> None:
    with database.read() as snapshot:
        assert not has_accounts(snapshot)
        assert list_accounts(snapshot) == []


def test_a_removed_account_cannot_sign_in_and_stays_as_a_tombstone(database: Database) -> None:
    made = add_account(database, NUR, "command")
    remove_account(database, "NUR@example.org", "command")
    assert _find(database, "nur@example.org") is None
    with database.read() as snapshot:
        assert not has_accounts(snapshot)
        assert load_rows(snapshot, "users", [made.id])[made.id].is_deleted


def test_the_address_of_a_removed_account_can_be_used_again(database: Database) -> None:
    first = add_account(database, NUR, "command")
    remove_account(database, NUR.email, "command")
    second = add_account(database, NUR, "command")
    assert second.id != first.id
    assert _find(database, NUR.email) == second


def test_an_account_that_was_marked_deleted_elsewhere_cannot_sign_in(database: Database) -> None:
    _put_user(database, "u1", email="nur@example.org", is_deleted=True, hashed_password=_cheap_hash("x"))
    assert _find(database, "nur@example.org") is None
    with database.read() as snapshot:
        assert not has_accounts(snapshot)


@pytest.mark.parametrize("spelling", ["nur@example.org", "Nur@Example.org"])
def test_a_living_account_is_found_beside_one_that_was_marked_deleted(database: Database, spelling: str) -> None:
    _put_user(database, "gone", email="nur@example.org", is_deleted=True)
    _put_user(database, "here", email=spelling, is_deleted=False)
    found = _find(database, "nur@example.org")
    assert found is not None
    assert found.id == "here"


def test_a_living_account_is_found_beside_one_that_was_deleted_here(database: Database) -> None:
    _put_user(database, "gone", email="nur@example.org")
    delete_row(database, "users", "gone")
    _put_user(database, "here", email="NUR@example.org")
    found = _find(database, "nur@example.org")
    assert found is not None
    assert found.id == "here"


def test_a_user_without_a_password_is_known_but_no_password_is_theirs(database: Database) -> None:
    _put_user(database, "u1", email="nur@example.org", hashed_password="")
    found = _find(database, "nur@example.org")
    assert found is not None
    assert found.password_hash is None
    assert not is_password_of("", found.password_hash)


def test_a_user_document_with_gaps_is_an_account_all_the_same(database: Database) -> None:
    put_rows(database, "users", [{"id": "u1"}, {"id": "u2", "email": None, "name": None, "clinic_id": ""}])
    with database.read() as snapshot:
        found = list_accounts(snapshot)
    assert {(account.id, account.email, account.name, account.clinic_id) for account in found} == {
        ("u1", "", "", None),
        ("u2", "", "", None),
    }


def test_accounts_are_listed_by_name_without_case(database: Database) -> None:
    for name in ("zoe", "Ali", "mona", "Bea"):
        _put_user(database, name, email=f"{name}@example.org")
    with database.read() as snapshot:
        assert [account.name for account in list_accounts(snapshot)] == ["Ali", "Bea", "mona", "zoe"]


def test_a_clinic_is_added_once_and_found_again_without_case(database: Database) -> None:
    first = add_account(database, NewAccount("a@x.org", "A", "correct", clinic_name=" North Clinic "), "command")
    second = add_account(database, NewAccount("b@x.org", "B", "correct", clinic_name="north CLINIC"), "command")
    assert first.clinic_id == second.clinic_id is not None
    assert second.clinic_name == "North Clinic"
    row = row_of(database, "clinics", str(first.clinic_id))
    assert set(row) == {"id", *CATALOGUE["clinics"].columns}
    with database.read() as snapshot:
        assert len(snapshot.rows(sa.select(RECORD_TABLES["clinics"].c.id))) == 1


def test_another_name_is_another_clinic(database: Database) -> None:
    first = add_account(database, NewAccount("a@x.org", "A", "correct", clinic_name="North"), "command")
    second = add_account(database, NewAccount("b@x.org", "B", "correct", clinic_name="South"), "command")
    assert first.clinic_id != second.clinic_id


def test_without_a_name_the_only_clinic_there_is_is_meant(database: Database) -> None:
    assert add_account(database, NewAccount("a@x.org", "A", "correct"), "command").clinic_id is None
    put_rows(database, "clinics", [{"id": "c1", "name": "North"}])
    for blank, email in ((None, "b@x.org"), ("  ", "c@x.org")):
        assert add_account(database, NewAccount(email, "B", "correct", clinic_name=blank), "command").clinic_id == "c1"
    put_rows(database, "clinics", [{"id": "c2", "name": "South"}])
    assert add_account(database, NewAccount("d@x.org", "D", "correct"), "command").clinic_id is None


def test_a_deleted_clinic_is_not_used_again(database: Database) -> None:
    put_rows(database, "clinics", [{"id": "c1", "name": "North"}, {"id": "c2", "name": "North", "is_deleted": True}])
    delete_row(database, "clinics", "c1")
    made = add_account(database, NewAccount("a@x.org", "A", "correct", clinic_name="North"), "command")
    assert made.clinic_id not in ("c1", "c2")


def test_an_account_is_taken_back_with_the_callers_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as transaction:
        assert add_account_in(transaction, NUR, "window").name == "Nur"
        raise ZeroDivisionError
    assert _find(database, NUR.email) is None


def test_a_new_password_replaces_the_old_one(database: Database) -> None:
    add_account(database, NUR, "command")
    change_password(database, " NUR@example.org", "battery staple", "command")
    found = _find(database, NUR.email)
    assert found is not None
    assert is_password_of("battery staple", found.password_hash)
    assert not is_password_of("correct horse", found.password_hash)


@pytest.mark.parametrize("email", ["stranger@example.org", ""])
def test_an_account_that_is_not_there_cannot_be_changed(database: Database, email: str) -> None:
    with pytest.raises(NotFound):
        change_password(database, email, "battery staple", "command")
    with pytest.raises(NotFound):
        remove_account(database, email, "command")


def test_changes_are_logged_with_where_they_were_made_and_never_go_to_the_cloud(database: Database) -> None:
    """Who made them is not known: staff do not sign in at this computer. It was not the person added."""
    add_account(database, NewAccount("nur@example.org", "Nur", "correct horse", clinic_name="North"), "window")
    with database.read() as snapshot:
        (line,) = recent_syncs(snapshot, 5)
        assert snapshot.rows(sa.select(OUTBOX)) == []
    assert (line.entry.kind, line.entry.channel, line.entry.user_id) == (SyncKind.LOCAL, "window", None)
    assert line.entry.counts == {"users": 1, "clinics": 1}


def test_the_plain_password_is_nowhere_in_the_database(database: Database) -> None:
    add_account(database, NUR, "command")
    change_password(database, NUR.email, "battery staple", "command")
    with database.read() as snapshot:
        texts = [row.data for row in snapshot.rows(sa.select(RECORD_HISTORY.c.data))]
        texts += [row.data for row in snapshot.rows(sa.select(RECORD_TABLES["users"].c.data))]
    assert texts
    assert not any("horse" in text or "staple" in text for text in texts)


@pytest.mark.usefixtures("usual_password_cost")
def test_hashes_made_here_are_those_that_the_cloud_makes() -> None:
    made = hash_password("correct horse")
    assert made.startswith("$2b$12$")
    assert bcrypt.checkpw(b"correct horse", made.encode())
    assert hash_password("correct horse") != made


@pytest.mark.parametrize(("prefix", "cost"), [(b"2b", 10), (b"2a", 10), (b"2b", 4)])
def test_hashes_of_the_cloud_are_understood(prefix: bytes, cost: int) -> None:
    made = bcrypt.hashpw("پاس‌ورد".encode(), bcrypt.gensalt(cost, prefix)).decode()
    assert is_password_of("پاس‌ورد", made)
    assert not is_password_of("پاسورد", made)


def test_passwords_longer_than_bcrypt_reads_are_cut_where_the_cloud_cuts_them() -> None:
    long = "é" * 36 + "tail"
    cut = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(CHEAP)).decode()
    assert is_password_of(long, cut)
    assert is_password_of("é" * 36 + "other tail", cut)
    assert not is_password_of("é" * 35, cut)
    in_the_middle_of_a_letter = "x" + "é" * 40
    assert is_password_of(in_the_middle_of_a_letter, hash_password(in_the_middle_of_a_letter))


@pytest.mark.parametrize("password", ["with\0nul", "\ud800 half a letter", ""])
def test_odd_passwords_are_answered_and_not_stumbled_over(password: str) -> None:
    assert not is_password_of(password, _cheap_hash("something else"))


@pytest.mark.parametrize("damaged", ["x", "$2b$04$short", "é" * 60, "$9z$04$" + "a" * 53])
def test_a_damaged_hash_is_nobodys(damaged: str) -> None:
    assert not is_password_of("x", damaged)


@pytest.mark.usefixtures("usual_password_cost")
def test_an_unknown_user_takes_as_long_as_a_known_one() -> None:
    """Measured in time of the processor, so that other programs do not count."""
    known = hash_password("correct horse")

    def effort(password_hash: str | None) -> float:
        start = time.thread_time()
        assert not is_password_of("wrong horse", password_hash)
        return time.thread_time() - start

    pairs = [(effort(known), effort(None)) for _ in range(3)]
    assert min(unknown for _, unknown in pairs) > 0.5 * min(of_known for of_known, _ in pairs)
