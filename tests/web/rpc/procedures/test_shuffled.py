"""Whatever a phone sends to a procedure, it gets an answer or one of the program's own errors; never anything else.

And an error has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import HubError
from db.schema import OUTBOX, RECORD_HISTORY, RECORD_TABLES, SERVER_CLOCK, SYNC_LOG
from db.store import open_store
from tests.db.rows import KEY, put_rows
from tests.examples import examples
from tests.fakes.clock import AdjustableClock
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.procedures.people import patient, put_patients, put_registration_form
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import Kind

NAMES = [(procedure.kind, procedure.name) for procedure in all_procedures()]
IDS = ("p1", "v1", "e1", "a1", "r1", "i1", "d1", "s1", "m1", "q1", "f1", "form-1")
RIGHT: Mapping[str, object] = MappingProxyType(
    {
        **{"patient_id": "p1", "visit_id": "v1", "current_visit_id": "v1", "fulfilled_visit_id": "v1", "form_id": "f1"},
        **{"prescription_id": "r1", "prescription_item_id": "i1", "drug_id": "d1", "batch_id": "v1", "clinic_id": ""},
        **{"appointments": "a1", "events": "e1", "prescriptions": "r1", "prescription_items": "i1", "drugs": "d1"},
        **{"visits": "v1", "vitals": "m1", "problems": "q1", "timestamp": "2024-01-02", "quantity_dispensed": 1},
    }
)
"""Ids that lead somewhere: by parameter, and by procedure for those that take an ``id``."""
ODD = (
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**53, 2**63, 2**64, -(2**70), 0.5, -0.0, 1e16, 1e308),
    *("", " ", "0", "1", "-1", "true", "nan", "inf", "1e999", "x" * 300, "\x00", "é\u202e😀", "ن", "'; --", '"a" OR b'),
    *("2024-01-02", "2024-01-02T03:04:05.678Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1700000000"),
    *("{", "{}", "[]", "null", "active", "pending", "%", "_", "\u0661\u0662"),
    *(
        [],
        {},
        [None],
        [[]],
        [{}],
        {"": ""},
        {"id": "p1"},
        {"v1": 1},
        {"given_name": "a"},
        {"sex": 1},
        {"f-blood": None},
    ),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(st.sampled_from(IDS), st.sampled_from(ODD), st.text(max_size=8), NUMBERS)
PARTS = st.fixed_dictionaries(
    {"attribute_id": st.sampled_from(["f-blood", "x"])},
    optional=dict.fromkeys(("id", "number_value", "date_value", "given_name", "string_value", "is_deleted"), VALUES),
)


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    clock = AdjustableClock()
    store = open_store(tmp_path_factory.mktemp("shuffled"), KEY, clock)
    desk = Desk(store, clock)
    yield desk
    store.close()


def _fill(desk: Desk) -> None:
    """Puts back what an earlier test has deleted."""
    clinic = desk.clinic_id
    put_patients(desk, patient("p1", primary_clinic_id=clinic))
    put_registration_form(desk)
    for table, row in {
        "visits": {"id": "v1", "patient_id": "p1", "clinic_id": clinic},
        "events": {"id": "e1", "patient_id": "p1", "visit_id": "v1", "form_id": "f1"},
        "event_forms": {"id": "f1", "name": "Triage"},
        "appointments": {"id": "a1", "patient_id": "p1", "clinic_id": clinic, "timestamp": 1},
        "prescriptions": {"id": "r1", "patient_id": "p1", "visit_id": "v1"},
        "prescription_items": {"id": "i1", "patient_id": "p1", "prescription_id": "r1", "quantity_prescribed": 9},
        "drug_catalogue": {"id": "d1", "generic_name": "Ibuprofen", "is_active": True},
        "clinic_inventory": {"id": "s1", "drug_id": "d1", "clinic_id": clinic, "batch_id": "v1"},
        "patient_vitals": {"id": "m1", "patient_id": "p1", "timestamp": 1},
        "patient_problems": {"id": "q1", "patient_id": "p1"},
    }.items():
        put_rows(desk.database, table, [row])


def _fingerprint(desk: Desk) -> tuple[int, ...]:
    """Every change of a record takes a stamp and leaves a line in the log."""
    tables = (RECORD_HISTORY, OUTBOX, SYNC_LOG, *RECORD_TABLES.values())
    counts = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in tables]
    with desk.database.read() as snapshot:
        return tuple(snapshot.first(sa.select(SERVER_CLOCK.c.last_stamp, *counts)))


def _call(desk: Desk, kind: Kind, name: str, raw: object) -> None:
    before = _fingerprint(desk)
    try:
        answer = desk.ask(kind, name, raw, desk.nurse)
    except HubError as error:
        assert error.code != "internal"
        assert _fingerprint(desk) == before
    else:
        assert isinstance(answer, dict | list)  # the app takes anything falsy for a failure


def _sent(kind: Kind, name: str) -> st.SearchStrategy[Any]:
    """Parameters of the right names with values of any kind; now and then something else altogether."""
    procedure = all_procedures().find(kind, name)
    assert procedure is not None
    fields = msgspec.structs.fields(procedure.parameters)
    values = {field.encode_name: _values(field, name) for field in fields}
    required = {field.encode_name for field in fields if field.required}
    some = st.fixed_dictionaries(
        {name: value for name, value in values.items() if name in required},
        optional={name: value for name, value in values.items() if name not in required},
    )
    return st.sampled_from([some] * 9 + [VALUES]).flatmap(lambda chosen: chosen)


def _values(field: Any, procedure: str) -> st.SearchStrategy[Any]:
    """Mostly values that the parameter takes, or the procedure itself would rarely be reached."""
    right = [value for value in (*IDS, *ODD) if _takes(field.type, value)]
    known = RIGHT.get(procedure.partition(".")[0] if field.encode_name == "id" else field.encode_name)
    likely = st.just(known) if known is not None else st.sampled_from(right) if right else PARTS
    wrong = st.one_of(VALUES, PARTS, st.lists(PARTS, max_size=2))
    possible = st.sampled_from(right) if right else wrong
    return st.sampled_from([likely] * 12 + [possible, wrong]).flatmap(lambda chosen: chosen)


def _takes(kind: Any, value: object) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_anything_sent_is_answered_or_refused(shared_desk: Desk, kind: Kind, name: str) -> None:
    @settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(_sent(kind, name))
    def send(raw: object) -> None:
        _call(shared_desk, kind, name, msgspec.Raw(msgspec.json.encode(raw)))

    _fill(shared_desk)
    send()


@pytest.mark.parametrize(("kind", "name"), NAMES)
@pytest.mark.parametrize("text", [b'{"patient_id":"\\ud800","id":"\\ud800"}', b"{", b'{"id":' + b"[" * 5_000])
def test_broken_text_is_answered_or_refused(shared_desk: Desk, kind: Kind, name: str, text: bytes) -> None:
    _call(shared_desk, kind, name, msgspec.Raw(text))
