"""A procedure runs only with parameters of its type, for somebody whom its rule lets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from db.accounts import Account
from db.database import Database
from db.errors import HubError, InvalidInput, InvalidJson, NotAllowed, NotSignedIn
from db.permissions import Flag, Permissions
from db.store import open_store
from tests.db.rows import KEY, put_rows
from tests.fakes.clock import AdjustableClock
from web.rpc.registry import (
    OPEN,
    SIGNED_IN,
    AtField,
    AtLogin,
    AtRecord,
    Caller,
    Inside,
    Kind,
    Procedure,
    Registry,
    Rule,
    Services,
    Visitor,
    call,
)

EDIT = (Flag.EDIT_RECORDS,)


class Wanted(msgspec.Struct):
    id: str
    clinic_id: str | None = None


def answer(services: Services, caller: object, wanted: Wanted) -> dict[str, Any]:
    return {"id": wanted.id}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    store = open_store(tmp_path, KEY, AdjustableClock())
    put_rows(store.database, "clinics", [{"id": "north"}, {"id": "south"}])
    put_rows(store.database, "visits", [{"id": "v1", "clinic_id": "south"}, {"id": "v2"}])
    yield store.database
    store.close()


def caller(**by_clinic: Flag) -> Caller:
    granted = {clinic: frozenset({flag}) for clinic, flag in by_clinic.items()}
    account = Account("u1", "a@example.org", "A", "provider", "north", "North", None, {})
    return Caller(account, "hub-c1", "192.0.2.1", Permissions(MappingProxyType(granted)))


def run(database: Database, rule: Rule, who: Caller | Visitor | None, raw: object) -> Any:
    procedure = Procedure(Kind.COMMAND, "test", rule, Wanted, answer)
    return call(procedure, Services(database, AdjustableClock()), who, raw)


def test_two_procedures_of_one_name_are_a_mistake() -> None:
    procedure = Procedure(Kind.COMMAND, "test", OPEN, Wanted, answer)
    query = Procedure(Kind.QUERY, "test", OPEN, Wanted, answer)
    registry = Registry([procedure, query])
    assert registry.find(Kind.QUERY, "test") is query
    assert registry.find(Kind.QUERY, "other") is None
    assert list(registry) == [procedure, query]
    with pytest.raises(ValueError, match="twice"):
        Registry([procedure, procedure])


@pytest.mark.parametrize("who", [None, Visitor("hub-c1", "192.0.2.1")])
def test_only_what_is_open_runs_without_a_sign_in(database: Database, who: Visitor | None) -> None:
    assert run(database, OPEN, who, {"id": "x"}) == {"id": "x"}
    with pytest.raises(NotSignedIn):
        run(database, SIGNED_IN, who, {"id": "x"})


@pytest.mark.parametrize(
    ("place", "arguments", "clinic"),
    [
        (AtLogin(), {"id": "x"}, "north"),
        (AtField("clinic_id"), {"id": "x", "clinic_id": "south"}, "south"),
        (AtField("clinic_id"), {"id": "x", "clinic_id": ""}, "north"),
        (AtField("clinic_id"), {"id": "x"}, "north"),
        (AtField("clinic_id"), {"id": "x", "clinic_id": "elsewhere"}, "north"),
        (AtRecord("visits", "id"), {"id": "v1"}, "south"),
        (AtRecord("visits", "id"), {"id": "v2"}, "north"),
        (AtRecord("visits", "id"), {"id": "unknown"}, "north"),
    ],
)
def test_the_permission_is_needed_at_the_place(
    database: Database, place: Any, arguments: dict[str, Any], clinic: str
) -> None:
    other = {"north": "south", "south": "north"}[clinic]
    rule = Rule(EDIT, place)
    assert run(database, rule, caller(**{clinic: Flag.EDIT_RECORDS}), arguments) == {"id": arguments["id"]}
    for who in (caller(**{other: Flag.EDIT_RECORDS}), caller(**{clinic: Flag.PRESCRIBE}), caller()):
        with pytest.raises(NotAllowed):
            run(database, rule, who, arguments)


def test_what_looks_at_its_records_itself_is_not_asked_before(database: Database) -> None:
    assert run(database, Rule(EDIT, Inside()), caller(), {"id": "x"}) == {"id": "x"}


@pytest.mark.parametrize(
    ("raw", "kind", "path"),
    [
        ({}, InvalidInput, "id"),
        (None, InvalidInput, "id"),
        (msgspec.Raw(b"null"), InvalidInput, "id"),
        ({"id": 7}, InvalidInput, "id"),
        ({"id": "x", "clinic_id": ["Amal"]}, InvalidInput, "clinic_id"),
        ([], InvalidInput, "data"),
        (msgspec.Raw(b"{"), InvalidJson, "data"),
    ],
)
def test_parameters_that_do_not_fit_are_named_without_their_values(
    database: Database, raw: object, kind: type[HubError], path: str
) -> None:
    with pytest.raises(kind) as refused:
        run(database, SIGNED_IN, caller(), raw)
    assert refused.value.context == {"path": path}


def test_parameters_that_nobody_knows_are_left_out(database: Database) -> None:
    assert run(database, SIGNED_IN, caller(), {"id": "x", "shoe_size": 43}) == {"id": "x"}
