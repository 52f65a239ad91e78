"""Several phones of both styles, lost replies, retries, restarts, clock jumps, in any order: all of them converge.

Knows nothing of how the server does it. HIKMA_LONG=1 looks for minutes instead of seconds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.examples import IS_LONG, examples
from tests.fakes.clock import DAY_MS, HOUR_MS, YEAR_MS
from tests.sync.clinic_server import STAFF, Lost, make_template
from tests.sync.first_generation_phone import FirstGenerationPhone
from tests.sync.library_phone import LibraryPhone, Route
from tests.sync.phone_tables import PhoneSchema, Row, RowKey
from tests.sync.world import AnyPhone, Carried, World
from web.i18n import Catalogue, load_catalogue

CLOUD_STYLE = Route("/api/v2/sync", "last_pulled_at", says_schema=True)
LOCAL_STYLE = Route("/sync", "lastPulledAt", says_schema=True)
SILENT_STYLE = Route("/sync", "lastPulledAt", says_schema=False)
KINDS = ("newest", "newest on the local path", "older", "silent", "first generation", "oldest")
NEWEST = 9

EDITS: dict[str, dict[str, tuple[object, ...]]] = {
    "patients": {
        "given_name": ("Amal", "Badr", "Dima"),
        "phone": ("1", "2", "3"),
        "date_of_birth": ("1980-02-29", "2001-12-01", ""),
    },
    "visits": {"provider_name": ("Nour", "Dana"), "check_in_timestamp": (1, 2.5, 3)},
    "events": {"event_type": ("vitals", "note"), "form_data": ("[]", '[{"a":1}]'), "visit_id": ("", "nowhere")},
    "patient_vitals": {"heart_rate": (None, 70, 71.5), "bp_position": (None, "sitting")},
    "clinic_departments": {"name": ("Pharmacy", "Lab"), "can_perform_labs": (True, False)},
}
JUMPS = {
    "a year back": -YEAR_MS,
    "a day back": -DAY_MS,
    "an hour back": -HOUR_MS,
    "an hour ahead": HOUR_MS,
    "a day ahead": DAY_MS,
    "a year ahead": YEAR_MS,
}
FATES = st.sampled_from(["answered", "reply lost", "lost", "sent twice", "sent twice, reply lost"])
NUMBERS = st.integers(0, 63)


def make_phone(kind: str, name: str, user: str) -> AnyPhone:
    if kind == "first generation":
        return FirstGenerationPhone(name, user, PhoneSchema(8))
    if kind == "oldest":
        return FirstGenerationPhone(name, user, PhoneSchema(4))
    schema, route = {
        "newest": (NEWEST, CLOUD_STYLE),
        "newest on the local path": (NEWEST, LOCAL_STYLE),
        "older": (6, CLOUD_STYLE),
        "silent": (4, SILENT_STYLE),
    }[kind]
    return LibraryPhone(name, user, PhoneSchema(schema), route)


class ClinicMachine(RuleBasedStateMachine):
    """One example is the life of a clinic."""

    template: Path
    catalogue: Catalogue

    def __init__(self) -> None:
        super().__init__()
        self.world = World.begin(self.template, Path(tempfile.mkdtemp(prefix="clinic-")), self.catalogue)
        self.made = 0

    @initialize(
        kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=4),
        users=st.lists(st.sampled_from(STAFF), min_size=4, max_size=4),
        clock_errors=st.lists(st.sampled_from([0, 0, -HOUR_MS, HOUR_MS]), min_size=4, max_size=4),
    )
    def hand_out_phones(self, kinds: list[str], users: list[str], clock_errors: list[int]) -> None:
        for number, kind in enumerate(kinds):
            phone = make_phone(kind, f"{kind} {number}", users[number])
            self.world.phones.append(Carried(phone, clock_errors[number]))

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.world.settle()
                self.world.check()
        finally:
            self.world.server.close()

    def _phone(self, number: int) -> Carried:
        return self.world.phones[number % len(self.world.phones)]

    def _key(self, phone: AnyPhone, number: int) -> RowKey | None:
        """A record that the app shows."""
        keys = sorted(key for key, row in phone.rows.items() if key[0] in EDITS and row["is_deleted"] is not True)
        return keys[number % len(keys)] if keys else None

    @rule(who=NUMBERS, what=NUMBERS, parent=NUMBERS, values=NUMBERS)
    def create(self, who: int, what: int, parent: int, values: int) -> None:
        carried = self._phone(who)
        phone = carried.phone
        known = PhoneSchema(4).tables if isinstance(phone, FirstGenerationPhone) else phone.schema.tables
        tables = [table for table in EDITS if table in known]
        table = tables[what % len(tables)]
        self.made += 1
        row: Row = {name: choices[values % len(choices)] for name, choices in EDITS[table].items()}
        row |= self._parents(phone, table, parent)
        self.world.pass_time()
        carried.create((table, f"{table}-{self.made}"), row, self.world.now(carried))

    def _parents(self, phone: AnyPhone, table: str, number: int) -> Row:
        columns = {
            name: column.name
            for column in phone.schema.tables[table]
            for name in ("patient_id", "visit_id")
            if column.name == name
        }
        parents: Row = {}
        for column in columns:
            ids = sorted(
                key[1] for key in phone.rows if key[0] == {"patient_id": "patients", "visit_id": "visits"}[column]
            )
            parents[column] = ids[number % len(ids)] if ids else ""
        return parents

    @rule(who=NUMBERS, which=NUMBERS, column=NUMBERS, value=NUMBERS)
    def edit(self, who: int, which: int, column: int, value: int) -> None:
        carried = self._phone(who)
        if (key := self._key(carried.phone, which)) is not None:
            columns = sorted(EDITS[key[0]])
            name = columns[column % len(columns)]
            choices = EDITS[key[0]][name]
            self.world.pass_time()
            carried.edit(key, {name: choices[value % len(choices)]}, self.world.now(carried))

    @rule(who=NUMBERS, which=NUMBERS)
    def soft_delete(self, who: int, which: int) -> None:
        """As the app's own code deletes."""
        carried = self._phone(who)
        if (key := self._key(carried.phone, which)) is not None:
            self.world.pass_time()
            now = self.world.now(carried)
            carried.edit(key, {"is_deleted": True, "deleted_at": now}, now)

    @rule(who=NUMBERS, which=NUMBERS)
    def delete(self, who: int, which: int) -> None:
        """As the library deletes. Phones of the first generation never tell anybody of it (PROTOCOL §6)."""
        phone = self._phone(who).phone
        if isinstance(phone, LibraryPhone) and (key := self._key(phone, which)) is not None:
            phone.delete(key)

    @rule(who=NUMBERS)
    def sync(self, who: int) -> None:
        carried = self._phone(who)
        if carried.push is None:
            self.world.pull(carried)
        self.world.push(carried)

    @rule(first=NUMBERS, second=NUMBERS)
    def two_sync(self, first: int, second: int) -> None:
        """The second phone does a whole sync between the first one's pull and its push."""
        if self._phone(first) is not self._phone(second):
            self.begin_sync(first, None)
            self.sync(second)
            self.sync(first)

    @rule(who=NUMBERS, which=NUMBERS, column=NUMBERS, value=NUMBERS, fate=FATES)
    def edit_and_sync(self, who: int, which: int, column: int, value: int, fate: str) -> None:
        self.edit(who, which, column, value)
        self.begin_sync(who, None)
        self.end_sync(who, fate)

    @rule(who=NUMBERS, lost=st.sampled_from([None, None, "reply", "middle"]))
    def begin_sync(self, who: int, lost: Lost | None) -> None:
        carried = self._phone(who)
        if carried.push is None:
            self.world.pull(carried, lost)

    @rule(who=NUMBERS, fate=FATES)
    def end_sync(self, who: int, fate: str) -> None:
        self.world.push(
            self._phone(who),
            arrives=fate != "lost",
            is_answered="reply lost" not in fate,
            times=2 if "twice" in fate else 1,
        )

    @rule(which=NUMBERS)
    def stray_push_arrives(self, which: int) -> None:
        self.world.stray_arrives(which)

    @rule(who=NUMBERS, user=st.sampled_from(STAFF))
    def somebody_else_signs_in(self, who: int, user: str) -> None:
        carried = self._phone(who)
        if carried.push is None:
            carried.phone.user = user

    @rule(who=NUMBERS)
    def upgrade_app(self, who: int) -> None:
        carried = self._phone(who)
        phone = carried.phone
        if isinstance(phone, LibraryPhone) and phone.route.says_schema and carried.push is None:
            phone.upgrade(PhoneSchema(NEWEST))

    @rule(what=st.sampled_from(["restart", "power", *JUMPS]), hours=st.integers(0, 48))
    def misfortune(self, what: str, hours: int) -> None:
        """The program is stopped and started, loses power, or somebody sets the computer's clock. Time passes."""
        self.world.pass_time(hours * HOUR_MS)
        if what == "restart":
            self.world.server.restart()
        elif what == "power":
            self.world.server.lose_power()
        else:
            self.world.clock.jump(JUMPS[what])

    @rule(which=NUMBERS)
    def staff_restore_a_version(self, which: int) -> None:
        if versions := self.world.restorable():
            self.world.restore(*versions[which % len(versions)])

    @precondition(lambda self: self.world.phones)
    @rule()
    def everybody_syncs_in_peace(self) -> None:
        self.world.settle()
        self.world.check()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template") / "data")


def test_phones_and_server_converge_whatever_happens(template: Path) -> None:
    ClinicMachine.template = template
    ClinicMachine.catalogue = load_catalogue()
    run_state_machine_as_test(
        ClinicMachine,
        settings=settings(
            max_examples=examples(12, 3_000),
            stateful_step_count=60 if IS_LONG else 40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            phases=(Phase.explicit, Phase.generate) if IS_LONG else tuple(Phase),
        ),
    )
