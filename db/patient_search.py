"""Lists and searches of patients: pages of them with their number, and those of a like name.

Reads the compact index (db/patient_index.py), so that the time does not grow with the records. Knows nothing of
permissions: whoever asks says which clinics are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import Any

import sqlalchemy as sa

from db.database import Database, Snapshot
from db.patient_index import refresh_patient_index
from db.patient_numbers import OTHERS, clinic_numbers, clinic_of
from db.record_clinics import known_clinics
from db.records import Data, load_rows
from db.schema import (
    ATTRIBUTE_INDEX,
    ATTRIBUTE_WORDS,
    PATIENT_COUNTS,
    PATIENT_INDEX,
    PATIENT_WORDS,
    SEARCHED_COLUMNS,
)
from db.search_text import edit_distance, search_text
from db.sqlite.dialect import json_values, plain, values_of
from db.sqlite.fulltext import SHORTEST_PATTERN, contains_all, contains_any, contains_each, contains_most, matches

CANDIDATES = 100
COMPARED = 40
"""Of the candidates, those that share the most parts with the name are compared letter by letter."""
ENOUGH = 50
"""With so many like names, less alike ones are not looked for."""
FEW = 100
"""As many are found at once and counted by that."""
MANY_CLINICS = 400
"""SQLite takes no more than 500 queries joined into one."""
_INDEX = PATIENT_INDEX.c
_FOUND = PATIENT_WORDS.c.rowid
_STATED = sa.func.nullif(_INDEX.stated_clinic_id, "")
_IS_FOUND = _INDEX.number.in_(sa.select(values_of("found").c.value))
_IDS = sa.select(_INDEX.patient_id).where(_IS_FOUND).order_by(_INDEX.number.desc())
_NAMES = sa.select(_INDEX.patient_id, _INDEX.given_name, _INDEX.surname).where(_IS_FOUND)
_NEWEST = (_INDEX.updated_at.desc(), _INDEX.patient_id)


@dataclass(frozen=True)
class PatientPage:
    """Some of the patients, and how many there are in all."""

    rows: list[Data]
    total: int


@dataclass(frozen=True)
class Visible:
    """Whose patients may be seen: those of these clinics, and those of no clinic that this hub knows."""

    clinics: frozenset[str]

    def among(self, snapshot: Snapshot) -> list[str]:
        """The clinics that have patients to be seen; "" stands for none."""
        hidden = known_clinics(snapshot) - self.clinics
        rows = snapshot.rows(sa.select(PATIENT_COUNTS.c.clinic_id).where(PATIENT_COUNTS.c.live > 0))
        return sorted(row.clinic_id for row in rows if row.clinic_id not in hidden)


def list_patients(database: Database, visible: Visible, limit: int, offset: int) -> PatientPage:
    """The patients, last updated first."""
    refresh_patient_index(database)
    with database.read() as snapshot:
        clinics = visible.among(snapshot)
        counts = PATIENT_COUNTS.c
        count = sa.select(sa.func.sum(counts.live)).where(counts.clinic_id.in_(sa.select(values_of("clinics").c.value)))
        total = int(snapshot.scalar(count, {"clinics": json_values(clinics)}) or 0)
        if offset >= total:
            return PatientPage([], total)
        ids = [row.patient_id for row in snapshot.rows(_newest_of(clinics, limit, offset))]
        return PatientPage(_load(snapshot, ids), total)


def search_patients(
    database: Database, visible: Visible, filters: Mapping[str, str], limit: int, offset: int
) -> PatientPage:
    """The patients for whom every filter holds, last updated first, of equals the one indexed first; an empty filter
    holds for all.

    A filter is named after a column, or is the id of an attribute.
    """
    wanted = {name: text for name, value in filters.items() if (text := search_text(value))}
    if not wanted:
        return list_patients(database, visible, limit, offset)
    refresh_patient_index(database)
    with database.read() as snapshot:
        number, conditions, parameters = _conditions(wanted)
        conditions += _visibility(snapshot, visible, number)
        # The newest have the highest numbers: of many, only these are looked at. Few are found and counted in one go.
        found = sa.select(number.label("number")).where(*conditions).order_by(number.desc()).limit(sa.bindparam("few"))
        few = max(FEW, offset + limit)
        numbers = [row.number for row in snapshot.rows(found, {**parameters, "few": few})]
        total = len(numbers)
        if total == few:
            total = int(snapshot.scalar(sa.select(sa.func.count(number)).where(*conditions), parameters))
        some = {"found": json_values(numbers[offset : offset + limit])}
        ids = [row.patient_id for row in snapshot.rows(_IDS, some)]
        return PatientPage(_load(snapshot, ids), total)


def similar_patients(database: Database, visible: Visible, given_name: str, surname: str, limit: int) -> list[Data]:
    """Patients with a name like this one, the most alike first."""
    names = search_text(given_name), search_text(surname)
    if not any(names):
        return []
    refresh_patient_index(database)
    with database.read() as snapshot:
        numbers = _like_numbers(snapshot, _SOME_OF_WORDS.where(*_visibility(snapshot, visible, _FOUND)), *names)
        candidates = snapshot.rows(_NAMES, {"found": json_values(sorted(numbers))})
        ours = [_parts_of(name) for name in names]
        near = nlargest(COMPARED, candidates, key=lambda row: (_shared(row, *ours), row.patient_id))
        alike = nsmallest(limit, near, key=lambda row: (_distance(row, *names), row.patient_id))
        return _load(snapshot, [row.patient_id for row in alike])


def _like_numbers(snapshot: Snapshot, query: sa.Executable, given_name: str, surname: str) -> set[int]:
    """The numbers of patients to be compared. Each look through the full-text index costs more the more patients there
    are, so there are as few as do."""
    texts = (("given_name", given_name), ("surname", surname))
    parts = {name: _parts(text) for name, text in texts if len(text) >= SHORTEST_PATTERN}
    every = {name: contains_each(name, some) for name, some in parts.items()}
    some = {name: contains_any((name,), some) for name, some in parts.items()}

    def found(expression: str, few: int = CANDIDATES) -> set[int]:
        return {row.number for row in snapshot.rows(query, {"words": expression, "few": few})}

    numbers = found(" AND ".join((some if len(some) > 1 else every).values())) if parts else set()
    if len(numbers) == CANDIDATES and len(parts) > 1:  # the most alike may be among those left out
        numbers |= found(" AND ".join(contains_most(name, of_name) for name, of_name in parts.items()))
        one = f"({every['given_name']} AND {some['surname']}) OR ({some['given_name']} AND {every['surname']})"
        numbers |= found(one)
    for expression in some.values():
        if len(numbers) < ENOUGH:
            numbers |= found(expression, CANDIDATES - len(numbers))
    return numbers


def _parts_of(text: str) -> frozenset[str]:
    return frozenset(text[at : at + SHORTEST_PATTERN] for at in range(max(1, len(text) - SHORTEST_PATTERN + 1)))


def _shared(row: Any, given_name: frozenset[str], surname: frozenset[str]) -> int:
    return len(given_name & _parts_of(row.given_name)) + len(surname & _parts_of(row.surname))


def _distance(row: Any, given_name: str, surname: str) -> int:
    return edit_distance(given_name, row.given_name) + edit_distance(surname, row.surname)


def has_government_id(database: Database, government_id: str) -> bool:
    """Whether a patient of any clinic has this number. An empty one is nobody's."""
    wanted = search_text(government_id)
    if not wanted:
        return False
    refresh_patient_index(database)
    with database.read() as snapshot:
        return snapshot.first(sa.select(_INDEX.number).where(_INDEX.government_id == wanted).limit(1)) is not None


