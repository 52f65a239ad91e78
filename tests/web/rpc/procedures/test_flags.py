"""For each permission: a call that is allowed with it and refused without it; what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from db.accounts import Account
from db.database import Database
from db.errors import NotAllowed
from db.permissions import ALL_FLAGS, Flag, Permissions, new_grant
from db.store import open_store
from tests.db.caller import contents
from tests.db.rows import KEY, put_rows
from tests.fakes.clock import AdjustableClock
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import Caller, Kind, Services, call

USER = "u1"
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("clinics", {"id": "north", "name": "North"}),
    ("clinics", {"id": "south", "name": "South"}),
    ("registration_forms", {"id": "f", "name": "f", "fields": "[]", "metadata": "{}"}),
    ("patients", {"id": "p1", "given_name": "Amal", "primary_clinic_id": "south"}),
    ("visits", {"id": "v1", "patient_id": "p1", "clinic_id": "south"}),
    ("events", {"id": "e1", "patient_id": "p1", "visit_id": "v1", "recorded_by_user_id": USER}),
    ("events", {"id": "e2", "patient_id": "p1", "visit_id": "v1", "recorded_by_user_id": "doctor"}),
    ("drug_catalogue", {"id": "d1", "generic_name": "aspirin"}),
)
NEW_PATIENT = {"patient": {"id": "p9", "given_name": "Noor", "primary_clinic_id": "south"}, "additional_attributes": []}
PRESCRIPTION = {
    "patient_id": "p1",
    "provider_id": USER,
    "prescribed_at": 1,
    "status": "pending",
    "items": [],
    "notes": "",
}
DISPENSING = {
    **{"clinic_id": "south", "drug_id": "d1", "patient_id": "p1", "quantity_dispensed": 1},
    **{"dispensed_by": USER, "dispensed_at": 1},
}
CALLS: tuple[tuple[Flag, Kind, str, dict[str, Any]], ...] = (
    (Flag.REGISTER_PATIENTS, Kind.COMMAND, "register_patient", NEW_PATIENT),
    (Flag.VIEW_HISTORY, Kind.QUERY, "get_patient", {"patient_id": "p1"}),
    (Flag.VIEW_HISTORY, Kind.QUERY, "get_visits", {"patient_id": "p1"}),
    (Flag.EDIT_RECORDS, Kind.COMMAND, "visits.update", {"id": "v1", "provider_name": "x"}),
    (Flag.EDIT_RECORDS, Kind.COMMAND, "visits.create", {"patient_id": "p1", "clinic_id": "south"}),
    (Flag.EDIT_OTHERS_EVENTS, Kind.COMMAND, "events.update", {"id": "e2", "form_data": [{"a": 1}], "metadata": {}}),
    (Flag.DELETE_RECORDS, Kind.COMMAND, "events.delete", {"id": "e1"}),
    (Flag.PRESCRIBE, Kind.COMMAND, "prescriptions.create", PRESCRIPTION | {"visit_id": "v1"}),
    (Flag.DISPENSE, Kind.COMMAND, "dispensing.create", DISPENSING),
    (Flag.DELETE_PATIENTS, Kind.COMMAND, "delete_patient", {"patient_id": "p1"}),
)
ONLY_PUSHED = frozenset({Flag.DELETE_VISITS, Flag.CLINIC_ADMIN})
"""No procedure deletes visits or keeps a clinic's lists; pushes do (tests/db/test_push_gate.py)."""
THE_PHONES_OWN = frozenset({Flag.DOWNLOAD_REPORTS})
"""Nothing that a server could refuse (docs/adr/007)."""
NAMES = pytest.mark.parametrize(("flag", "kind", "name", "arguments"), CALLS, ids=[f"{c[0]}-{c[2]}" for c in CALLS])


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    store = open_store(tmp_path, KEY, AdjustableClock())
    for table, row in ROWS:
        put_rows(store.database, table, [row])
    put_rows(store.database, "user_clinic_permissions", [new_grant(USER, "south", ALL_FLAGS)])
    yield store.database
    store.close()


def ask(database: Database, kind: Kind, name: str, arguments: dict[str, Any], flags: frozenset[Flag]) -> Any:
    """A call of somebody who signed in at North, where everything is allowed, about records of South."""
    granted = Permissions(MappingProxyType({"north": ALL_FLAGS, "south": flags}))
    account = Account(USER, "a@example.org", "A", "provider", "north", "North", "", {})
    caller = Caller(account, "hub-c1", "192.0.2.1", granted)
    procedure = all_procedures().find(kind, name)
    assert procedure is not None
    return call(procedure, Services(database, AdjustableClock()), caller, arguments)


@NAMES
def test_with_the_permission_it_is_done(
    database: Database, flag: Flag, kind: Kind, name: str, arguments: dict[str, Any]
) -> None:
    before = contents(database)
    assert ask(database, kind, name, arguments, ALL_FLAGS)
    assert (contents(database) != before) == (kind is Kind.COMMAND)


@NAMES
def test_without_it_nothing_is(
    database: Database, flag: Flag, kind: Kind, name: str, arguments: dict[str, Any]
) -> None:
    before = contents(database)
    with pytest.raises(NotAllowed) as refused:
        ask(database, kind, name, arguments, ALL_FLAGS - {flag})
    assert refused.value.context == {"flag": flag.value}
    assert contents(database) == before


def test_every_permission_is_shown_here_or_has_a_reason_not_to_be() -> None:
    shown = {flag for flag, *_ in CALLS}
    assert shown | ONLY_PUSHED | THE_PHONES_OWN == set(Flag)
    assert shown.isdisjoint(ONLY_PUSHED | THE_PHONES_OWN)
