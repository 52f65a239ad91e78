"""The PIN and the lock of the window as the pages see them: the implementation of web.ui.lock_port.LockPort.

Knows nothing of HTTP, nor of what the PIN is asked for. The lock is of the window: phones are served all the same.
"""

from __future__ import annotations

import threading

from db.clock import Clock
from db.database import Database
from db.errors import InvalidInput, NoPin
from db.recovery_code import secret_of
from db.settings import Setting, read_settings, write_setting
from kiosk.paths import DataFolder
from kiosk.pin import Pin
from kiosk.recovery import key_by_code, recovery_copy
from web.ui.lock_port import IDLE_MINUTES, LockView

MINUTE_MS = 60_000


class LockDesk:
    """Safe for many threads. A window that locks itself is locked when the program starts: otherwise a restart would
    be the way in."""

    def __init__(self, folder: DataFolder, database: Database, clock: Clock) -> None:
        self._folder = folder
        self._database = database
        self._clock = clock
        self._pin = Pin(database, clock)
        self._seen: tuple[int, int] | None = None  # by both clocks: one of them stands still while a laptop sleeps
        self._lock = threading.RLock()

    def view(self) -> LockView:
        """See LockPort."""
        with self._lock:
            with self._database.read() as snapshot:
                settings = read_settings(snapshot)
            if not settings.get(Setting.PIN):
                return LockView()
            minutes = int(settings.get(Setting.LOCK_AFTER_MINUTES) or 0)
            is_locked = settings.get(Setting.WINDOW_LOCKED) == "yes" or self._is_left_alone(minutes)
            return LockView(has_pin=True, is_locked=is_locked, idle_minutes=minutes)

    def set_pin(self, pin: str) -> None:
        """See LockPort."""
        self._pin.set(pin)
        self._note_now()

    def remove_pin(self) -> None:
        """See LockPort."""
        self._pin.remove()

    def check_pin(self, pin: str) -> None:
        """See LockPort."""
        self._pin.check(pin)

    def forget_pin(self, recovery_code: str) -> None:
        """See LockPort."""
        secret_of(recovery_code)  # a slip of the finger is told at once and costs nothing
        self._pin.throttle.attempt(lambda: key_by_code(recovery_copy(self._folder), recovery_code))
        self._pin.remove()

    def lock(self) -> None:
        """See LockPort."""
        if not self.view().has_pin:
            raise NoPin
        self._keep(Setting.WINDOW_LOCKED, "yes")

    def unlock(self, pin: str) -> None:
        """See LockPort."""
        self._pin.check(pin)
        with self._lock:
            self._keep(Setting.WINDOW_LOCKED, "")
            self._note_now()

    def note_person(self) -> None:
        """See LockPort."""
        with self._lock:
            if not self.view().is_locked:
                self._note_now()

    def go_on(self, *, is_locked: bool) -> None:
        """A restore put another database in the place of the one before, whose window was locked or not: it stays so,
        whatever it was when the backup was made."""
        with self._lock:
            if self.view().has_pin:
                self._keep(Setting.WINDOW_LOCKED, "yes" if is_locked else "")
                self._note_now()

    def choose_idle_minutes(self, minutes: int) -> None:
        """See LockPort."""
        if minutes not in IDLE_MINUTES:
            raise InvalidInput(path="minutes")
        if not self.view().has_pin:
            raise NoPin
        self._keep(Setting.LOCK_AFTER_MINUTES, str(minutes))
        self._note_now()

    def _is_left_alone(self, minutes: int) -> bool:
        if not minutes:
            return False
        if self._seen is None:
            return True
        seen_ms, seen_at = self._seen
        passed = max(self._clock.monotonic_ms() - seen_ms, self._clock.now_ms() - seen_at)
        return passed >= minutes * MINUTE_MS

    def _note_now(self) -> None:
        self._seen = (self._clock.monotonic_ms(), self._clock.now_ms())

    def _keep(self, setting: Setting, value: str) -> None:
        with self._database.write() as transaction:
            write_setting(transaction, setting, value)
