"""Pulls and pushes of phones that the channel proves: what they hold is known by who they are (PROTOCOL §5)."""

from __future__ import annotations

import pytest

from db.database import Database
from db.errors import PhoneRevoked
from db.pairing import revoke
from db.sync_log import recent_syncs
from tests.db.caller import patient, stored
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import delete_row, put_rows
from tests.fakes.clock import AdjustableClock


def _edit(**columns: object) -> dict[str, dict[str, list[object]]]:
    return {"patients": {"created": [], "updated": [patient(**columns)], "deleted": []}}


def _make(*ids: str) -> dict[str, dict[str, list[object]]]:
    return {"patients": {"created": [patient(record_id) for record_id in ids], "updated": [], "deleted": []}}


def test_a_phone_is_never_sent_its_own_push(database: Database) -> None:
    one, other = HoldingPhone(database, "nurse", "c1"), HoldingPhone(database, "nurse", "c2")
    one.sync(_make("p1"))
    assert one.pull().changes == {}
    assert other.pull().ids("patients", "created") == ["p1"]
    other.sync(_edit(phone="1"))
    assert one.pull().ids("patients", "updated") == ["p1"]


def test_an_edit_pushed_with_the_old_mark_is_merged_with_what_others_changed(database: Database) -> None:
    one, other = HoldingPhone(database, "nurse", "c1"), HoldingPhone(database, "doctor", "c2")
    one.sync(_make("p1"))
    other.pull()
    one.pull()
    one.sync(_edit(phone="1", _changed="phone", updated_at=2_000))
    other.push(_edit(given_name="Noor", _changed="given_name", updated_at=2_001), other.mark)
    data = stored(database, "patients", "p1").data
    assert (data["phone"], data["given_name"]) == ("1", "Noor")


def test_a_lost_answer_to_a_push_costs_nothing(database: Database) -> None:
    phone = HoldingPhone(database, "nurse", "c1")
    phone.pull()
    before = phone.mark
    phone.sync(_make("p1"))
    phone.mark = before  # the app moves its mark only after the push was answered
    again = phone.sync(_make("p1"))
    assert not again.changed
    assert phone.ids("patients") == {"p1"}


def test_deletions_go_as_objects_and_a_record_brought_back_is_not_sent_as_new(database: Database) -> None:
    phone = HoldingPhone(database, "nurse", "c1")
    put_rows(database, "patients", [patient()])
    phone.pull()
    delete_row(database, "patients", "p1")
    assert phone.pull().changes["patients"]["deleted"] == [{"id": "p1"}]
    put_rows(database, "patients", [patient(phone="2")])
    assert phone.pull().ids("patients", "created") == []


def test_a_forced_download_since_a_date_sends_everything_newer_as_new(
    database: Database, clock: AdjustableClock
) -> None:
    phone = HoldingPhone(database, "nurse", "c1")
    put_rows(database, "patients", [patient("p1")])
    phone.pull()
    phone.pull()
    clock.advance(60_000)
    date = clock.now_ms()
    clock.advance(1)
    put_rows(database, "patients", [patient("p2")])
    phone.pull()
    phone.pull()
    phone.rows.clear()  # why a person would force it
    assert phone.pull(mark=date).ids("patients", "created") == ["p2"]
    assert phone.pull().changes == {}


def test_after_a_forced_upload_the_phones_own_clock_hides_nothing_from_it(
    database: Database, clock: AdjustableClock
) -> None:
    phone = HoldingPhone(database, "nurse", "c1")
    phone.pull()
    phone.pull()
    put_rows(database, "patients", [patient("p1")])
    clock.advance(60_000)
    phone.push(_make("p2"), 1_500_000_000_000)
    phone.mark = clock.now_ms()
    phone.pull()
    assert phone.ids("patients") == {"p1", "p2"}


def test_a_forced_upload_of_old_rows_does_not_undo_what_others_did(database: Database) -> None:
    phone, other = HoldingPhone(database, "nurse", "c1"), HoldingPhone(database, "doctor", "c2")
    phone.sync(_make("p1"))
    phone.pull()
    other.pull()
    other.sync(_edit(phone="7", updated_at=3_000))
    phone.push(_edit(), 1)
    assert stored(database, "patients", "p1").data["phone"] == "7"


def test_a_mark_of_another_phone_proves_nothing(database: Database) -> None:
    one, thief = HoldingPhone(database, "nurse", "c1"), HoldingPhone(database, "nurse", "c2")
    put_rows(database, "patients", [patient()])
    one.pull()
    thief.mark = one.mark
    assert thief.pull().ids("patients", "created") == ["p1"]


@pytest.mark.parametrize("client", [None, "c1"])
def test_a_revoked_phone_gets_and_gives_nothing_more(database: Database, client: str | None) -> None:
    phone = HoldingPhone(database, "nurse", client)
    phone.sync(_make("p1"))
    with database.read() as snapshot:
        device = recent_syncs(snapshot, 1)[0].entry.device_id
    assert device is not None
    revoke(database, device, "command")
    with pytest.raises(PhoneRevoked):
        phone.pull()
    with pytest.raises(PhoneRevoked):
        phone.push(_edit(phone="1"), phone.mark)
    assert stored(database, "patients", "p1").data["phone"] == "0"


def test_the_log_says_which_way_a_phone_came(database: Database) -> None:
    HoldingPhone(database, "nurse", "c1").sync(_make("p1"))
    with database.read() as snapshot:
        assert [line.entry.channel for line in recent_syncs(snapshot, 2)] == ["hub", "hub"]
