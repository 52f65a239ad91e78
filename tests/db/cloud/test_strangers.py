"""Staff and clinics made here before there was a cloud, and what stands for them there (CLOUD §4)."""

from __future__ import annotations

from db.cloud.strangers import find_strangers, local_doubles
from db.database import Database
from tests.db.cloud.exchange import CLINIC, arrive, new_id
from tests.db.rows import put_rows


def test_an_account_is_the_one_with_the_same_address_and_a_clinic_the_one_with_the_same_name(
    database: Database,
) -> None:
    theirs, same = new_id(), new_id()
    put_rows(database, "users", [{"id": "u1", "email": " Nour@Example.org"}, {"id": "u2", "email": "x@y"}])
    put_rows(database, "clinics", [{"id": "c1", "name": "al noor "}, {"id": "c2", "name": "Elsewhere"}])
    arrive(database, "users", {"id": theirs, "email": "nour@example.org"})
    arrive(database, "clinics", {"id": same, "name": "Al Noor"}, {"id": CLINIC, "name": "North"})
    with database.read() as snapshot:
        strangers = find_strangers(snapshot, CLINIC)
        assert local_doubles(snapshot) == ["u1"]
    assert strangers.users == {"u1": theirs, "u2": ""}
    assert strangers.clinics == {"c1": same, "c2": CLINIC}
    assert strangers.unknown_users == {"u2"}
