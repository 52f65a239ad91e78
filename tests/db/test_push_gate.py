"""What a user may not change is not applied: it is kept aside with its reason, and blocks nothing else (DESIGN §8)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database
from db.permissions import ALL_FLAGS, PUSH_RULES, Flag, new_grant
from db.push_gate import gate_for
from db.records import load_rows
from db.schema import RECORD_HISTORY, SYNC_LOG
from db.sync_log import SyncNote
from tests.db.caller import history, last_stamp, patient, stored
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import put_rows

NURSE = "nurse"
CHANNELS = pytest.mark.parametrize("client", [None, "c1"])
VISIT = {"id": "v1", "patient_id": "p1", "clinic_id": "north"}
EVENT = {"id": "e1", "patient_id": "p1", "visit_id": "v1", "recorded_by_user_id": NURSE}
OTHERS_EVENT = EVENT | {"recorded_by_user_id": "doctor"}
ITEM = {"id": "i1", "patient_id": "p1", "clinic_id": "north", "prescription_id": "r1"}


def made(**row: Any) -> dict[str, Any]:
    return {"created": [row], "updated": [], "deleted": []}


def edited(**row: Any) -> dict[str, Any]:
    return {"created": [], "updated": [row], "deleted": []}


def gone(record_id: str) -> dict[str, Any]:
    return {"created": [], "updated": [], "deleted": [record_id]}


# The flag, the records that are there, and a push that needs the flag and no other that is not granted besides.
CASES: tuple[tuple[Flag, dict[str, dict[str, Any]], dict[str, Any]], ...] = (
    (Flag.REGISTER_PATIENTS, {}, {"patients": made(id="p2", given_name="Noor", primary_clinic_id="north")}),
    (Flag.EDIT_RECORDS, {}, {"patients": edited(id="p1", phone="1")}),
    (Flag.EDIT_RECORDS, {"visits": VISIT}, {"events": made(**EVENT)}),
    (Flag.EDIT_OTHERS_EVENTS, {"visits": VISIT, "events": OTHERS_EVENT}, {"events": edited(id="e1", form_data="[]")}),
    (Flag.DELETE_RECORDS, {"visits": VISIT, "events": EVENT}, {"events": gone("e1")}),
    (Flag.DELETE_VISITS, {"visits": VISIT}, {"visits": gone("v1")}),
    (Flag.DELETE_PATIENTS, {}, {"patients": gone("p1")}),
    (Flag.DELETE_PATIENTS, {}, {"patients": edited(id="p1", is_deleted=True)}),
    (Flag.PRESCRIBE, {}, {"prescriptions": made(id="r1", patient_id="p1")}),
    (Flag.PRESCRIBE, {"prescription_items": ITEM}, {"prescription_items": edited(id="i1", notes="x")}),
    (Flag.DISPENSE, {}, {"dispensing_records": made(id="d1", patient_id="p1", clinic_id="north")}),
    (Flag.CLINIC_ADMIN, {}, {"drug_catalogue": made(id="g1", generic_name="aspirin")}),
)
FLAGS = pytest.mark.parametrize(("flag", "there", "push"), CASES)


def grant(database: Database, *flags: Flag, clinic: str = "north") -> None:
    put_rows(
        database, "user_clinic_permissions", [new_grant(NURSE, clinic, frozenset(flags)) | {"id": f"grant-{clinic}"}]
    )


def prepare(database: Database, there: dict[str, dict[str, Any]]) -> None:
    put_rows(database, "clinics", [{"id": clinic, "name": clinic} for clinic in ("north", "south")])
    put_rows(database, "patients", [patient(primary_clinic_id="north")])
    for table, row in there.items():
        put_rows(database, table, [row])


def current(database: Database, push: dict[str, Any]) -> dict[str, Any]:
    """The rows that a push is about, as they are."""
    found = {}
    with database.read() as snapshot:
        for table, lists in push.items():
            names = [entry if isinstance(entry, str) else entry["id"] for rows in lists.values() for entry in rows]
            rows = load_rows(snapshot, table, names).values()
            found[table] = {row.record_id: (row.data, row.is_deleted) for row in rows}
    return found


def refused(database: Database) -> list[tuple[str, str]]:
    """Reason and user of everything that was put aside."""
    query = (
        sa.select(RECORD_HISTORY.c.reason, SYNC_LOG.c.user_id)
        .join(SYNC_LOG, SYNC_LOG.c.id == RECORD_HISTORY.c.sync_id)
        .where(RECORD_HISTORY.c.kind == "refused")
    )
    with database.read() as snapshot:
        return [(row.reason, row.user_id) for row in snapshot.rows(query)]


def test_every_table_that_phones_may_write_has_a_rule() -> None:
    assert set(PUSH_RULES) == {table.name for table in CATALOGUE.values() if table.phones_may_write}


def test_the_cases_cover_every_flag_that_a_push_can_need() -> None:
    needed = {flag for rule in PUSH_RULES.values() for flag in rule.create | rule.update | rule.delete}
    assert {flag for flag, _, _ in CASES} == needed | {Flag.EDIT_OTHERS_EVENTS}


@CHANNELS
@FLAGS
def test_with_the_flag_the_change_is_made(
    database: Database, client: str | None, flag: Flag, there: dict[str, Any], push: dict[str, Any]
) -> None:
    prepare(database, there)
    grant(database, *ALL_FLAGS - {Flag.DOWNLOAD_REPORTS})
    before = current(database, push)
    result = HoldingPhone(database, NURSE, client).sync(push, "north")
    assert SyncNote.NOT_PERMITTED not in result.notes
    assert current(database, push) != before
    assert refused(database) == []


@CHANNELS
@FLAGS
def test_without_it_nothing_changes_and_the_change_is_kept_aside(
    database: Database, client: str | None, flag: Flag, there: dict[str, Any], push: dict[str, Any]
) -> None:
    prepare(database, there)
    grant(database, *ALL_FLAGS - {flag})
    before = current(database, push)
    allowed = {"appointments": made(id="a1", patient_id="p1", clinic_id="south")}
    grant(database, Flag.EDIT_RECORDS, clinic="south")
    phone = HoldingPhone(database, NURSE, client)
    result = phone.sync({**push, **allowed}, "north")
    assert result.notes == (SyncNote.NOT_PERMITTED,)
    assert current(database, push) == before
    assert stored(database, "appointments", "a1").data["clinic_id"] == "south"
    assert refused(database) == [(flag.value, NURSE)]
    phone.pull()
    for table, rows in before.items():
        for record_id in rows:  # the phone takes the stored row back
            assert phone.rows[table, record_id] == stored(database, table, record_id).data


def test_the_flag_counts_at_the_clinic_of_the_record(database: Database) -> None:
    prepare(database, {"visits": VISIT | {"clinic_id": "south"}})
    grant(database, *ALL_FLAGS)
    phone = HoldingPhone(database, NURSE)
    assert phone.sync({"visits": edited(id="v1", provider_name="x")}, "north").notes == (SyncNote.NOT_PERMITTED,)
    assert phone.sync({"events": made(**EVENT)}, "north").notes == (SyncNote.NOT_PERMITTED,)
    grant(database, *ALL_FLAGS, clinic="south")
    assert phone.sync({"visits": edited(id="v1", provider_name="x")}, "north").notes == ()


def test_moving_a_patient_needs_the_flag_at_both_clinics(database: Database) -> None:
    prepare(database, {})
    grant(database, *ALL_FLAGS)
    phone = HoldingPhone(database, NURSE)
    assert phone.sync({"patients": edited(id="p1", primary_clinic_id="south")}, "north").notes == (
        SyncNote.NOT_PERMITTED,
    )
    assert stored(database, "patients", "p1").data["primary_clinic_id"] == "north"


def test_a_pushed_row_cannot_say_of_a_stored_patient_where_that_is(database: Database) -> None:
    prepare(database, {})
    put_rows(database, "patients", [patient(primary_clinic_id="south")])
    grant(database, *ALL_FLAGS)
    claim = {"patients": edited(id="p1", primary_clinic_id="north"), "events": made(id="e1", patient_id="p1")}
    assert HoldingPhone(database, NURSE).sync(claim, "north").notes == (SyncNote.NOT_PERMITTED,)
    assert {reason for reason, _ in refused(database)} == {Flag.EDIT_RECORDS.value}
    assert len(refused(database)) == 2


def test_records_of_a_new_visit_are_where_the_visit_is(database: Database) -> None:
    prepare(database, {})
    grant(database, *ALL_FLAGS, clinic="south")
    push = {"visits": made(**VISIT | {"clinic_id": "south"}), "events": made(**EVENT)}
    assert HoldingPhone(database, NURSE).sync(push, "north").notes == ()


def test_a_clinic_that_nobody_knows_counts_as_none(database: Database) -> None:
    prepare(database, {})
    grant(database, *ALL_FLAGS - {Flag.DOWNLOAD_REPORTS})
    push = {"patients": made(id="p2", primary_clinic_id="elsewhere")}
    assert HoldingPhone(database, NURSE).sync(push, "north").notes == ()


def test_who_has_no_permissions_changes_nothing(database: Database) -> None:
    prepare(database, {})
    result = HoldingPhone(database, NURSE).sync({"patients": edited(id="p1", phone="9")}, "north")
    assert result.notes == (SyncNote.NOT_PERMITTED,)
    assert stored(database, "patients", "p1").data["phone"] == "0"


@CHANNELS
def test_the_same_refused_push_again_is_not_kept_twice(database: Database, client: str | None) -> None:
    prepare(database, {})
    grant(database)
    phone = HoldingPhone(database, NURSE, client)
    phone.sync({"patients": edited(id="p1", phone="9")}, "north")
    phone.sync({"patients": edited(id="p1", phone="9")}, "north")
    assert [kind for kind, _, _ in history(database, "p1")] == ["refused"]
    stamp = last_stamp(database)
    unchanged = {"patients": edited(**stored(database, "patients", "p1").data)}
    assert phone.push(unchanged, phone.mark, "north").notes == ()
    assert last_stamp(database) == stamp


def test_who_may_do_everything_everywhere_is_not_asked(database: Database) -> None:
    prepare(database, {})
    grant(database, *ALL_FLAGS)
    with database.read() as snapshot:
        assert gate_for(snapshot, NURSE, "north") is not None
    grant(database, *ALL_FLAGS, clinic="south")
    with database.read() as snapshot:
        assert gate_for(snapshot, NURSE, "north") is None
        assert gate_for(snapshot, "stranger", "north") is not None


def test_what_a_library_phone_destroyed_although_it_may_not_comes_back_to_it_as_new(database: Database) -> None:
    prepare(database, {"visits": VISIT})
    grant(database)
    phone, other = HoldingPhone(database, NURSE), HoldingPhone(database, NURSE)
    other.pull()
    assert phone.sync({"visits": gone("v1")}, "north").notes == (SyncNote.NOT_PERMITTED,)
    phone.pull(is_lost=True)
    assert [row["id"] for row in phone.pull().changes["visits"]["created"]] == ["v1"]
    assert [row["id"] for row in other.pull().changes["visits"]["updated"]] == ["v1"]
    put_rows(database, "visits", [VISIT | {"provider_name": "Nour"}])
    for anyone in (phone, other):
        assert [row["id"] for row in anyone.pull().changes["visits"]["updated"]] == ["v1"]
        assert anyone.complaints == []


def test_an_edit_in_the_push_of_a_refused_deletion_does_not_keep_the_record_away(database: Database) -> None:
    prepare(database, {})
    grant(database, Flag.EDIT_RECORDS)
    phone = HoldingPhone(database, NURSE)
    both = edited(id="p1", given_name="Ada", phone="7", primary_clinic_id="north") | {"deleted": ["p1"]}
    assert phone.sync({"patients": both}, "north").notes == (SyncNote.NOT_PERMITTED,)
    phone.pull()
    assert phone.rows["patients", "p1"]["phone"] == "7"
    assert phone.complaints == []


def test_a_phone_that_keeps_what_it_hides_is_not_sent_it_as_new(database: Database) -> None:
    prepare(database, {})
    grant(database)
    phone = HoldingPhone(database, NURSE, "c1")
    hidden = {"created": [], "updated": [], "deleted": [patient(primary_clinic_id="north", is_deleted=True)]}
    assert phone.sync({"patients": hidden}, "north").notes == (SyncNote.NOT_PERMITTED,)
    assert [row["id"] for row in phone.pull().changes["patients"]["updated"]] == ["p1"]
