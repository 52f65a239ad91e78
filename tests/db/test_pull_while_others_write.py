"""Phones that pull while others write without a pause miss no row, and get none as new twice (DESIGN §4)."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from db.database import Database
from tests.db.caller import Caller, Pulled, Row, patient
from tests.db.rows import delete_row, put_rows
from tests.polling import eventually

ROUNDS = 40
MOST_RECORDS = 400


class Clinic:
    """Somebody at the computer: adds, edits and deletes patients, and knows which there are."""

    def __init__(self, database: Database, name: str, seed: int) -> None:
        self.alive: dict[str, Row] = {}
        self.transactions = 0
        self._database = database
        self._name = name
        self._made = 0
        self._random = random.Random(seed)

    def change(self) -> None:
        """One transaction."""
        choice = self._random.random()
        if self.alive and choice < 0.2:
            record_id = self._random.choice(list(self.alive))
            delete_row(self._database, "patients", record_id)
            del self.alive[record_id]
        elif self.alive and (choice < 0.6 or self._made >= MOST_RECORDS):
            record_id = self._random.choice(list(self.alive))
            self._put([patient(record_id, phone=str(self._random.random()))])
        else:
            new = range(self._made, self._made + self._random.randint(1, 4))
            self._made = new.stop
            self._put([patient(f"{self._name}{number}") for number in new])
        self.transactions += 1

    def _put(self, rows: list[Row]) -> None:
        put_rows(self._database, "patients", rows)
        self.alive |= {row["id"]: row for row in rows}


class Holder(Caller):
    """A phone that keeps what it is sent, and complains about what cannot be."""

    def __init__(self, database: Database, schema: int | None = 9) -> None:
        super().__init__(database, schema=schema)
        self.rows: dict[str, Row] = {}

    def take(self, pulled: Pulled) -> None:
        lists = pulled.changes.get("patients", {"created": [], "updated": [], "deleted": []})
        for row in lists["created"]:
            assert row["id"] not in self.rows, "created, but it is here"
            self.rows[row["id"]] = row
        for row in lists["updated"]:
            assert row["id"] in self.rows, "updated, but it never came"
            self.rows[row["id"]] = row
        gone = pulled.ids("patients", "deleted")
        for record_id in gone:
            self.rows.pop(record_id, None)
        named = [row["id"] for row in lists["created"] + lists["updated"]] + gone
        assert len(named) == len(set(named)), "an id in two lists"


@contextmanager
def busy(change: Callable[[], None]) -> Iterator[None]:
    """Runs ``change`` without a pause until the block ends; what it raised is raised here."""
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            change()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(go_on)
        try:
            yield
        finally:
            stop.set()
        working.result(timeout=60)


@pytest.mark.parametrize("schema", [9, None], ids=["library style", "first generation"])
def test_a_phone_ends_with_exactly_what_is_stored(database: Database, schema: int | None) -> None:
    clinic = Clinic(database, "p", seed=1)
    phone = Holder(database, schema)
    with busy(clinic.change):
        for number in range(ROUNDS):
            before = clinic.transactions
            eventually(lambda: clinic.transactions > before)  # noqa: B023 - asked for at once
            if schema is None:
                phone.take(phone.sync_as_first_generation())
            else:
                if number == ROUNDS // 4:
                    phone.rows, phone.mark = {}, 0  # it was wiped
                if number == ROUNDS // 2:
                    phone.pull(is_lost=True)
                phone.take(phone.pull())
    phone.take(phone.pull())
    assert phone.rows == clinic.alive
    assert clinic.transactions >= ROUNDS


def test_two_phones_and_two_writers_agree_in_the_end(database: Database) -> None:
    clinics = [Clinic(database, name, seed) for seed, name in enumerate("ab")]
    holders = [Holder(database), Holder(database)]
    with busy(clinics[0].change), busy(clinics[1].change):
        for number in range(ROUNDS // 2):
            for index, phone in enumerate(holders):
                phone.take(phone.pull())
                own = patient(f"phone{index}-{number}")
                phone.push_created("patients", own)
                phone.rows[own["id"]] = own
    for phone in holders:
        phone.take(phone.pull())
    made = {f"phone{index}-{number}" for index in range(2) for number in range(ROUNDS // 2)}
    assert holders[0].rows == holders[1].rows
    assert holders[0].rows.keys() == clinics[0].alive.keys() | clinics[1].alive.keys() | made
