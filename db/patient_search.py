"""Lists and searches of patients: pages of them with their number, and those of a like name.

Reads the compact index (db/patient_index.py), so that the time does not grow with the records. Knows nothing of
permissions: whoever asks says which clinics are hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from db.database import Database, Snapshot
from db.patient_index import refresh_patient_index
from db.record_clinics import known_clinics
from db.records import Data, load_rows
from db.schema import (
    ATTRIBUTE_INDEX,
    ATTRIBUTE_WORDS,
    CLINIC_NUMBERS,
    PATIENT_COUNTS,
    PATIENT_INDEX,
    PATIENT_PLACES,
    PATIENT_WORDS,
    SEARCHED_COLUMNS,
)
from db.search_text import edit_distance, search_text
from db.sqlite.dialect import plain, values_of
from db.sqlite.fulltext import SHORTEST_PATTERN, contains_all, contains_any, contains_each, matches

CANDIDATES = 100
ENOUGH = 50
"""With so many like names, less alike ones are not looked for; CANDIDATES are compared at most."""
MANY_CLINICS = 400
"""SQLite takes no more than 500 queries joined into one."""
_INDEX = PATIENT_INDEX.c
_PLACES = PATIENT_PLACES.c
# Plain, or SQLite may ask the full-text index about one patient after another instead of reading it once.
_IS_OF_WORDS = _PLACES.number == plain(PATIENT_WORDS.c.rowid)
_STATED = sa.func.nullif(_INDEX.stated_clinic_id, "")
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
        total = int(snapshot.scalar(count, {"clinics": _as_list(clinics)}) or 0)
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
        conditions, parameters = _conditions(wanted)
        # One pass: what is found is few, or all of it must be counted anyway. Only the page is looked up further.
        place = sa.select(_PLACES.number, _PLACES.updated_at).where(*conditions, _is_visible(snapshot, visible))
        found = place.cte("found").prefix_with("MATERIALIZED")
        total = sa.select(sa.func.count()).select_from(found).scalar_subquery()
        newest = (found.c.updated_at.desc(), found.c.number)
        some = sa.select(found.c.number).order_by(*newest).limit(limit).offset(offset).cte("some")
        query = (
            sa.select(_INDEX.patient_id, total.label("total"))
            .join(some, some.c.number == _INDEX.number)
            .order_by(_INDEX.updated_at.desc(), _INDEX.number)
        )
        rows = snapshot.rows(query, parameters)
        number = rows[0].total if rows else snapshot.scalar(sa.select(total), parameters)
        return PatientPage(_load(snapshot, [row.patient_id for row in rows]), int(number))


def similar_patients(database: Database, visible: Visible, given_name: str, surname: str, limit: int) -> list[Data]:
    """Patients with a name like this one, the most alike first."""
    names = search_text(given_name), search_text(surname)
    if not any(names):
        return []
    refresh_patient_index(database)
    with database.read() as snapshot:
        found: set[int] = set()
        query = _SOME_OF_WORDS.where(_is_visible(snapshot, visible))
        for expression in _likenesses(*names):
            if len(found) < ENOUGH:
                rows = snapshot.rows(query, {"words": expression, "few": CANDIDATES - len(found)})
                found.update(row.number for row in rows)
        ids = sa.select(_INDEX.patient_id).where(_INDEX.number.in_(sa.select(values_of("found").c.value)))
        rows = snapshot.rows(ids, {"found": msgspec.json.encode(sorted(found)).decode()})
        candidates = _load(snapshot, [row.patient_id for row in rows])
    return sorted(candidates, key=lambda row: (_distance(row, *names), row["id"]))[:limit]


def _distance(row: Data, given_name: str, surname: str) -> int:
    theirs = (search_text(str(row.get(name) or "")) for name in ("given_name", "surname"))
    return sum(edit_distance(ours, their) for ours, their in zip((given_name, surname), theirs, strict=True))


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


def _conditions(wanted: Mapping[str, str]) -> tuple[list[sa.ColumnElement[bool]], dict[str, Any]]:
    conditions: list[sa.ColumnElement[bool]] = []
    parameters: dict[str, Any] = {}
    words = {name: text for name, text in wanted.items() if name in SEARCHED_COLUMNS}
    if words:
        conditions += [matches(PATIENT_WORDS, "words"), _IS_OF_WORDS]
        parameters["words"] = contains_all(words)
    for number, (name, text) in enumerate(wanted.items()):
        value: sa.BindParameter[str] = sa.bindparam(f"text_{number}", text)
        if name == "sex":
            conditions.append(sa.func.substr(_INDEX.sex, 1, len(text)) == value)
        elif name == "id":
            conditions.append(sa.func.instr(sa.func.lower(_INDEX.patient_id), value) > 0)
        elif name == "primary_clinic_id":
            conditions.append(sa.func.lower(sa.func.coalesce(_STATED, _INDEX.clinic_id)) == value)
        elif name not in words:
            attributes, pattern = ATTRIBUTE_INDEX.c, f"attribute_words_{number}"
            parameters[pattern] = contains_all({"words": text})
            found = sa.select(ATTRIBUTE_WORDS.c.rowid).where(matches(ATTRIBUTE_WORDS, pattern))
            holders = sa.select(attributes.patient_id).where(
                attributes.number.in_(found), attributes.attribute_id == sa.bindparam(f"attribute_{number}", name)
            )
            conditions.append(_INDEX.patient_id.in_(holders))
    if any(name not in SEARCHED_COLUMNS for name in wanted):
        conditions.append(_INDEX.number == _PLACES.number)
    return conditions, parameters


def _is_visible(snapshot: Snapshot, visible: Visible) -> sa.ColumnElement[bool]:
    """Asked of thousands of patients: so it names whichever clinics are fewer, those to be seen or the others."""
    clinics = set(visible.among(snapshot))
    numbers = snapshot.rows(sa.select(CLINIC_NUMBERS.c.clinic_id, CLINIC_NUMBERS.c.number))
    seen = [row.number for row in numbers if row.clinic_id in clinics]
    hidden = [row.number for row in numbers if row.clinic_id not in clinics]
    return _PLACES.clinic.in_(seen) if len(seen) < len(hidden) else _PLACES.clinic.not_in(hidden)


# Those indexed last come first: the full-text index is read from that end, and only as far as it takes.
_SOME_OF_WORDS = (
    sa.select(_PLACES.number)
    .where(matches(PATIENT_WORDS, "words"), _IS_OF_WORDS)
    .order_by(PATIENT_WORDS.c.rowid.desc())
    .limit(sa.bindparam("few"))
)


def _likenesses(given_name: str, surname: str) -> Iterable[str]:
    """What to look for, the most alike first: all of both names, all of one and parts of the other, parts of both,
    parts of either."""
    texts = (("given_name", given_name), ("surname", surname))
    parts = {name: _parts(text) for name, text in texts if len(text) >= SHORTEST_PATTERN}
    every = {name: contains_each(name, some) for name, some in parts.items()}
    some = {name: contains_any((name,), some) for name, some in parts.items()}
    if len(parts) > 1:
        yield f"{every['given_name']} AND {every['surname']}"
        yield f"({every['given_name']} AND {some['surname']}) OR ({some['given_name']} AND {every['surname']})"
        yield f"{some['given_name']} AND {some['surname']}"
    else:
        yield from every.values()
    yield from some.values()


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


def _as_list(values: Iterable[str]) -> str:
    return msgspec.json.encode(list(values)).decode()
