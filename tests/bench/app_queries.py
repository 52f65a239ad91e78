"""The queries of the app's online mode, at few and at many records: their time, and how little it grows.

Each is called as the sealed channel calls it, from the parameters to the JSON of the answer; only sealing and HTTP are
left out. The two databases take turns, so that what else the computer does weighs on both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any

import msgspec

from db.accounts import find_account
from db.clock import SystemClock
from db.permissions import Flag, Permissions
from tests.bench.clinic_data import CLINICS, FORMS, INSURANCE_FIELD, FilledClinic, Person, fill
from tests.bench.result import Result
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import Caller, Kind, Procedure, Services, call

SMALL = 2_000
EVENTS_OF_A_PATIENT = 5
ROUNDS = 41
WARM_UP = 5
BOUND_MS = 50.0
BOUND_RATIO = 1.5


@dataclass(frozen=True)
class Query:
    """``about``: what of it differs from its namesakes; ``parameters``: of one call, given somebody to ask about."""

    name: str
    about: str
    parameters: Callable[[FilledClinic, Person], dict[str, Any]]
    is_arabic: bool | None = None

    def asked(self, clinic: FilledClinic, number: int) -> dict[str, Any]:
        """The parameters of one call; somebody else's every time."""
        fitting = [one for one in clinic.people if self.is_arabic is None or one.is_arabic is self.is_arabic]
        return self.parameters(clinic, fitting[number % len(fitting)])


def _by_name(name: str) -> dict[str, Any]:
    return {"filters": {"given_name": name}, "limit": 20, "offset": 0}


def _whole_name(person: Person) -> dict[str, Any]:
    return {"filters": {"given_name": person.given_name, "surname": person.surname}}


def _mistyped(person: Person) -> dict[str, Any]:
    return {"given_name": person.given_name[:-1], "surname": person.surname[0] + person.surname}


QUERIES = (
    Query("get_patients", "first page", lambda clinic, person: {"limit": 20, "offset": 0}),
    Query("get_patients", "page 50", lambda clinic, person: {"limit": 20, "offset": 980}),
    Query("search_patients", "whole name", lambda clinic, person: _whole_name(person), is_arabic=False),
    Query("search_patients", "whole Arabic name", lambda clinic, person: _whole_name(person), is_arabic=True),
    Query("search_patients", "given name", lambda clinic, person: _by_name(person.given_name), is_arabic=False),
    Query("search_patients", "Arabic given name", lambda clinic, person: _by_name(person.given_name), is_arabic=True),
    Query("search_patients", "commonest name", lambda clinic, person: _by_name(clinic.given_names[0][0])),
    Query("search_patients", "three letters", lambda clinic, person: _by_name(person.given_name[:3]), is_arabic=False),
    Query("search_patients", "part of a phone", lambda clinic, person: {"filters": {"phone": person.phone[3:]}}),
    Query(
        "search_patients",
        "part of an attribute",
        lambda clinic, person: {"filters": {INSURANCE_FIELD: person.insurance[2:]}},
    ),
    Query("patients.similar", "mistyped", lambda clinic, person: _mistyped(person), is_arabic=False),
    Query("patients.similar", "mistyped Arabic", lambda clinic, person: _mistyped(person), is_arabic=True),
    Query("get_patient", "", lambda clinic, person: {"patient_id": person.patient_id}),
    Query("get_visits", "", lambda clinic, person: {"patient_id": person.patient_id}),
    Query(
        "get_visit_events",
        "",
        lambda clinic, person: {"patient_id": person.patient_id, "visit_id": person.visit_id},
    ),
    Query("events.by_form", "", lambda clinic, person: {"patient_id": person.patient_id, "form_id": FORMS[0]}),
)


def measure_app_queries(folder: Path, patients: int) -> Iterator[Result]:
    clinics = (fill(folder / "few-patients", SMALL), fill(folder / "many-patients", patients))
    try:
        desks = tuple(map(_Desk, clinics))
        for query in QUERIES:
            yield from _compare(query, desks, clinics[1].rows)
    finally:
        for clinic in clinics:
            clinic.store.close()


def _compare(query: Query, desks: tuple[_Desk, ...], rows: dict[str, int]) -> Iterator[Result]:
    times: tuple[list[float], ...] = ([], [])
    for number in range(ROUNDS + WARM_UP):
        for desk, seconds in zip(desks, times, strict=True):
            seconds.append(desk.seconds(query, number))
    small_ms, large_ms = (median(seconds[WARM_UP:]) * 1000 for seconds in times)
    slowest = sorted(times[1][WARM_UP:])[-3] * 1000
    title = f"{query.name} ({query.about})" if query.about else query.name
    detail = f"{rows['patients']:,} patients, {rows['events']:,} events; third slowest of {ROUNDS}: {slowest:.1f} ms"
    yield Result(title, large_ms, BOUND_MS, "ms", detail)
    yield Result(f"{title}: large / small", large_ms / small_ms, BOUND_RATIO, "x", f"{small_ms:.2f} ms at {SMALL:,}")


class _Desk:
    """Somebody signed in who may look at all clinics but one."""

    def __init__(self, clinic: FilledClinic) -> None:
        self._clinic = clinic
        self._services = Services(clinic.store.database, SystemClock())
        self._registry = all_procedures()
        with clinic.store.database.read() as snapshot:
            account = find_account(snapshot, "nurse@clinic.org")
        if account is None:
            raise AssertionError("the account is missing")
        granted = {name: frozenset(Flag) for name in (*CLINICS, account.clinic_id or "")}
        self._caller = Caller(account, "hub-bench", "127.0.0.1", Permissions(MappingProxyType(granted)))

    def seconds(self, query: Query, number: int) -> float:
        """Of one call."""
        procedure = self._registry.find(Kind.QUERY, query.name)
        if procedure is None:
            raise AssertionError(f"there is no query {query.name}")
        raw = msgspec.Raw(msgspec.json.encode(query.asked(self._clinic, number)))
        return self._timed(procedure, raw, query)

    def _timed(self, procedure: Procedure[Any], raw: msgspec.Raw, query: Query) -> float:
        began = time.perf_counter()
        answer = msgspec.json.encode(call(procedure, self._services, self._caller, raw))
        seconds = time.perf_counter() - began
        if len(answer) < len(b'{"data":[{}]}') and query.name != "events.by_form":
            raise AssertionError(f"{query.name} found nothing")
        return seconds
