"""What every LockPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.errors import InvalidInput, NoPin, RecoveryCodeMistyped, WrongPin, WrongRecoveryCode
from web.ui.lock_port import LockPort, LockView

PIN = "4711"
OTHER_CODE = "3333X-2222R-22224-2222F-2222T-22226"


class LockPortContract:
    """Subclasses give the fixtures ``lock``, a port without a PIN; ``code``, which asks for its recovery code; and
    ``leave``, after which nobody has been at the computer for an hour."""

    def test_without_a_pin_nothing_is_locked(self, lock: LockPort) -> None:
        with pytest.raises(NoPin):
            lock.lock()
        with pytest.raises(NoPin):
            lock.choose_idle_minutes(5)
        assert lock.view() == LockView()

    @pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4"])
    def test_anything_but_some_digits_is_no_pin(self, lock: LockPort, pin: str) -> None:
        with pytest.raises(InvalidInput):
            lock.set_pin(pin)
        assert not lock.view().has_pin

    def test_it_is_locked_until_the_pin_is_typed(self, lock: LockPort) -> None:
        lock.set_pin(PIN)
        lock.lock()
        lock.note_person()
        assert lock.view().is_locked
        with pytest.raises(WrongPin):
            lock.unlock("0000")
        assert lock.view().is_locked
        lock.unlock(PIN)
        assert lock.view() == LockView(has_pin=True)

    def test_left_alone_it_locks_itself_where_that_was_chosen(self, lock: LockPort, leave: Callable[[], None]) -> None:
        lock.set_pin(PIN)
        leave()
        assert not lock.view().is_locked
        with pytest.raises(InvalidInput):
            lock.choose_idle_minutes(7)
        lock.choose_idle_minutes(5)
        assert lock.view() == LockView(has_pin=True, idle_minutes=5)
        leave()
        lock.note_person()  # too late
        assert lock.view().is_locked

    def test_without_the_pin_nothing_is_asked_or_locked_any_more(self, lock: LockPort) -> None:
        lock.set_pin(PIN)
        lock.choose_idle_minutes(5)
        lock.remove_pin()
        assert lock.view() == LockView()
        lock.check_pin("anything")

    def test_the_recovery_code_removes_a_forgotten_pin(self, lock: LockPort, code: Callable[[], str]) -> None:
        lock.set_pin(PIN)
        lock.lock()
        with pytest.raises(RecoveryCodeMistyped):
            lock.forget_pin("ABC")
        with pytest.raises(WrongRecoveryCode):
            lock.forget_pin(OTHER_CODE)
        assert lock.view().is_locked
        lock.forget_pin(code())
        assert lock.view() == LockView()
