"""PIN and lock behind the kiosk's pages, in memory.

Knows nothing of HTTP. Methods that LockPort does not have play the world.
"""

from __future__ import annotations

from db.errors import HubError, InvalidInput, NoPin, WrongPin, WrongRecoveryCode
from db.recovery_code import secret_of
from web.ui.lock_port import IDLE_MINUTES, LockView

CODE = "2222D-2222R-22224-2222F-2222T-22226"


class FakeLock:
    """LockPort in memory. ``seen``: how often somebody was noticed."""

    def __init__(self) -> None:
        self.pin = ""
        self.seen = 0
        self._is_locked = False
        self._minutes = 0
        self._refusal: HubError | None = None

    # LockPort

    def view(self) -> LockView:
        return LockView(bool(self.pin), bool(self.pin) and self._is_locked, self._minutes if self.pin else 0)

    def set_pin(self, pin: str) -> None:
        if not (pin.isdigit() and 4 <= len(pin) <= 12):
            raise InvalidInput(path="pin")
        self.pin = pin

    def remove_pin(self) -> None:
        self.pin, self._is_locked, self._minutes = "", False, 0

    def check_pin(self, pin: str) -> None:
        self._refuse_if_told()
        if self.pin and pin != self.pin:
            raise WrongPin

    def forget_pin(self, recovery_code: str) -> None:
        self._refuse_if_told()
        secret_of(recovery_code)
        if recovery_code != CODE:
            raise WrongRecoveryCode
        self.remove_pin()

    def lock(self) -> None:
        if not self.pin:
            raise NoPin
        self._is_locked = True

    def unlock(self, pin: str) -> None:
        self.check_pin(pin)
        self._is_locked = False

    def note_person(self) -> None:
        self.seen += 1

    def choose_idle_minutes(self, minutes: int) -> None:
        if minutes not in IDLE_MINUTES:
            raise InvalidInput(path="minutes")
        if not self.pin:
            raise NoPin
        self._minutes = minutes

    # The world

    def nobody_is_there(self) -> None:
        """So long that the window locks itself."""
        self._is_locked = bool(self._minutes)

    def refuse_next(self, refusal: HubError) -> None:
        """The next try meets this."""
        self._refusal = refusal

    def _refuse_if_told(self) -> None:
        refusal, self._refusal = self._refusal, None
        if refusal:
            raise refusal
