"""A clinic's database of any size, alike in shape: patients with visits, events and attributes, written directly.

Every patient has the same chances of many or few visits, whatever the size; what grows is the number of patients, and
with its square root the number of names, so that names become neither unique nor shared by everybody. The same rows
every time: a seed, not a clock. Knows nothing of queries (app_queries.py).
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isqrt
from pathlib import Path
from typing import Any

import msgspec

from db.accounts import NewAccount, add_account
from db.clock import SystemClock
from db.patient_index import refresh_patient_index
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind
from db.sqlite.connection import connector
from db.store import Store, database_path, open_store

Row = dict[str, Any]
CLINICS = ("north", "south", "east", "west")
HIDDEN_CLINIC = "elsewhere"
FORMS = ("triage", "vitals", "antenatal", "chronic", "referral")
INSURANCE_FIELD, VILLAGE_FIELD = "f-insurance", "f-village"
_VISITS = (0, 1, 1, 1, 2, 2, 3, 6)  # two on average
_HIDDEN = 0.05
_EVENTS = (1, 2, 2, 5)  # of a visit; with the visits, five of a patient on average
KEY = bytes(range(32))
_BATCH = 20_000
_START_MS = 1_700_000_000_000
_SPAN_MS = 80_000_000_000
_LATIN = tuple("a ma na ra la sa ka ba da fa ha mi ni ri li si ki bi di fi hi mu nu ru lu su bu du fu".split())  # noqa: SIM905
_ARABIC = tuple("عب مح سا نو لي خا فا زي حس ري كر جم يو اح هن مر صا دا قا طا غا شا ود وف ما را لا سم نا با".split())  # noqa: SIM905
_COLUMNS = "id, data, local_server_created_at, local_server_last_modified"


@dataclass(frozen=True)
class Person:
    """What a query needs to know of somebody."""

    patient_id: str
    given_name: str
    surname: str
    insurance: str
    phone: str
    visit_id: str
    is_arabic: bool


@dataclass(frozen=True)
class FilledClinic:
    """``people``: some of those who have a visit and may be seen, chosen by chance."""

    store: Store
    people: list[Person]
    given_names: tuple[list[str], list[str]]
    rows: dict[str, int]


class Names:
    """Names of two scripts, some much more frequent than others."""

    def __init__(self, patients: int, chance: random.Random) -> None:
        self._chance = chance
        self.given = (_pool(_LATIN, 2 * isqrt(patients)), _pool(_ARABIC, 2 * isqrt(patients)))
        self._surnames = (_pool(_LATIN[::-1], 4 * isqrt(patients)), _pool(_ARABIC[::-1], 4 * isqrt(patients)))

    def draw(self, script: int) -> tuple[str, str]:
        """A given name and a surname."""
        return self._one_of(self.given[script]), self._one_of(self._surnames[script])

    def _one_of(self, pool: list[str]) -> str:
        return pool[int(len(pool) * self._chance.random() ** 2)]


def fill(folder: Path, patients: int) -> FilledClinic:
    """Makes a store with that many patients in ``folder``."""
    folder.mkdir()
    store = open_store(folder, KEY, SystemClock())
    _put_frame(store)
    chance = random.Random(patients)
    names, people, counts = Names(patients, chance), list[Person](), dict[str, int]()
    connection = connector(database_path(folder), KEY)()
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -600000")
    every = max(1, patients // 1000)
    rows = _rows(
        patients, names, chance, lambda number, person: people.append(person) if number // 2 % every == 0 else None
    )
    while batch := list(islice(rows, _BATCH)):
        with store.database.write() as transaction:
            stamp = transaction.stamp
        connection.execute("BEGIN IMMEDIATE")
        for table in sorted({name for name, _ in batch}):
            documents = [row for name, row in batch if name == table]
            _insert(connection, table, documents, stamp)
            counts[table] = counts.get(table, 0) + len(documents)
        connection.execute("COMMIT")
    connection.executemany("INSERT OR REPLACE INTO record_counts (table_name, live) VALUES (?, ?)", counts.items())
    connection.close()
    refresh_patient_index(store.database, _BATCH)
    chance.shuffle(people)
    return FilledClinic(store, people, names.given, counts)


def _put_frame(store: Store) -> None:
    """A member of staff, the clinics, and the form by which patients are shown."""
    add_account(
        store.database, NewAccount("nurse@clinic.org", "Nour", "secret-1", clinic_name="Head office"), "command"
    )
    fields = [_field(name, name, is_base=True) for name in ("given_name", "surname", "phone", "sex", "date_of_birth")]
    fields += [_field(INSURANCE_FIELD, "insurance", is_base=False), _field(VILLAGE_FIELD, "village", is_base=False)]
    form = {"id": "form", "name": "Registration", "fields": msgspec.json.encode(fields).decode(), "metadata": "{}"}
    rows = {
        "clinics": [{"id": name, "name": name} for name in (*CLINICS, HIDDEN_CLINIC)],
        "registration_forms": [{**form, "created_at": _START_MS, "updated_at": _START_MS}],
        "event_forms": [{"id": name, "name": name, "form_fields": "[]", "metadata": "{}"} for name in FORMS],
    }
    with store.database.write() as transaction:
        changes = RecordChanges(transaction)
        for table, documents in rows.items():
            for row in documents:
                changes.load(table, [row["id"]])
                planned = PlannedRow(row["id"], row, None, False, NO_MARK, NO_MARK, None)
                changes.put(table, planned, VersionKind.REPLACED, ())
        changes.flush(None)


def _field(field_id: str, column: str, *, is_base: bool) -> Row:
    return {
        **{"id": field_id, "position": 1, "column": column, "label": {"en": column}, "fieldType": "text"},
        **{"options": [], "required": False, "baseField": is_base, "visible": True, "isSearchField": True},
        "deleted": False,
    }


def _rows(
    patients: int, names: Names, chance: random.Random, tell: Callable[[int, Person], None]
) -> Iterator[tuple[str, Row]]:
    """Table and document, patient by patient: what belongs to one of them came at different times, so it is spread
    over the file as its random ids are."""
    for number in range(patients):
        script = number % 2
        given_name, surname = names.draw(script)
        patient_id, insurance = _id(chance), f"{chance.randrange(10**8):08d}"
        clinic = HIDDEN_CLINIC if chance.random() < _HIDDEN else chance.choice(CLINICS)
        patient = _patient(chance, patient_id, given_name, surname, clinic)
        yield "patients", patient
        for name, value in ((INSURANCE_FIELD, insurance), (VILLAGE_FIELD, f"Village {chance.randrange(300)}")):
            yield "patient_additional_attributes", _attribute(chance, patient_id, name, value)
        visit_id = ""
        for _ in range(chance.choice(_VISITS)):
            visit = _visit(chance, patient_id, clinic)
            visit_id = visit["id"]
            yield "visits", visit
            for _ in range(chance.choice(_EVENTS)):
                yield "events", _event(chance, patient_id, visit_id)
        if visit_id and clinic != HIDDEN_CLINIC:
            tell(number, Person(patient_id, given_name, surname, insurance, patient["phone"], visit_id, script == 1))


def _patient(chance: random.Random, patient_id: str, given_name: str, surname: str, clinic: str) -> Row:
    return _row(
        chance,
        patient_id,
        given_name=given_name,
        surname=surname,
        date_of_birth=f"{chance.randrange(1930, 2024)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 28):02d}",
        citizenship="Syria",
        hometown=f"Town {chance.randrange(200)}",
        phone=f"07{chance.randrange(10**8):08d}",
        sex=chance.choice(("male", "female")),
        camp=f"Camp {chance.randrange(12)}",
        photo_url="",
        additional_data=f'{{"household":{chance.randrange(9)},"notes":"{"x" * chance.randrange(30, 90)}"}}',
        metadata="{}",
        government_id=f"G{chance.randrange(10**9):09d}",
        external_patient_id=f"EXT-{chance.randrange(10**7)}",
        primary_clinic_id=clinic,
        last_modified_by="nurse",
    )


def _attribute(chance: random.Random, patient_id: str, attribute_id: str, value: str) -> Row:
    values = {"number_value": None, "string_value": value, "date_value": None, "boolean_value": None}
    return _row(
        chance, patient_id=patient_id, attribute_id=attribute_id, attribute=attribute_id, metadata="{}", **values
    )


def _visit(chance: random.Random, patient_id: str, clinic: str) -> Row:
    return _row(
        chance,
        patient_id=patient_id,
        clinic_id=clinic,
        provider_id="nurse",
        provider_name="Nour Haddad",
        check_in_timestamp=_START_MS + chance.randrange(_SPAN_MS),
        metadata="{}",
    )


def _event(chance: random.Random, patient_id: str, visit_id: str) -> Row:
    form = chance.choice(FORMS)
    fields = ",".join(
        f'{{"name":"{name}","value":{chance.randrange(200)},"fieldId":"{form}-{name}","fieldType":"free-text"}}'
        for name in ("Temperature", "Pulse", "Weight")
    )
    return _row(
        chance,
        patient_id=patient_id,
        form_id=form,
        visit_id=visit_id,
        event_type=form,
        form_data=f"[{fields}]",
        metadata="{}",
        recorded_by_user_id="nurse",
    )


def _row(chance: random.Random, record_id: str = "", /, **columns: Any) -> Row:
    at = _START_MS + chance.randrange(_SPAN_MS)
    soft = {"is_deleted": False, "deleted_at": None, "created_at": at, "updated_at": at}
    return {"id": record_id or _id(chance), **columns, **soft}


def _id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _insert(connection: Any, table: str, rows: Iterable[Row], stamp: int) -> None:
    encode = msgspec.json.encode
    tuples = sorted((row["id"], encode(row).decode(), stamp, stamp) for row in rows)
    connection.executemany(f"INSERT INTO {table} ({_COLUMNS}) VALUES (?, ?, ?, ?)", tuples)


def _pool(syllables: tuple[str, ...], size: int) -> list[str]:
    """Different names of three syllables, in an order without pattern."""
    count = len(syllables)
    steps = random.Random(count).sample(range(count**3), size)
    return [
        (syllables[step % count] + syllables[step // count % count] + syllables[step // count**2]).capitalize()
        for step in steps
    ]
