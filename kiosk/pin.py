"""The PIN of this computer: how it is kept, and tried.

Knows nothing of what it is asked for. It keeps people at the clinic's computer apart, not from the records: those are
encrypted with a key of their own (kiosk/keystore.py).
"""

from __future__ import annotations

import unicodedata

from db.accounts import hash_password, is_password_of
from db.clock import Clock
from db.database import Database, Snapshot
from db.errors import InvalidInput, WrongPin
from db.settings import Setting, read_setting, write_setting
from kiosk.throttle import Throttle
from web.ui.lock_port import LONGEST_PIN, SHORTEST_PIN


class Pin:
    """Of one database. Safe for many threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.throttle = Throttle(clock, self._tries, self._note_tries)

    def set(self, pin: str) -> None:
        """Raises InvalidInput (``path``: "pin")."""
        digits = digits_of(pin)
        if not SHORTEST_PIN <= len(digits) <= LONGEST_PIN:
            raise InvalidInput(path="pin")
        hashed = hash_password(digits)
        with self._database.write() as transaction:
            write_setting(transaction, Setting.PIN, hashed)
            write_setting(transaction, Setting.PIN_TRIES, "0")

    def remove(self) -> None:
        """Nothing is asked for from now on, nothing is locked."""
        with self._database.write() as transaction:
            for setting in (Setting.PIN, Setting.PIN_TRIES, Setting.LOCK_AFTER_MINUTES, Setting.WINDOW_LOCKED):
                write_setting(transaction, setting, "")

    def check(self, pin: str) -> None:
        """Raises WrongPin, TooManyTries. Everything is right where none is set."""
        with self._database.read() as snapshot:
            hashed = hashed_pin(snapshot)
        if hashed is None:
            return

        def look() -> None:
            if not is_password_of(digits_of(pin), hashed):
                raise WrongPin

        self.throttle.attempt(look)

    def _tries(self) -> int:
        with self._database.read() as snapshot:
            return int(read_setting(snapshot, Setting.PIN_TRIES) or 0)

    def _note_tries(self, tries: int) -> None:
        with self._database.write() as transaction:
            write_setting(transaction, Setting.PIN_TRIES, str(tries))


def hashed_pin(snapshot: Snapshot) -> str | None:
    """None: no PIN is set."""
    return read_setting(snapshot, Setting.PIN) or None


def digits_of(typed: str) -> str:
    """The digits that were typed, on the keyboard of any script; empty where something else is among them."""
    values = [unicodedata.digit(letter, None) for letter in typed.strip()]
    return "" if None in values else "".join(map(str, values))
