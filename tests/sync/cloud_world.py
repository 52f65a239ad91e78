"""Clinic computers and their cloud in a bad week: edits, faults, kills, clocks; and what must be true at the end.

Knows nothing of what happens when: the state machine decides (test_cloud_convergence.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from db.cloud.aside import list_aside
from db.cloud.wire import RowReader, differences
from db.errors import HubError
from db.schema import RECORD_HISTORY, RECORD_TABLES
from tests.fakes.clock import DAY_MS, AdjustableClock
from tests.fakes.cloud import Cloud
from tests.fakes.cloud.organisation import CLINIC_A, EVENT_FORM, PROVIDER
from tests.kiosk.cloud.computer import Computer, new_id, patient

BEGIN_MS = 1_795_356_453_915
KEYS = tuple(f"hh_{number}" + "0123456789abcdef" * 4 for number in range(2))
KIND_OF_ATTRIBUTE = "22222222-0000-4000-8000-000000000009"
ATTRIBUTES = "patient_additional_attributes"
COLUMNS = {
    "patients": "phone",
    "visits": "provider_name",
    "events": "event_type",
    ATTRIBUTES: "string_value",
    "prescriptions": "notes",
}
"""What is edited; each value is given once, so that it can be told where it came from."""
SECOND_COLUMNS = {"patients": "hometown"}
LONG_ENOUGH_MS = 2 * DAY_MS


class Killed(BaseException):
    """The process ends here."""


class Trap:
    """A checkpoint that kills at the n-th point that is come by; 0: never."""

    def __init__(self) -> None:
        self.countdown = 0

    def __call__(self, name: str) -> None:
        if self.countdown:
            self.countdown -= 1
            if not self.countdown:
                raise Killed(name)


@dataclass(frozen=True)
class Edit:
    """An edit of a phone that a computer has acknowledged."""

    table: str
    record_id: str
    column: str
    value: str


@dataclass
class Site:
    """A computer, and what was acknowledged by it."""

    computer: Computer
    trap: Trap
    edits: list[Edit]


class CloudWorld:
    """All of it. Computers and the cloud have clocks of their own that pass alike and may be set apart."""

    def __init__(self, cloud: Cloud, cloud_clock: AdjustableClock, folder: Path, count: int) -> None:
        self.cloud = cloud
        self.cloud_clock = cloud_clock
        self.patients: list[str] = []
        self.records: list[tuple[str, str]] = []
        self._serial = 0
        cloud.change(is_rate_limited=False)
        self.sites = [self._site(folder / str(number), KEYS[number]) for number in range(count)]

    def _site(self, folder: Path, key: str) -> Site:
        self.cloud.seed_device(key, [CLINIC_A])
        trap = Trap()
        computer = Computer(folder, AdjustableClock(BEGIN_MS), checkpoint=trap)
        computer.enrol(self.cloud, key)
        computer.sync()
        return Site(computer, trap, [])

    def close(self) -> None:
        for site in self.sites:
            site.computer.close()

    def wait(self, duration_ms: int) -> None:
        """Time passes everywhere."""
        for site in self.sites:
            site.computer.clock.advance(duration_ms)
        self.cloud_clock.advance(duration_ms)

    # Phones

    def new_patient(self, site: Site) -> None:
        self._put(site, "patients", new_id(), patient(phone=self._value()))

    def new_record(self, site: Site, table: str, which: int) -> None:
        """A record of a patient that this computer knows."""
        patient_id = self._pick([each for each in self.patients if site.computer.row("patients", each)], which)
        if patient_id is None:
            return
        row: dict[str, Any] = {"patient_id": patient_id, COLUMNS[table]: self._value()}
        if table in ("events", "prescriptions"):
            visits = [each for name, each in self.records if name == "visits"]
            here = [
                each for each in visits if (site.computer.row("visits", each) or {}).get("patient_id") == patient_id
            ]
            row["visit_id"] = here[0] if here else None
        self._put(site, table, new_id(), row | self._extra(table))

    def edit(self, site: Site, which: int) -> None:
        known = [each for each in self.records if site.computer.row(*each)]
        found = self._pick(known, which)
        if found is not None:
            table, record_id = found
            column = SECOND_COLUMNS.get(table, COLUMNS[table]) if which % 3 == 0 else COLUMNS[table]
            self._put(site, table, record_id, {column: self._value()})

    def delete(self, site: Site, which: int) -> None:
        found = self._pick([each for each in self.records if site.computer.row(*each)], which)
        if found is not None:
            site.computer.delete(*found)

    def _put(self, site: Site, table: str, record_id: str, row: dict[str, Any]) -> None:
        site.computer.put(table, {**row, "id": record_id})
        self.wait(10)
        columns = {COLUMNS[table], SECOND_COLUMNS.get(table, "")} & row.keys()
        site.edits += [Edit(table, record_id, column, str(row[column])) for column in columns]
        self._remember(table, record_id)

    # Others, in the cloud

    def cloud_new(self, table: str, which: int) -> None:
        """Somebody else adds a record there."""
        record_id = new_id()
        row: dict[str, Any] = {"id": record_id, COLUMNS[table]: self._value()}
        if table == "patients":
            row = patient(**row)
        else:
            patient_id = self._pick([row["id"] for row in self.cloud.live("patients")], which)
            if patient_id is None:
                return
            if table == ATTRIBUTES and self._attributes_of(self.cloud.rows(ATTRIBUTES), patient_id):
                return
            row |= {"patient_id": patient_id} | self._extra(table)
        self.cloud.seed(table, row)
        self._remember(table, record_id)

    def cloud_edit(self, which: int) -> None:
        found = self._pick(self._live_there(), which)
        if found is not None:
            self.cloud.edit(*found, **{COLUMNS[found[0]]: self._value()})

    def cloud_delete(self, which: int) -> None:
        found = self._pick(self._live_there(), which)
        if found is not None:
            self.cloud.delete(*found)

    def _live_there(self) -> list[tuple[str, str]]:
        living = {(table, row["id"]) for table in COLUMNS for row in self.cloud.live(table)}
        return [each for each in self.records if each in living]

    # Rounds

    def round(self, site: Site) -> str:
        """A round that may fail; what came of it."""
        self.wait(1_000)
        try:
            site.computer.service.run_round()
        except HubError as failure:
            return failure.code
        except Killed as death:
            site.computer.restart()
            return f"killed: {death}"
        return "ok"

    # What must be true

    def heal(self) -> None:
        """All clocks are right, nothing fails any more, and enough time passes for a full pull."""
        self.cloud.heal()
        self.cloud.go_online()
        self.cloud.change(is_database_down=False, commit_delay_ms=0)
        self.cloud.apply_late_pushes()
        latest = max([self.cloud_clock.now_ms(), *(site.computer.clock.now_ms() for site in self.sites)])
        for clock in (self.cloud_clock, *(site.computer.clock for site in self.sites)):
            clock.jump(latest - clock.now_ms() + LONG_ENOUGH_MS)
        for _ in range(5):
            for site in self.sites:
                site.trap.countdown = 0
                assert self.round(site) == "ok"
                self.wait(70_000)

    def check(self) -> None:
        """Everything that must hold once all has healed."""
        for site in self.sites:
            self._check_agreement(site)
            self._check_nothing_lost(site)
            self._check_nothing_twice(site)
        before = [site.computer.last_stamp for site in self.sites]
        for site in self.sites:
            assert self.round(site) == "ok"
        assert [site.computer.last_stamp for site in self.sites] == before

    def _check_agreement(self, site: Site) -> None:
        aside = self._aside(site)
        waiting = site.computer.waiting()
        assert waiting <= aside, f"waits without a reason: {waiting - aside}"
        for table in COLUMNS:
            here = self._living_here(site, table)
            reader = RowReader(table)
            rows = [sent for row in self.cloud.live(table) if (sent := reader.recognise(row)) is not None]
            there = {sent.record_id: reader.read(sent) for sent in rows}
            for record_id in (here.keys() | there.keys()) - {each for _, each in aside}:
                assert record_id in here, f"{table} {record_id}: only in the cloud"
                assert record_id in there, f"{table} {record_id}: only here"
                row = there[record_id]
                assert differences(table, here[record_id], row.data) == frozenset(), (table, here[record_id], row.data)

    def _check_nothing_lost(self, site: Site) -> None:
        kept = self._kept_values(site)
        for edit in site.edits:
            assert edit.value in kept, f"lost: {edit}"

    def _check_nothing_twice(self, site: Site) -> None:
        for table in COLUMNS:
            ids = [row["id"] for row in self.cloud.live(table)]
            assert len(ids) == len(set(ids))
            known = {record_id for name, record_id in self.records if name == table}
            if table != "visits":  # those that records without one need are made by the first computer that sends them
                assert set(ids) <= known, f"{table}: nobody made {set(ids) - known}"
        kinds = [(row["patient_id"], row["attribute_id"]) for row in self._living_here(site, ATTRIBUTES).values()]
        assert len(kinds) == len(set(kinds))

    def _living_here(self, site: Site, table: str) -> dict[str, dict[str, Any]]:
        rows = RECORD_TABLES[table]
        with site.computer.database.read() as snapshot:
            query = sa.select(rows.c.id).where(rows.c.local_server_deleted_at.is_(None))
            ids = [row.id for row in snapshot.rows(query)]
        return {each: found for each in ids if (found := site.computer.row(table, each)) is not None}

    def _kept_values(self, site: Site) -> set[str]:
        """Every value of an edited column that this computer has: current, or in the history."""
        with site.computer.database.read() as snapshot:
            texts = [row.data for row in snapshot.rows(sa.select(RECORD_HISTORY.c.data))]
        rows = [json.loads(text) for text in texts]
        rows += [row for table in COLUMNS for row in self._living_here(site, table).values()]
        names = {*COLUMNS.values(), *SECOND_COLUMNS.values()}
        return {str(row[name]) for row in rows for name in names if row.get(name)}

    def _aside(self, site: Site) -> set[tuple[str, str]]:
        with site.computer.database.read() as snapshot:
            return {(record.table, record.record_id) for record in list_aside(snapshot, 1000)}

    def _attributes_of(self, rows: list[dict[str, Any]], patient_id: str) -> list[dict[str, Any]]:
        return [row for row in rows if row["patient_id"] == patient_id]

    def _extra(self, table: str) -> dict[str, Any]:
        return {
            "visits": {"clinic_id": CLINIC_A, "provider_id": PROVIDER},
            "events": {"form_id": EVENT_FORM},
            ATTRIBUTES: {"attribute_id": KIND_OF_ATTRIBUTE, "attribute": "Language"},
            "prescriptions": {"provider_id": PROVIDER, "pickup_clinic_id": CLINIC_A},
        }[table]

    def _remember(self, table: str, record_id: str) -> None:
        if (table, record_id) not in self.records:
            self.records.append((table, record_id))
            if table == "patients":
                self.patients.append(record_id)

    def _value(self) -> str:
        self._serial += 1
        return f"value {self._serial}"

    def _pick(self, choices: list[Any], which: int) -> Any:
        return choices[which % len(choices)] if choices else None
