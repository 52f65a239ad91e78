"""The number of a patient in the index, which tells time and clinic: a search knows both of thousands of patients
without looking any of them up, and finds the newest first.

42 bits of the time of the last update in milliseconds, 6 bits of the clinic, 15 bits that count down among those of one
millisecond and clinic, so that whoever was indexed first has the highest number. Knows nothing of searching.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from db.database import Snapshot, Statement, Transaction
from db.schema import CLINIC_NUMBERS, PATIENT_INDEX
from db.sqlite.dialect import json_values, values_of

TAIL_BITS, CLINIC_BITS, TIME_BITS = 15, 6, 42
OTHERS = (1 << CLINIC_BITS) - 1
"""Stands for all clinics with a number as high as this, or higher."""
_TAIL = (1 << TAIL_BITS) - 1
_LATEST = (1 << TIME_BITS) - 1
_PREFIX = sa.cast(values_of("prefixes").c.value, sa.BigInteger)
_LOWEST = (
    sa.select(sa.func.min(PATIENT_INDEX.c.number))
    .where(PATIENT_INDEX.c.number.between(_PREFIX, _PREFIX + _TAIL))
    .scalar_subquery()
)
_LOWEST_OF_EACH = sa.select(_PREFIX.label("prefix"), _LOWEST.label("lowest"))
_NUMBER_CLINIC = Statement(
    CLINIC_NUMBERS.insert().values({column.name: sa.bindparam(column.name) for column in CLINIC_NUMBERS.c})
)


def clinic_numbers(snapshot: Snapshot) -> dict[str, int]:
    """The numbers of all clinics that patients have named."""
    query = sa.select(CLINIC_NUMBERS.c.clinic_id, CLINIC_NUMBERS.c.number)
    return {row.clinic_id: row.number for row in snapshot.rows(query)}


def number_clinics(transaction: Transaction, clinics: Iterable[str]) -> dict[str, int]:
    """The numbers of all clinics, after these have got theirs."""
    numbers = clinic_numbers(transaction)
    missing = sorted(set(clinics) - numbers.keys())
    given = {clinic: number for number, clinic in enumerate(missing, max(numbers.values(), default=-1) + 1)}
    transaction.run_many(_NUMBER_CLINIC, ((number, clinic) for clinic, number in given.items()))
    return numbers | given


def number_patients(transaction: Transaction, patients: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Free numbers for patients, given as time of the last update (ms since 1970) and number of the clinic."""
    prefixes = [_prefix(time_ms, clinic) for time_ms, clinic in patients]
    lowest = _lowest(transaction, set(prefixes))
    for prefix in prefixes:
        free = prefix
        while lowest[free] == free:  # as many of one moment as can be told apart; a moment earlier then
            free -= 1 << (TAIL_BITS + CLINIC_BITS)
            if free not in lowest:
                lowest |= _lowest(transaction, {free})
        lowest[free] -= 1
        yield lowest[free]


def clinic_of(number: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The clinic's part of a patient's number, as SQL: its own number, or OTHERS."""
    return number.bitwise_rshift(TAIL_BITS).bitwise_and(OTHERS)


def _prefix(time_ms: int, clinic: int) -> int:
    time = min(max(time_ms, 0), _LATEST)
    return ((time << CLINIC_BITS) | min(clinic, OTHERS)) << TAIL_BITS


def _lowest(snapshot: Snapshot, prefixes: set[int]) -> dict[int, int]:
    """Of each prefix the lowest number that is taken, or the one above all."""
    rows = snapshot.rows(_LOWEST_OF_EACH, {"prefixes": json_values(sorted(prefixes))})
    return {row.prefix: row.prefix + _TAIL + 1 if row.lowest is None else row.lowest for row in rows}
