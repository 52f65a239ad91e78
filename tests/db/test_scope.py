"""Phones end with exactly the rows that their user may see, whatever becomes of clinics and permissions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.database import Database
from db.permissions import Flag, new_grant
from db.records import load_rows
from db.schema import RECORD_TABLES
from db.scope import EVERYTHING, PhoneScope, Scope, parse_scope, read_phone_scope, scope_of, write_phone_scope
from db.store import open_store
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import KEY, delete_row, put_rows
from tests.examples import examples
from tests.fakes.clock import AdjustableClock

CLINICS = ("north", "south")
PLACES = (*CLINICS, "")
SCOPED = ("patients", "visits", "events", "clinic_inventory")
USER = "nurse"
_VIEW = frozenset({Flag.VIEW_HISTORY})


class Hub:
    """A hub with two clinics, their patients, and one nurse."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.made = 0
        put_rows(database, "clinics", [{"id": clinic, "name": clinic} for clinic in CLINICS])

    def receive(self, scope: PhoneScope) -> None:
        with self.database.write() as transaction:
            write_phone_scope(transaction, scope)

    def allow(self, *clinics: str) -> None:
        """From now on the nurse may view these clinics, and no other."""
        rows = [
            new_grant(USER, clinic, _VIEW if clinic in clinics else frozenset()) | {"id": f"g-{clinic}"}
            for clinic in CLINICS
        ]
        put_rows(self.database, "user_clinic_permissions", rows)

    def add_patient(self, place: str) -> str:
        """A patient with a visit and an event; and stock of the place, if it is a clinic."""
        self.made += 1
        number = str(self.made)
        put_rows(self.database, "patients", [{"id": f"p{number}", "primary_clinic_id": place, "given_name": "Amal"}])
        put_rows(self.database, "visits", [{"id": f"v{number}", "patient_id": f"p{number}", "clinic_id": "north"}])
        put_rows(self.database, "events", [{"id": f"e{number}", "patient_id": f"p{number}", "visit_id": f"v{number}"}])
        if place:
            put_rows(self.database, "clinic_inventory", [{"id": f"i{number}", "clinic_id": place}])
        return f"p{number}"

    def change(self, patient: str, **columns: Any) -> None:
        with self.database.read() as snapshot:
            before = load_rows(snapshot, "patients", [patient])[patient]
        if not before.is_deleted:
            put_rows(self.database, "patients", [before.data | columns], frozenset(columns))

    def visible(self) -> dict[str, set[str]]:
        """What the nurse may see now, worked out row by row."""
        with self.database.read() as snapshot:
            scope = scope_of(snapshot, USER)
            rows = {
                table: load_rows(snapshot, table, [row.id for row in snapshot.rows(RECORD_TABLES[table].select())])
                for table in SCOPED
            }
        clinic_of = {row.record_id: row.data["primary_clinic_id"] for row in rows["patients"].values()}

        def is_seen(table: str, data: dict[str, Any]) -> bool:
            if table == "clinic_inventory":
                return scope.sees(data["clinic_id"])
            return scope.sees(clinic_of[data["id"] if table == "patients" else data["patient_id"]])

        return {
            table: {row.record_id for row in found.values() if not row.is_deleted and is_seen(table, row.data)}
            for table, found in rows.items()
        }


def held(phone: HoldingPhone) -> dict[str, set[str]]:
    return {table: phone.ids(table) for table in SCOPED}


@pytest.fixture
def hub(database: Database) -> Hub:
    made = Hub(database)
    made.receive(PhoneScope.VIEWABLE)
    made.allow("north")
    return made


def test_phones_receive_everything_unless_staff_choose_otherwise(database: Database) -> None:
    hub = Hub(database)
    with database.read() as snapshot:
        assert read_phone_scope(snapshot) is PhoneScope.ALL
        assert scope_of(snapshot, USER) == EVERYTHING
    hub.add_patient("south")
    phone = HoldingPhone(database, USER)
    phone.pull()
    assert phone.ids("patients") == {"p1"}


def test_a_scope_is_kept_with_a_pull_as_text() -> None:
    assert parse_scope(Scope(frozenset({"b", "a"})).text) == Scope(frozenset({"a", "b"}))
    assert parse_scope(EVERYTHING.text) == EVERYTHING
    assert parse_scope(Scope(frozenset()).text) != EVERYTHING


@pytest.mark.parametrize("client", [None, "c1"])
def test_a_first_pull_brings_the_clinics_that_may_be_viewed(hub: Hub, client: str | None) -> None:
    for place in PLACES:
        hub.add_patient(place)
    phone = HoldingPhone(hub.database, USER, client)
    phone.pull()
    assert held(phone) == hub.visible()
    assert phone.ids("patients") == {"p1", "p3"}
    assert phone.ids("clinics") == {"north", "south"}


@pytest.mark.parametrize("client", [None, "c1"])
def test_a_clinic_that_is_added_brings_its_old_records_as_new(hub: Hub, client: str | None) -> None:
    phone = HoldingPhone(hub.database, USER, client)
    hub.add_patient("south")
    phone.pull()
    hub.allow("north", "south")
    pulled = phone.pull()
    assert pulled.ids("patients", "created") == ["p1"]
    assert pulled.ids("events", "created") == ["e1"]
    assert held(phone) == hub.visible()
    assert phone.complaints == []


