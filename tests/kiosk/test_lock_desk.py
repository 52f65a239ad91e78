"""The PIN and the lock of the window, kept in the database: a restart is no way in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.lock_desk import MINUTE_MS, LockDesk
from kiosk.recovery import new_recovery_code
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic
from tests.web.ui.lock_port_contract import PIN, LockPortContract

CHEAP = 2


def desk_of(clinic: OpenClinic) -> LockDesk:
    return LockDesk(clinic.folder, clinic.store.database, clinic.clock)


class TestLockDesk(LockPortContract):
    @pytest.fixture
    def lock(self, clinic: OpenClinic) -> LockDesk:
        return desk_of(clinic)

    @pytest.fixture
    def code(self, clinic: OpenClinic) -> Callable[[], str]:
        return lambda: new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=CHEAP)

    @pytest.fixture
    def leave(self, clock: AdjustableClock) -> Callable[[], None]:
        return lambda: clock.advance(60 * MINUTE_MS)

    def test_the_recovery_code_removes_a_forgotten_pin(self, lock: LockDesk, code: Callable[[], str]) -> None:  # type: ignore[override]
        known = code()
        super().test_the_recovery_code_removes_a_forgotten_pin(lock, lambda: known)


@pytest.mark.parametrize("was_locked", [True, False])
def test_over_a_change_of_the_database_the_window_stays_as_it_was(clinic: OpenClinic, was_locked: bool) -> None:
    before = desk_of(clinic)
    before.set_pin(PIN)
    before.choose_idle_minutes(5)
    if not was_locked:
        before.lock()  # as it was when the backup was made
    after = desk_of(clinic)
    after.go_on(is_locked=was_locked)
    assert after.view().is_locked == was_locked


def test_without_a_pin_nothing_stays_locked(clinic: OpenClinic) -> None:
    desk = desk_of(clinic)
    desk.go_on(is_locked=True)
    desk.set_pin(PIN)
    assert not desk.view().is_locked


def test_a_person_at_the_computer_keeps_it_open(clinic: OpenClinic, clock: AdjustableClock) -> None:
    desk = desk_of(clinic)
    desk.set_pin(PIN)
    desk.choose_idle_minutes(5)
    for _ in range(4):
        clock.advance(4 * MINUTE_MS)
        desk.note_person()
    assert not desk.view().is_locked
    clock.advance(5 * MINUTE_MS)
    assert desk.view().is_locked


def test_a_computer_that_slept_is_locked_when_it_wakes_up(clinic: OpenClinic, clock: AdjustableClock) -> None:
    desk = desk_of(clinic)
    desk.set_pin(PIN)
    desk.choose_idle_minutes(5)
    clock.jump(-60 * MINUTE_MS)
    assert not desk.view().is_locked
    clock.jump(66 * MINUTE_MS)
    assert desk.view().is_locked


def test_a_locked_window_is_locked_after_a_restart(clinic: OpenClinic) -> None:
    desk = desk_of(clinic)
    desk.set_pin(PIN)
    assert not desk_of(clinic).view().is_locked
    desk.lock()
    assert desk_of(clinic).view().is_locked


def test_a_window_that_locks_itself_starts_locked(clinic: OpenClinic) -> None:
    desk = desk_of(clinic)
    desk.set_pin(PIN)
    desk.choose_idle_minutes(5)
    again = desk_of(clinic)
    assert again.view().is_locked
    again.unlock(PIN)
    assert not again.view().is_locked
