"""The compact index of patients that lists and searches read, and how it follows the records.

It is brought up to date just before it is read, out of the records with newer stamps: pushes do not pay for it. A
record that is deleted, or that the app has marked so, is not in it. Knows nothing of searching.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from db.database import Database, Snapshot, Statement, Transaction
from db.patient_numbers import number_clinics, number_patients
from db.record_clinics import known_clinics
from db.records import Data
from db.schema import (
    ATTRIBUTE_INDEX,
    ATTRIBUTE_WORDS,
    PATIENT_COUNTS,
    PATIENT_INDEX,
    PATIENT_INDEX_STATE,
    PATIENT_WORDS,
    RECORD_TABLES,
    SEARCHED_COLUMNS,
)
from db.search_text import search_text
from db.sqlite.dialect import json_values, upsert, values_of
from db.sqlite.fulltext import indexed_words, merge_some

BATCH = 2_000
_FEW_STEPS = 3
PATIENTS, ATTRIBUTES = "patients", "patient_additional_attributes"
_CLINICS = "clinics"
_ALL = "\U0010ffff"
"""In place of the last record's id: all records of the stamp are indexed. None can come later, for a stamp belongs to
one transaction."""


@dataclass(frozen=True)
class _Progress:
    """How far the records of a table are indexed."""

    stamp: int
    record_id: str


def refresh_patient_index(database: Database, batch: int = BATCH) -> None:
    """Brings the index up to date: a look at three stamps when it is. In short transactions of ``batch`` records of a
    table, so that phones which push meanwhile are not kept waiting."""
    with database.read() as snapshot:
        if not _is_behind(snapshot):
            return
    is_behind, steps = True, 0
    while is_behind:
        steps += 1
        with database.write() as transaction:
            _follow_clinics(transaction)
            _index_patients(transaction, batch)
            _index_attributes(transaction, batch)
            is_behind = _is_behind(transaction)
    if steps > _FEW_STEPS:
        for table in (PATIENT_WORDS, ATTRIBUTE_WORDS):
            _tidy(database, table)


def _tidy(database: Database, table: sa.TableClause) -> None:
    """What was indexed in many steps lies in as many pieces, and each search would look into every one."""
    written = sa.select(sa.func.total_changes())
    is_untidy = True
    while is_untidy:
        with database.write() as transaction:
            before = transaction.scalar(written)
            transaction.run(merge_some(table))
            # SQLite's own sign that nothing was left to do: the order itself counts as one change.
            is_untidy = transaction.scalar(written) - before > 1


def _is_behind(snapshot: Snapshot) -> bool:
    return any(_has_news(snapshot, name) for name in (PATIENTS, ATTRIBUTES, _CLINICS))


def _has_news(snapshot: Snapshot, name: str) -> bool:
    table, progress = RECORD_TABLES[name], _progress(snapshot, name)
    newest: int | None = snapshot.scalar(sa.select(sa.func.max(table.c.local_server_last_modified)))
    if newest is None or newest < progress.stamp:
        return False
    return newest > progress.stamp or progress.record_id != _ALL


def _progress(snapshot: Snapshot, name: str) -> _Progress:
    state = PATIENT_INDEX_STATE.c
    row = snapshot.first(sa.select(state.stamp, state.record_id).where(state.table_name == name))
    return _Progress(row.stamp, row.record_id) if row else _Progress(0, "")


def _remember(transaction: Transaction, name: str, rows: list[Any], batch: int) -> None:
    """Notes that these records are indexed, the next ``batch`` that there were."""
    progress = _progress(transaction, name)
    stamp, record_id = (rows[-1].local_server_last_modified, rows[-1].id) if rows else (progress.stamp, _ALL)
    values = {"table_name": name, "stamp": stamp, "record_id": record_id if len(rows) == batch else _ALL}
    transaction.run(upsert(PATIENT_INDEX_STATE), values)


def _news(snapshot: Snapshot, name: str, progress: _Progress, limit: int) -> list[Any]:
    """The next records that are not indexed as they are now, deleted ones too."""
    columns = RECORD_TABLES[name].c
    stamp = columns.local_server_last_modified
    query = (
        sa.select(columns.id, columns.data, stamp, columns.local_server_deleted_at)
        .where(stamp >= sa.bindparam("stamp"), (stamp > sa.bindparam("stamp")) | (columns.id > sa.bindparam("after")))
        .order_by(stamp, columns.id)
        .limit(sa.bindparam("few"))
    )
    parameters = {"stamp": progress.stamp, "after": progress.record_id, "few": limit}
    return list(snapshot.rows(query, parameters))


def _follow_clinics(transaction: Transaction) -> None:
    """A clinic that came or went: patients that name it change places."""
    if not _has_news(transaction, _CLINICS):
        return
    while rows := _news(transaction, _CLINICS, _progress(transaction, _CLINICS), BATCH):
        _remember(transaction, _CLINICS, rows, BATCH)
    _remember(transaction, _CLINICS, rows, BATCH)
    index = PATIENT_INDEX.c
    known = {"known": json_values(known_clinics(transaction))}
    clinics = sa.select(values_of("known").c.value)
    came = PATIENT_INDEX.update().values(clinic_id=index.stated_clinic_id, stated_clinic_id="")
    transaction.run(came.where(index.stated_clinic_id.in_(clinics)), known)
    went = PATIENT_INDEX.update().values(clinic_id="", stated_clinic_id=index.clinic_id)
    transaction.run(went.where(index.clinic_id != "", index.clinic_id.not_in(clinics)), known)
    transaction.run(PATIENT_COUNTS.delete())
    counted = sa.select(index.clinic_id, sa.func.count()).group_by(index.clinic_id)
    transaction.run(PATIENT_COUNTS.insert().from_select(["clinic_id", "live"], counted))


_ADD = Statement(PATIENT_INDEX.insert().values({column.name: sa.bindparam(column.name) for column in PATIENT_INDEX.c}))
_ADD_WORDS = Statement(
    PATIENT_WORDS.insert().values({name: sa.bindparam(name) for name in ("rowid", *SEARCHED_COLUMNS)})
)
_REMOVE = Statement(PATIENT_INDEX.delete().where(PATIENT_INDEX.c.number == sa.bindparam("row")))
_REMOVE_WORDS = Statement(PATIENT_WORDS.delete().where(PATIENT_WORDS.c.rowid == sa.bindparam("row")))
_COUNT = Statement(upsert(PATIENT_COUNTS))
_ADD_ATTRIBUTE = Statement(
    ATTRIBUTE_INDEX.insert().values({column.name: sa.bindparam(column.name) for column in ATTRIBUTE_INDEX.c})
)
_ADD_ATTRIBUTE_WORDS = Statement(
    ATTRIBUTE_WORDS.insert().values({name: sa.bindparam(name) for name in ("rowid", "words")})
)
_REMOVE_ATTRIBUTE = Statement(ATTRIBUTE_INDEX.delete().where(ATTRIBUTE_INDEX.c.number == sa.bindparam("row")))
_REMOVE_ATTRIBUTE_WORDS = Statement(ATTRIBUTE_WORDS.delete().where(ATTRIBUTE_WORDS.c.rowid == sa.bindparam("row")))


def _index_patients(transaction: Transaction, batch: int) -> None:
    if not _has_news(transaction, PATIENTS):
        return
    rows = _news(transaction, PATIENTS, _progress(transaction, PATIENTS), batch)
    _remember(transaction, PATIENTS, rows, batch)
    index = PATIENT_INDEX.c
    ours = sa.select(index.number, index.clinic_id).where(index.patient_id.in_(sa.select(values_of("ids").c.value)))
    old = transaction.rows(ours, {"ids": json_values(row.id for row in rows)})
    gone = [(row.number,) for row in old]
    for removal in (_REMOVE, _REMOVE_WORDS):
        transaction.run_many(removal, gone)
    known = known_clinics(transaction)
    living = [data for row in rows if (data := _living(row)) is not None]
    new = [_indexed(data, known) for data in living]
    words = map(_words_of, living)
    numbered = sorted(zip(_numbers(transaction, new), new, words, strict=True), key=itemgetter(0))
    transaction.run_many(_ADD, (_ADD.values({"number": number, **row}) for number, row, _ in numbered))
    # In order: for each that is lower than the one before, the full-text index would begin a new piece.
    transaction.run_many(_ADD_WORDS, (_ADD_WORDS.values({"rowid": number, **texts}) for number, _, texts in numbered))
    changes = Counter(row["clinic_id"] for row in new)
    changes.subtract(row.clinic_id for row in old)
    _count(transaction, changes)


def _numbers(transaction: Transaction, rows: list[Data]) -> Iterator[int]:
    """Of the clinic that the record states, known or not: then clinics may come and go."""
    stated = [row["clinic_id"] or row["stated_clinic_id"] for row in rows]
    clinics = number_clinics(transaction, stated)
    times = (row["updated_at"] for row in rows)
    return number_patients(transaction, [(time, clinics[clinic]) for time, clinic in zip(times, stated, strict=True)])


def _count(transaction: Transaction, changes: Counter[str]) -> None:
    counts = PATIENT_COUNTS.c
    live = {row.clinic_id: row.live for row in transaction.rows(sa.select(counts.clinic_id, counts.live))}
    transaction.run_many(_COUNT, ((clinic, live.get(clinic, 0) + more) for clinic, more in changes.items() if more))


def _index_attributes(transaction: Transaction, batch: int) -> None:
    if not _has_news(transaction, ATTRIBUTES):
        return
    rows = _news(transaction, ATTRIBUTES, _progress(transaction, ATTRIBUTES), batch)
    _remember(transaction, ATTRIBUTES, rows, batch)
    index = ATTRIBUTE_INDEX.c
    ours = sa.select(index.number).where(index.record_id.in_(sa.select(values_of("ids").c.value)))
    gone = [(row.number,) for row in transaction.rows(ours, {"ids": json_values(row.id for row in rows)})]
    for removal in (_REMOVE_ATTRIBUTE, _REMOVE_ATTRIBUTE_WORDS):
        transaction.run_many(removal, gone)
    living = [data for row in rows if (data := _living(row)) is not None]
    first = int(transaction.scalar(sa.select(sa.func.coalesce(sa.func.max(index.number), 0)))) + 1
    new = (
        (number, data["id"], _text(data.get("attribute_id")), _text(data.get("patient_id")))
        for number, data in enumerate(living, first)
    )
    transaction.run_many(_ADD_ATTRIBUTE, new)
    words = ((number, indexed_words(_attribute_words(data))) for number, data in enumerate(living, first))
    transaction.run_many(_ADD_ATTRIBUTE_WORDS, words)


def _living(row: Any) -> Data | None:
    if row.local_server_deleted_at is not None:
        return None
    data: Data = {**msgspec.json.decode(row.data), "id": row.id}
    return None if data.get("is_deleted") is True else data


def _indexed(data: Data, known: frozenset[str]) -> Data:
    stated = _text(data.get("primary_clinic_id"))
    updated_at = data.get("updated_at")
    return {
        "patient_id": data["id"],
        "clinic_id": stated if stated in known else "",
        "stated_clinic_id": "" if stated in known else stated,
        "updated_at": int(updated_at) if isinstance(updated_at, int | float) else 0,
        "sex": search_text(_text(data.get("sex"))),
        **{name: search_text(_text(data.get(name))) for name in ("government_id", "given_name", "surname")},
    }


def _words_of(data: Data) -> dict[str, str]:
    return {name: indexed_words(search_text(_text(data.get(name)))) for name in SEARCHED_COLUMNS}


def _attribute_words(data: Data) -> str:
    """An attribute's text, or its number as people write it."""
    number = data.get("number_value")
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    words = (_text(data.get("string_value")), "" if number is None else str(number))
    return search_text(" ".join(words))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