def _newest_of(clinics: list[str], limit: int, offset: int) -> sa.Executable:
    """The ids of a page, out of an index that is in this order for each clinic: what is left out is not sorted."""
    columns = sa.select(_INDEX.patient_id, _INDEX.updated_at)
    if len(clinics) > MANY_CLINICS:
        return columns.where(_INDEX.clinic_id.in_(clinics)).order_by(*_NEWEST).limit(limit).offset(offset)
    arms = [columns.where(_INDEX.clinic_id == clinic) for clinic in clinics]
    if len(arms) == 1:
        return arms[0].order_by(*_NEWEST).limit(limit).offset(offset)
    order = (sa.text("updated_at DESC"), sa.text("patient_id"))
    return sa.union_all(*arms).order_by(*order).limit(limit).offset(offset)


def _conditions(
    wanted: Mapping[str, str],
) -> tuple[sa.ColumnElement[int], list[sa.ColumnElement[bool]], dict[str, Any]]:
    """Where the number of a patient who is found is read, what holds for the patient, and its parameters."""
    conditions: list[sa.ColumnElement[bool]] = []
    parameters: dict[str, Any] = {}
    words = {name: text for name, text in wanted.items() if name in SEARCHED_COLUMNS}
    if words:
        conditions.append(matches(PATIENT_WORDS, "words"))
        parameters["words"] = contains_all(words)
        if len(words) < len(wanted):
            # Plain, or SQLite may ask the full-text index about one patient after another instead of reading it once.
            conditions.append(_INDEX.number == plain(_FOUND))
    for place, (name, text) in enumerate(wanted.items()):
        value: sa.BindParameter[str] = sa.bindparam(f"text_{place}", text)
        if name == "sex":
            conditions.append(sa.func.substr(_INDEX.sex, 1, len(text)) == value)
        elif name == "id":
            conditions.append(sa.func.instr(sa.func.lower(_INDEX.patient_id), value) > 0)
        elif name == "primary_clinic_id":
            conditions.append(sa.func.lower(sa.func.coalesce(_STATED, _INDEX.clinic_id)) == value)
        elif name not in words:
            attributes, pattern = ATTRIBUTE_INDEX.c, f"attribute_words_{place}"
            parameters[pattern] = contains_all({"words": text})
            found = sa.select(ATTRIBUTE_WORDS.c.rowid).where(matches(ATTRIBUTE_WORDS, pattern))
            holders = sa.select(attributes.patient_id).where(
                attributes.number.in_(found), attributes.attribute_id == sa.bindparam(f"attribute_{place}", name)
            )
            conditions.append(_INDEX.patient_id.in_(holders))
    return (_FOUND if words else _INDEX.number), conditions, parameters


