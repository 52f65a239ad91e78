"""A round that is killed at any of its named points is gone on with: nothing is lost, nothing is there twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import kiosk.cloud.round
from db.cloud.aside import AsideReason, list_aside
from tests.fakes.cloud import Cloud
from tests.fakes.cloud.organisation import CLINIC_A, CLINIC_B, EVENT_FORM, HUB, PROVIDER
from tests.kiosk.cloud.computer import Computer, patient, patients

POINTS = sorted(
    set(re.findall(r'checkpoint\("([^"]+)"\)', Path(kiosk.cloud.round.__file__).read_text(encoding="utf-8")))
)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Trap:
    """Kills at the first point of this name, or at the n-th of all; remembers what it came by."""

    name: str = ""
    countdown: int = 0
    seen: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        self.seen.append(name)
        self.countdown -= 1
        if name == self.name or self.countdown == 0:
            self.name = ""
            raise Killed(name)


@dataclass(frozen=True)
class Morning:
    """What waits to be exchanged in both directions, so that a round comes by all its points."""

    patient: str
    poison: str
    deleted: str
    events: tuple[str, ...]
    attribute: str


def begin_morning(computer: Computer, cloud: Cloud) -> Morning:
    first, deleted = computer.put("patients", patient(), patient())
    computer.sync()
    computer.clock.advance(100_000)
    (visit,) = computer.put("visits", {"patient_id": first, "clinic_id": CLINIC_A, "provider_id": PROVIDER})
    events = computer.put(
        "events",
        {"patient_id": first, "visit_id": visit, "form_id": EVENT_FORM},
        {"patient_id": first, "form_id": EVENT_FORM},
    )
    kind = {"patient_id": first, "attribute_id": "22222222-0000-4000-8000-000000000009"}
    computer.put("patient_additional_attributes", kind | {"string_value": "ours"})
    (attribute,) = cloud.seed("patient_additional_attributes", kind | {"string_value": "theirs"})
    computer.put("patients", {"id": first, "hometown": "Newtown"}, *patients(3))
    (poison,) = computer.put("patients", patient(sex="x" * 25))
    computer.delete("patients", deleted)
    cloud.edit("patients", first, phone="0700")
    cloud.edit("devices", HUB, clinic_ids=[CLINIC_A, CLINIC_B])
    computer.restart()
    return Morning(first, poison, deleted, tuple(events), attribute)


def sync_until_at_rest(computer: Computer) -> None:
    for _ in range(4):
        computer.sync()


def check(computer: Computer, cloud: Cloud, morning: Morning) -> None:
    with computer.database.read() as snapshot:
        asides = {record.record_id: record.reason for record in list_aside(snapshot, 10)}
    assert asides == {morning.poison: AsideReason.TOO_LONG}
    assert {record_id for _, record_id in computer.waiting()} == {morning.poison}
    here, there = computer.row("patients", morning.patient), cloud.row("patients", morning.patient)
    assert here is not None
    assert there is not None
    assert (here["phone"], here["hometown"]) == (there["phone"], there["hometown"]) == ("0700", "Newtown")
    assert len(cloud.live("patients")) == 4
    assert computer.row("patients", morning.deleted) is None
    assert sorted(row["id"] for row in cloud.live("events")) == sorted(morning.events)
    assert len(cloud.live("visits")) == 2
    attributes = [(row["id"], row["string_value"]) for row in cloud.live("patient_additional_attributes")]
    assert attributes == [(morning.attribute, "ours")]
    before = computer.last_stamp
    computer.sync()
    assert computer.last_stamp == before


def test_a_morning_comes_by_every_point(make_computer: Callable[..., Computer], cloud: Cloud) -> None:
    trap = Trap()
    computer = make_computer(checkpoint=trap)
    computer.enrol(cloud)
    morning = begin_morning(computer, cloud)
    sync_until_at_rest(computer)
    check(computer, cloud, morning)
    assert set(trap.seen) == set(POINTS)
    assert len(POINTS) >= 12


@pytest.mark.parametrize("point", POINTS)
def test_a_round_killed_at_a_point_is_gone_on_with(
    make_computer: Callable[..., Computer], cloud: Cloud, point: str
) -> None:
    trap = Trap()
    computer = make_computer(checkpoint=trap)
    computer.enrol(cloud)
    morning = begin_morning(computer, cloud)
    trap.name = point
    with pytest.raises(Killed):
        sync_until_at_rest(computer)
    computer.restart()
    sync_until_at_rest(computer)
    check(computer, cloud, morning)


def test_a_computer_that_is_killed_one_point_later_each_time_comes_to_its_end(
    make_computer: Callable[..., Computer], cloud: Cloud
) -> None:
    trap = Trap()
    computer = make_computer(checkpoint=trap)
    computer.enrol(cloud)
    morning = begin_morning(computer, cloud)
    for countdown in range(1, 60):
        trap.countdown = countdown
        try:
            computer.sync()
        except Killed:
            computer.restart()
        else:
            break
    assert trap.countdown > 0
    trap.countdown = 0
    sync_until_at_rest(computer)
    check(computer, cloud, morning)
