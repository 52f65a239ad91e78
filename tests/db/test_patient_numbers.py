"""A patient's number tells time and clinic, is nobody else's, and is higher the newer the patient."""

from __future__ import annotations

import sqlalchemy as sa

from db.database import Database, Transaction
from db.patient_numbers import (
    CLINIC_BITS,
    OTHERS,
    TAIL_BITS,
    TIME_BITS,
    clinic_numbers,
    clinic_of,
    number_clinics,
    number_patients,
)
from db.schema import PATIENT_INDEX


def _take(transaction: Transaction, *numbers: int) -> None:
    texts = {
        "clinic_id": "",
        "stated_clinic_id": "",
        "updated_at": 0,
        "sex": "",
        "government_id": "",
        "given_name": "",
        "surname": "",
    }
    for number in numbers:
        transaction.run(PATIENT_INDEX.insert(), {"number": number, "patient_id": str(number), **texts})


def _told(number: int) -> tuple[int, int]:
    return divmod(number >> TAIL_BITS, 1 << CLINIC_BITS)


def test_a_number_tells_time_and_clinic_and_the_first_of_equals_is_the_highest(database: Database) -> None:
    with database.write() as transaction:
        first, second = number_patients(transaction, [(1_000, 4), (1_000, 4)])
        _take(transaction, first, second)
        (third,) = number_patients(transaction, [(1_000, 4)])
    assert _told(first) == _told(second) == _told(third) == (1_000, 4)
    assert first > second > third


def test_later_patients_have_higher_numbers_at_whichever_clinic(database: Database) -> None:
    with database.write() as transaction:
        early, late = number_patients(transaction, [(1_000, 9), (1_001, 2)])
    assert late > early


def test_times_that_cannot_be_are_the_earliest_or_the_latest(database: Database) -> None:
    with database.write() as transaction:
        before, after = number_patients(transaction, [(-5, 1), (1 << 60, 1)])
    assert (_told(before), _told(after)) == ((0, 1), ((1 << TIME_BITS) - 1, 1))
    assert 0 < before < after < 1 << 63


def test_more_patients_of_one_moment_than_can_be_told_apart_lie_a_moment_earlier(database: Database) -> None:
    many = (1 << TAIL_BITS) + 2
    with database.write() as transaction:
        numbers = list(number_patients(transaction, [(1_000, 4)] * many))
        _take(transaction, *numbers[-2:], numbers[(1 << TAIL_BITS) - 1])
        (next_one,) = number_patients(transaction, [(1_000, 4)])
    assert len({*numbers, next_one}) == many + 1
    assert {_told(number) for number in numbers} == {(1_000, 4), (999, 4)}
    assert _told(next_one) == (999, 4)


def test_clinics_keep_the_number_they_once_got(database: Database) -> None:
    with database.write() as transaction:
        first = number_clinics(transaction, {"south", "north"})
        second = number_clinics(transaction, {"", "south"})
    assert second == first | {"": 2}
    with database.read() as snapshot:
        assert clinic_numbers(snapshot) == second


def test_the_database_reads_the_clinic_out_of_a_number(database: Database) -> None:
    with database.write() as transaction:
        few, many = number_patients(transaction, [(1_700_000_000_000, 5), (1_700_000_000_000, 500)])
    with database.read() as snapshot:
        read = [snapshot.scalar(sa.select(clinic_of(sa.literal(number, sa.BigInteger)))) for number in (few, many)]
    assert read == [5, OTHERS]