def _visibility(snapshot: Snapshot, visible: Visible, number: sa.ColumnElement[int]) -> list[sa.ColumnElement[bool]]:
    """What holds for the numbers of patients who may be seen: nothing, if all may."""
    numbers = clinic_numbers(snapshot)
    hidden = {clinic: numbers[clinic] for clinic in known_clinics(snapshot) - visible.clinics if clinic in numbers}
    conditions: list[sa.ColumnElement[bool]] = []
    if told := sum(1 << one for one in hidden.values() if one < OTHERS):
        shifted = sa.bindparam("hidden", told, sa.BigInteger).bitwise_rshift(clinic_of(number))
        conditions.append(shifted.bitwise_and(1) == 0)
    if others := [clinic for clinic, one in hidden.items() if one >= OTHERS]:
        theirs = sa.select(_INDEX.number).where(_INDEX.clinic_id.in_(others))
        conditions.append((clinic_of(number) != OTHERS) | number.not_in(theirs))
    return conditions


# The full-text index is read from its newest end, and only as far as it takes.
_SOME_OF_WORDS = (
    sa.select(_FOUND.label("number"))
    .where(matches(PATIENT_WORDS, "words"))
    .order_by(_FOUND.desc())
    .limit(sa.bindparam("few"))
)


def _parts(text: str) -> list[str]:
    """Parts of which one wrong letter spoils one alone: as few as do, for each has to be looked up among all patients.
    A short text has no such parts; then any part of it."""
    last = len(text) - SHORTEST_PATTERN
    step = SHORTEST_PATTERN if last >= SHORTEST_PATTERN else 1
    return sorted({text[at : at + SHORTEST_PATTERN] for at in (*range(0, last, step), last)})


def _load(snapshot: Snapshot, ids: list[str]) -> list[Data]:
    """The records in this order, without those that somebody has deleted since the index was made."""
    stored = load_rows(snapshot, "patients", ids)
    rows = (stored[patient_id] for patient_id in ids if patient_id in stored)
    return [row.data for row in rows if not row.is_deleted and row.data.get("is_deleted") is not True]