@pytest.mark.parametrize("client", [None, "c1"])
def test_a_clinic_that_is_taken_away_takes_its_records_along(hub: Hub, client: str | None) -> None:
    phone = HoldingPhone(hub.database, USER, client)
    hub.allow("north", "south")
    hub.add_patient("south")
    phone.pull()
    hub.allow("north")
    pulled = phone.pull()
    assert pulled.ids("patients", "deleted") == ["p1"]
    assert held(phone) == hub.visible()
    assert phone.pull().changes == {}
    with hub.database.read() as snapshot:
        assert not load_rows(snapshot, "patients", ["p1"])["p1"].is_deleted


def test_what_a_phone_of_hub_mode_hides_is_never_sent_to_it_as_new(hub: Hub) -> None:
    phone = HoldingPhone(hub.database, USER, "c1")
    hub.allow("north", "south")
    hub.add_patient("south")
    phone.pull()
    hub.allow("north")
    phone.pull()
    hub.allow("north", "south")
    pulled = phone.pull()
    assert pulled.ids("patients", "updated") == ["p1"]
    again = HoldingPhone(hub.database, USER, "c1")  # the app's data was cleared: it begins anew
    again.pull()
    assert held(again) == hub.visible()
    hub.change("p1", given_name="Noor")
    again.pull()
    assert again.rows["patients", "p1"]["given_name"] == "Noor"


@pytest.mark.parametrize("client", [None, "c1"])
def test_a_patient_who_moves_to_another_clinic_comes_and_goes_with_all_records(hub: Hub, client: str | None) -> None:
    phone = HoldingPhone(hub.database, USER, client)
    patient = hub.add_patient("north")
    phone.pull()
    hub.change(patient, primary_clinic_id="south")
    phone.pull()
    assert held(phone) == hub.visible()
    assert phone.ids("events") == set()
    newcomer = hub.add_patient("south")
    phone.pull()
    hub.change(newcomer, primary_clinic_id="north")
    pulled = phone.pull()
    assert pulled.ids("visits", "created") == ["v2"]
    assert held(phone) == hub.visible()
    assert phone.complaints == []


@pytest.mark.parametrize("client", [None, "c1"])
def test_switching_the_setting_takes_effect_at_the_next_sync(hub: Hub, client: str | None) -> None:
    hub.receive(PhoneScope.ALL)
    phone = HoldingPhone(hub.database, USER, client)
    for place in PLACES:
        hub.add_patient(place)
    phone.pull()
    hub.receive(PhoneScope.VIEWABLE)
    phone.pull()
    assert held(phone) == hub.visible()
    assert phone.ids("patients") == {"p1", "p3"}
    assert phone.ids("clinic_inventory") == {"i1"}


@pytest.mark.parametrize("client", [None, "c1"])
def test_a_lost_answer_loses_no_change_of_scope(hub: Hub, client: str | None) -> None:
    phone = HoldingPhone(hub.database, USER, client)
    hub.add_patient("north")
    hub.add_patient("south")
    phone.pull()
    hub.allow("south")
    phone.pull(is_lost=True)
    phone.pull()
    assert held(phone) == hub.visible()


def test_somebody_else_who_signs_in_on_a_phone_sees_their_own_clinics(hub: Hub) -> None:
    for place in PLACES:
        hub.add_patient(place)
    phone = HoldingPhone(hub.database, USER, "c1")
    phone.pull()
    phone.user = "guest"
    phone.pull()
    assert phone.ids("patients") == {"p3"}


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(PLACES)),
        st.tuples(st.just("move"), st.integers(0, 5), st.sampled_from(PLACES)),
        st.tuples(st.just("edit"), st.integers(0, 5), st.sampled_from("abc")),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("allow"), st.sets(st.sampled_from(CLINICS))),
        st.tuples(st.just("receive"), st.sampled_from(PhoneScope)),
        st.tuples(st.just("pull"), st.booleans(), st.booleans()),
    ),
    max_size=14,
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_phones_end_with_exactly_what_may_be_seen(
    made_folder: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Any]
) -> None:
    folder: Path = tmp_path_factory.mktemp("hub")
    shutil.copytree(made_folder, folder, dirs_exist_ok=True)
    store = open_store(folder, KEY, AdjustableClock())
    hub = Hub(store.database)
    phones = [HoldingPhone(store.database, USER), HoldingPhone(store.database, USER, "c1")]
    for name, *values in steps:
        if name == "add":
            hub.add_patient(values[0])
        elif name == "allow":
            hub.allow(*values[0])
        elif name == "receive":
            hub.receive(values[0])
        elif name == "pull":
            phones[values[0]].pull(is_lost=values[1])
        elif hub.made and (patient := f"p{values[0] % hub.made + 1}"):
            if name == "delete":
                delete_row(store.database, "patients", patient)
            elif name == "move":
                hub.change(patient, primary_clinic_id=values[1])
            else:
                hub.change(patient, given_name=values[1])
    for phone in phones:
        phone.pull()
        gone = {table: {key[1] for key in phone.hidden if key[0] == table} for table in SCOPED}
        assert held(phone) == {table: ids - gone[table] for table, ids in hub.visible().items()}
        assert phone.pull().changes == {}
    library = phones[0]
    assert library.complaints == []
    with store.database.read() as snapshot:
        for (table, record_id), row in library.rows.items():
            assert load_rows(snapshot, table, [record_id])[record_id].data == row
    store.close()
