"""Many phones of both styles doing anything in any order: in the end all of them hold the same records.

Knows nothing of single rules; a failing seed prints the steps that led there.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.e2e.clinic import Clinic, quiet_pulls, unequal_after_settling
from tests.e2e.server import RunningServer
from tests.phone.client import Phone
from tests.phone.convergence import visible

STEPS = 150
TABLES = {"patients": "given_name", "visits": "provider_name", "appointments": "reason"}


@dataclass
class Muddle:
    """Random steps on some phones; ``steps`` is what was done, to be read when it fails."""

    chance: random.Random
    phones: list[Phone]
    server: RunningServer
    steps: list[str] = field(default_factory=list)
    paused: list[Phone] = field(default_factory=list)

    def run(self, steps: int) -> None:
        """Do so many random steps, then end the syncs that are still under way."""
        for _ in range(steps):
            self._step()
        for phone in [*self.paused]:
            self.steps.append(f"{phone.name} {self._finish(phone)}")

    def _step(self) -> None:
        phone = self.chance.choice(self.phones)
        acts = [self._create, self._update, self._delete]
        weights = [3.0, 5.0, 1.0]
        if phone in self.paused:
            acts.append(self._finish)
            weights.append(9)
        else:
            acts += [self._sync, self._sync_badly, self._pause, self._restart]
            weights += [5, 2, 2, 0.2]
        act = self.chance.choices(acts, weights=weights)[0]
        self.steps.append(f"{phone.name} {act(phone)}")

    def _create(self, phone: Phone) -> str:
        table, column = self.chance.choice([*TABLES.items()])
        row_id = phone.create(table, **{column: self._value()})
        return f"created {table}/{row_id}"

    def _update(self, phone: Phone) -> str:
        found = self._any_row(phone)
        if found is None:
            return "had nothing to update"
        table, row_id = found
        column = self.chance.choice([TABLES[table], "metadata"])
        value = self._value()
        phone.update(table, row_id, **{column: f'{{"n":"{value}"}}' if column == "metadata" else value})
        return f"updated {table}/{row_id}.{column} to {value}"

    def _delete(self, phone: Phone) -> str:
        found = self._any_row(phone)
        if found is None:
            return "had nothing to delete"
        # A first-generation phone never sends a deletion made the library's way (PROTOCOL §6).
        if phone.style == "legacy" or self.chance.random() < 0.3:
            phone.soft_delete(*found)
            return f"deleted by flag {found}"
        phone.mark_as_deleted(*found)
        return f"deleted {found}"

    def _sync(self, phone: Phone) -> str:
        outcome = phone.sync()
        assert outcome.ok, (outcome, self.steps)
        return f"synced from {outcome.since}: pulled {outcome.pulled}, pushed {outcome.pushed}"

    def _sync_badly(self, phone: Phone) -> str:
        lost = self.chance.choice(["pull", "push", "request"])
        if lost == "pull":
            outcome = phone.sync(lose_pull=self.chance.choice(["reply", "middle"]))
        elif lost == "push" or phone.style == "legacy":  # that one never sends again what did not arrive
            outcome = phone.sync(lose_push="reply")
        else:
            outcome = phone.sync(lose_push="request")
        return f"synced from {outcome.since}, lost its {lost}: pushed {outcome.pushed}"

    def _pause(self, phone: Phone) -> str:
        outcome = phone.start_sync()
        if outcome.is_paused:
            self.paused.append(phone)
        else:
            assert outcome.ok, (outcome, self.steps)
        return f"paused in a sync from {outcome.since}: pulled {outcome.pulled}, will push {outcome.pushed}"

    def _finish(self, phone: Phone) -> str:
        self.paused.remove(phone)
        outcome = phone.finish_sync()
        assert outcome.ok, (outcome, self.steps)
        return f"finished a sync: pushed {outcome.pushed}"

    def _restart(self, phone: Phone) -> str:
        self.server.restart_after_kill()
        phone.reopen()
        return "saw the power fail"

    def _any_row(self, phone: Phone) -> tuple[str, str] | None:
        table = self.chance.choice([*TABLES])
        ids = sorted(visible(phone.rows(table)))
        return (table, self.chance.choice(ids)) if ids else None

    def _value(self) -> str:
        return f"v{self.chance.randrange(10**6)}"


def library_phones(clinic: Clinic, chance: random.Random) -> list[Phone]:
    return [clinic.library_phone(path=chance.choice(["/sync", "/api/v2/sync"])) for _ in range(10)]


def phones_of_both_generations(clinic: Clinic, chance: random.Random) -> list[Phone]:
    phones = [clinic.library_phone(path=chance.choice(["/sync", "/api/v2/sync"])) for _ in range(6)]
    return phones + [clinic.legacy_phone(schema=schema) for schema in (4, 6, 8, 8)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("make_phones", [library_phones, phones_of_both_generations])
def test_ten_phones_converge_after_anything_in_any_order(
    clinic: Clinic, make_phones: Callable[[Clinic, random.Random], list[Phone]], seed: int
) -> None:
    chance = random.Random(seed)
    phones = make_phones(clinic, chance)
    muddle = Muddle(chance, phones, clinic.server)
    muddle.run(STEPS)
    assert unequal_after_settling(*phones, rounds=4) == [], "\n".join(muddle.steps)
    assert quiet_pulls(phones) == [0] * 10, "\n".join(muddle.steps)


def test_fifty_phones_that_sync_at_the_same_time_all_succeed_and_converge(clinic: Clinic) -> None:
    phones = [clinic.library_phone() if number % 5 else clinic.legacy_phone() for number in range(50)]
    for phone in phones:
        phone.create_many("patients", [{"given_name": f"{phone.name} {number}"} for number in range(20)])
    for _ in range(2):
        outcomes = clinic.driver.sync_together(phones)
        assert [outcome.error for outcome in outcomes if not outcome.ok] == []
    assert unequal_after_settling(*phones, rounds=1) == []
    assert len(phones[0].rows("patients")) == 1_000
    assert quiet_pulls(phones) == [0] * 50
