"""Phones and a server that was put back to a backup: they end consistent, whatever each had synced.

What a phone had sent after the backup, and had acknowledged, is lost on the server; the last tests say what becomes
of it on the phone, and what brings it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.clinic import Clinic, quiet_pulls, settle, stored, synced, unequal_after_settling
from tests.e2e.restoring import backed_up, restored_elsewhere, restored_here
from tests.phone.client import Phone

Restore = Callable[[], Any]
KINDS = ["library", "legacy", "hub"]


def of_each_kind(*, elsewhere: str, here: Sequence[str] = KINDS) -> pytest.MarkDecorator:
    """Each kind of phone with a restore on the same computer, and one kind with a restore on another: what differs
    there is that nobody knows what was synced after the backup."""
    cases = [*(("here", kind) for kind in here), ("elsewhere", elsewhere)]
    return pytest.mark.parametrize(("restore", "kind"), cases, indirect=["restore"])


@pytest.fixture
def restore(request: pytest.FixtureRequest, clinic: Clinic, tmp_path: Path) -> Iterator[dict[str, Restore]]:
    """``begin`` makes the backup, ``end`` restores it: on the same computer or on another."""
    file = tmp_path / "a.hikma-backup"
    codes: list[str] = []

    def begin() -> None:
        codes.append(backed_up(clinic.server, file))

    def end() -> Any:
        if request.param == "here":
            return restored_here(clinic, file)
        return restored_elsewhere(clinic, file, codes[0], tmp_path / "other computer")

    yield {"begin": begin, "end": end}
    clinic.server.kill()


def phone_of(clinic: Clinic, kind: str) -> Phone:
    if kind == "hub":
        clinic.let_phones_in()
        return clinic.hub_phone()
    return clinic.legacy_phone() if kind == "legacy" else clinic.library_phone()


def realigned(*phones: Phone) -> None:
    """The first sync after the restore. Where the lost part is not known a phone of it is sent everything as new, and
    the library complains about each row that it has: that does no harm."""
    for phone in phones:
        outcome = phone.sync()
        assert outcome.ok, f"{phone}: {outcome.error} after {outcome.exchanges}"
        assert all("already exists locally" in complaint for complaint in outcome.complaints), outcome.complaints


@of_each_kind(elsewhere="hub", here=("library", "legacy"))
def test_phones_from_before_and_after_the_backup_end_consistent(
    clinic: Clinic, restore: dict[str, Restore], kind: str
) -> None:
    before, after, other = phone_of(clinic, kind), phone_of(clinic, kind), clinic.library_phone()
    patients = [other.create("patients", given_name=name) for name in ("Amal", "Amira")]
    settle(before, after, other)
    restore["begin"]()
    other.update("patients", patients[0], surname="changed after the backup")
    settle(other, after, rounds=1)
    assert stored(after, "patients", patients[0])["surname"] == "changed after the backup"
    restore["end"]()
    realigned(before, after, other)
    assert unequal_after_settling(before, after, other) == []
    assert stored(after, "patients", patients[0])["surname"] == ""
    assert quiet_pulls([before, after, other]) == [0, 0, 0]
    before.update("patients", patients[1], phone="1")
    other.mark_as_deleted("patients", patients[0])
    assert unequal_after_settling(before, other, after, rounds=3) == []
    assert [phone.rows("patients").keys() for phone in (after, before)] == [{patients[1]}] * 2


@of_each_kind(elsewhere="legacy")
def test_what_a_phone_had_not_sent_yet_arrives_after_the_restore(
    clinic: Clinic, restore: dict[str, Restore], kind: str
) -> None:
    phone, other = phone_of(clinic, kind), clinic.library_phone()
    patient = other.create("patients", given_name="Amal")
    settle(phone, other)
    restore["begin"]()
    synced(phone)  # so its mark is of the lost part
    made = phone.create("patients", given_name="Amira")
    phone.update("patients", patient, phone="unsent")
    where = restore["end"]()
    realigned(phone, other)
    assert unequal_after_settling(other, phone) == []
    assert stored(other, "patients", made)["given_name"] == "Amira"
    # A first-generation app replaces its own rows by whatever it is sent, even newer ones (PROTOCOL §6).
    is_overwritten = kind == "legacy" and where["synced_after_backup"] is None
    assert stored(other, "patients", patient)["phone"] == ("" if is_overwritten else "unsent")


@of_each_kind(elsewhere="library", here=("legacy", "hub"))
def test_a_record_made_and_acknowledged_after_the_backup_stays_on_its_phone_and_comes_back_when_it_is_edited(
    clinic: Clinic, restore: dict[str, Restore], kind: str
) -> None:
    """A first-generation app pushes the rows of its last day again and again, so there it needs no edit."""
    phone, other = phone_of(clinic, kind), clinic.library_phone()
    settle(phone, other)
    restore["begin"]()
    made = phone.create("patients", given_name="Amira", surname="Haddad")
    settle(phone, rounds=2)
    restore["end"]()
    realigned(phone, other)
    settle(phone, other)
    assert (other.row("patients", made) is not None) == (kind == "legacy")
    phone.update("patients", made, phone="1")
    assert unequal_after_settling(phone, other) == []
    assert (stored(other, "patients", made)["surname"], stored(other, "patients", made)["phone"]) == ("Haddad", "1")


@of_each_kind(elsewhere="library", here=("legacy", "hub"))
def test_an_edit_acknowledged_after_the_backup_is_as_the_backup_has_it_on_every_phone(
    clinic: Clinic, restore: dict[str, Restore], kind: str
) -> None:
    phone, other = phone_of(clinic, kind), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    settle(phone, other)
    restore["begin"]()
    phone.update("patients", patient, surname="acknowledged")
    settle(phone, other, rounds=1)
    restore["end"]()
    realigned(phone, other)
    assert unequal_after_settling(phone, other) == []
    assert stored(phone, "patients", patient)["surname"] == ""


@pytest.mark.parametrize("restore", ["here", "elsewhere"], indirect=True)
def test_a_forced_upload_before_the_first_sync_brings_back_all_that_was_acknowledged_after_the_backup(
    clinic: Clinic, restore: dict[str, Restore]
) -> None:
    phone, other = phone_of(clinic, "hub"), clinic.library_phone()
    patient = phone.create("patients", given_name="Amal")
    settle(phone, other)
    restore["begin"]()
    began = max(row["updated_at"] for row in phone.rows("patients").values())
    phone.update("patients", patient, surname="acknowledged")
    made = phone.create("patients", given_name="Amira")
    settle(phone, other, rounds=1)
    restore["end"]()
    assert phone.force_upload(began).ok
    realigned(other, phone)
    assert unequal_after_settling(other, phone) == []
    assert stored(other, "patients", patient)["surname"] == "acknowledged"
    assert stored(other, "patients", made)["given_name"] == "Amira"


@of_each_kind(elsewhere="legacy")
def test_a_record_deleted_after_the_backup_is_back_and_stops_no_phone_that_hides_it(
    clinic: Clinic, restore: dict[str, Restore], kind: str, request: pytest.FixtureRequest
) -> None:
    before, after, other = phone_of(clinic, kind), phone_of(clinic, kind), clinic.library_phone()
    deleted = other.create("patients", given_name="Amal")
    settle(before, after, other, rounds=3)
    restore["begin"]()
    other.mark_as_deleted("patients", deleted)
    settle(other, after, after, rounds=1)
    assert after.row("patients", deleted) is None
    is_known = restore["end"]()["synced_after_backup"] is not None
    if kind == "legacy" and not is_known:
        # Nobody knows that it hides the record, nor that it is a phone of this server at all: it has to begin anew.
        assert after.sync().error == f"Duplicate key for property id: {deleted}"
        after.close()
        clinic.phones.remove(after)
        after = phone_of(clinic, kind)
    realigned(before, after)
    outcome = other.sync()
    assert outcome.ok
    new = other.create("patients", given_name="Amira")
    settle(before, after, other)
    for phone in (before, other):
        assert phone.rows("patients").keys() == {deleted, new}
    # An app that only hides what is deleted does not show it again; the library does.
    keeps_hiding = kind == "hub" or (kind == "legacy" and is_known)
    assert after.rows("patients").keys() == ({new} if keeps_hiding else {deleted, new})
