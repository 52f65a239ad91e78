"""Full-text search finds three letters in a row and the beginnings of words, and takes no pattern for an order."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from db.database import Database
from db.schema import PATIENT_WORDS, SEARCHED_COLUMNS
from db.sqlite.fulltext import (
    contains_all,
    contains_any,
    contains_each,
    contains_most,
    indexed_words,
    matches,
    merge_some,
)

TEXTS = {1: ("amal noor", "haddad"), 2: ("samal", 'o"hara amal'), 3: ("زينب", "الخطيب")}


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as transaction:
        for number, (given_name, surname) in TEXTS.items():
            empty = dict.fromkeys(SEARCHED_COLUMNS, "")
            words = {"given_name": indexed_words(given_name), "surname": indexed_words(surname)}
            transaction.run(PATIENT_WORDS.insert().values({**empty, **words, "rowid": number}))
    return database


def _found(database: Database, expression: str) -> list[int]:
    query = sa.select(PATIENT_WORDS.c.rowid).where(matches(PATIENT_WORDS, "words")).order_by(PATIENT_WORDS.c.rowid)
    with database.read() as snapshot:
        return [row.rowid for row in snapshot.rows(query, {"words": expression})]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ({"given_name": "mal"}, [1, 2]),
        ({"given_name": "am"}, [1]),
        ({"given_name": "n"}, [1]),
        ({"given_name": "mal noo"}, [1]),
        ({"given_name": "malnoo"}, []),
        ({"given_name": "mal", "surname": "had"}, [1]),
        ({"surname": 'o"h'}, [2]),
        ({"surname": '"'}, []),
        ({"given_name": "الز"}, []),
        ({"surname": "خطيب"}, [3]),
        ({"given_name": "amal* OR zay"}, []),
    ],
)
def test_each_column_holds_its_pattern(filled: Database, patterns: dict[str, str], expected: list[int]) -> None:
    assert _found(filled, contains_all(patterns)) == expected


def test_one_column_holds_one_of_the_patterns(filled: Database) -> None:
    assert _found(filled, contains_any(("given_name",), ("xyz", "sam"))) == [2]
    assert _found(filled, contains_any(("given_name", "surname"), ("had", "خطي"))) == [1, 3]


def test_what_is_taken_out_is_not_found(filled: Database) -> None:
    with filled.write() as transaction:
        transaction.run(PATIENT_WORDS.delete().where(PATIENT_WORDS.c.rowid == 1))
    assert _found(filled, contains_all({"given_name": "mal"})) == [2]


def test_one_column_holds_every_pattern(filled: Database) -> None:
    assert _found(filled, contains_each("given_name", ("ama", "noo"))) == [1]
    assert _found(filled, contains_each("given_name", ("ama", "zzz"))) == []


def test_one_column_holds_every_pattern_but_one(filled: Database) -> None:
    assert _found(filled, contains_most("given_name", ("ama", "noo", "zzz"))) == [1]
    assert _found(filled, contains_most("given_name", ("ama", "zzz"))) == [1, 2]
    assert _found(filled, contains_most("given_name", ("ama", "yyy", "zzz"))) == []
    assert _found(filled, contains_most("given_name", ("noo",))) == [1]


def test_many_pieces_become_one_that_finds_the_same(filled: Database) -> None:
    empty = dict.fromkeys(SEARCHED_COLUMNS, "")
    for number in range(4, 7):
        with filled.write() as transaction:
            transaction.run(PATIENT_WORDS.insert().values({**empty, "given_name": "samal", "rowid": number}))
    assert _pieces(filled) > 1
    with filled.write() as transaction:
        transaction.run(merge_some(PATIENT_WORDS))
    assert _pieces(filled) == 1
    assert _found(filled, contains_all({"given_name": "mal"})) == [1, 2, 4, 5, 6]


def _pieces(database: Database) -> int:
    with database.read() as snapshot:
        return int(snapshot.scalar(sa.text("SELECT count(DISTINCT segid) FROM patient_words_idx")))
