"""Which patients a list, a search and a look for like names give, in which order, and whom they hide."""

from __future__ import annotations

from typing import Any

import pytest

from db.database import Database
from db.patient_numbers import OTHERS
from db.patient_search import MANY_CLINICS, Visible, has_government_id, list_patients, search_patients, similar_patients
from tests.db.rows import put_rows

NORTH = Visible(frozenset({"north"}))


def _patient(record_id: str, given_name: str = "Amal", surname: str = "Haddad", **columns: Any) -> dict[str, Any]:
    usual = {"updated_at": 1, "primary_clinic_id": "north"}
    return {"id": record_id, "given_name": given_name, "surname": surname, **usual, **columns}


@pytest.fixture(autouse=True)
def _people(database: Database) -> None:
    put_rows(database, "clinics", [{"id": "north", "name": "North"}, {"id": "south", "name": "South"}])
    rows = [
        _patient("p1", "أحمد", "الخطيب", updated_at=5, sex="male", phone="0712 345", government_id="G-77"),
        _patient("p2", "Amal", 'O"Hara', updated_at=9, sex="female", primary_clinic_id=None),
        _patient("p3", "Samal", "Haddad", updated_at=7, sex="female", primary_clinic_id="south"),
        _patient("p4", "Amal Noor", "Hadad", updated_at=5, sex="male", camp="Camp 3", date_of_birth="1990-02-28"),
    ]
    put_rows(database, "patients", rows)


def _found(database: Database, visible: Visible = NORTH, **filters: str) -> list[str]:
    page = search_patients(database, visible, filters, 100, 0)
    assert page.total == len(page.rows)
    return [row["id"] for row in page.rows]


def test_a_list_is_newest_first_then_by_id_and_hides_other_clinics(database: Database) -> None:
    page = list_patients(database, NORTH, 2, 0)
    assert ([row["id"] for row in page.rows], page.total) == (["p2", "p1"], 3)
    rest = list_patients(database, NORTH, 2, 2)
    assert ([row["id"] for row in rest.rows], rest.total) == (["p4"], 3)
    assert list_patients(database, NORTH, 2, 4).rows == []


def test_a_list_over_more_clinics_than_one_query_can_join_is_in_the_same_order(database: Database) -> None:
    few = list_patients(database, NORTH, 100, 0)
    clinics = [f"c{number}" for number in range(MANY_CLINICS + 1)]
    put_rows(database, "clinics", [{"id": clinic, "name": clinic} for clinic in clinics])
    put_rows(database, "patients", [_patient(clinic, primary_clinic_id=clinic, updated_at=0) for clinic in clinics])
    many = list_patients(database, Visible(frozenset({"north", *clinics})), 1000, 0)
    assert [row["id"] for row in many.rows] == [*(row["id"] for row in few.rows), *sorted(clinics)]
    assert many.total == len(many.rows)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"given_name": "mal"}, ["p2", "p4"]),
        ({"given_name": "AMAL NO"}, ["p4"]),
        ({"given_name": "am"}, ["p2", "p4"]),  # one or two letters: the beginning of a word
        ({"given_name": "n"}, ["p4"]),
        ({"given_name": "احم"}, ["p1"]),
        ({"surname": 'o"h'}, ["p2"]),
        ({"surname": "hada", "sex": "m"}, ["p4"]),
        ({"sex": "male"}, ["p1", "p4"]),
        ({"phone": "345"}, ["p1"]),
        ({"date_of_birth": "1990-02"}, ["p4"]),
        ({"camp": "camp 3"}, ["p4"]),
        ({"government_id": "g-77"}, ["p1"]),
        ({"id": "P4"}, ["p4"]),
        ({"primary_clinic_id": "south"}, []),
        ({"primary_clinic_id": "north"}, ["p1", "p4"]),
        ({"given_name": "", "surname": " "}, ["p2", "p1", "p4"]),
        ({"nothing_known": "x"}, []),
        ({"given_name": "haddad"}, []),  # in another column
        ({"given_name": 'x" OR surname : "had'}, []),
        ({"given_name": "a* NOT b"}, []),
    ],
)
def test_a_search_finds(database: Database, filters: dict[str, str], expected: list[str]) -> None:
    assert _found(database, **filters) == expected


def test_a_search_comes_in_pages_with_the_whole_number(database: Database) -> None:
    page = search_patients(database, NORTH, {"given_name": "amal"}, 1, 1)
    assert ([row["id"] for row in page.rows], page.total) == (["p4"], 2)
    beyond = search_patients(database, NORTH, {"given_name": "amal"}, 1, 7)
    assert (beyond.rows, beyond.total) == ([], 2)


def test_like_names_come_the_most_alike_first_and_hide_other_clinics(database: Database) -> None:
    assert [row["id"] for row in similar_patients(database, NORTH, "Amal", "Haddad", 2)] == ["p2", "p4"]
    south = Visible(frozenset({"north", "south"}))
    assert [row["id"] for row in similar_patients(database, south, "Amel", "Hadad", 10)][:2] == ["p3", "p4"]
    assert [row["id"] for row in similar_patients(database, NORTH, "احمد", "", 10)] == ["p1"]
    assert similar_patients(database, NORTH, " ", "", 10) == []


@pytest.mark.parametrize(
    ("given_name", "surname"),
    [
        ("Khadija", "Rodriguez"),
        ("Kadija", "Rodrigues"),
        ("Khadijah", "Rodriquez"),
        ("Xhadija", "Rodrigue"),
        ("", "rodri"),
    ],
)
def test_a_name_with_a_wrong_letter_is_found_among_many_others(
    database: Database, given_name: str, surname: str
) -> None:
    others = [_patient(f"o{number}", f"Kha{number}", f"Guez{number}") for number in range(120)]
    put_rows(database, "patients", [_patient("wanted", "Khadija", "Rodriguez"), *others])
    assert similar_patients(database, NORTH, given_name, surname, 1)[0]["id"] == "wanted"


def test_a_government_id_is_known_at_whichever_clinic(database: Database) -> None:
    put_rows(database, "patients", [_patient("p5", government_id="S 1", primary_clinic_id="south")])
    assert has_government_id(database, " s 1")
    assert has_government_id(database, "G-77")
    assert not has_government_id(database, "G-7")
    assert not has_government_id(database, "")


def test_a_search_hides_clinics_however_many_there_are(database: Database) -> None:
    clinics = [f"c{number:03}" for number in range(OTHERS + 20)]
    put_rows(database, "clinics", [{"id": clinic, "name": clinic} for clinic in clinics])
    put_rows(database, "patients", [_patient(clinic, "Zahra", primary_clinic_id=clinic) for clinic in clinics])
    seen = [*clinics[:3], *clinics[-3:]]
    visible = Visible(frozenset(seen))
    assert sorted(_found(database, visible, given_name="zahra")) == seen
    alike = similar_patients(database, visible, "Zahra", "Haddad", 100)
    assert [row["id"] for row in alike if row["given_name"] == "Zahra"] == seen
    assert _found(database, visible, given_name="zahra", primary_clinic_id=clinics[-1]) == [clinics[-1]]
