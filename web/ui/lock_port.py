"""What the pages need of the PIN and the lock of the window, as a protocol the program implements.

Knows nothing of how they are kept, nor of HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SHORTEST_PIN, LONGEST_PIN = 4, 12
IDLE_MINUTES = (0, 2, 5, 10, 15, 30, 60)
"""What can be chosen; 0: the window does not lock itself."""


@dataclass(frozen=True)
class LockView:
    """``idle_minutes``: without a person's input for so long the window locks itself; 0: never."""

    has_pin: bool = False
    is_locked: bool = False
    idle_minutes: int = 0


class LockPort(Protocol):
    """Methods may raise db.errors.HubError. A try of a PIN or a code raises TooManyTries while it has to wait."""

    def view(self) -> LockView:
        """How things stand now. Asked with every request."""
        ...

    def set_pin(self, pin: str) -> None:
        """From now on it is asked for. Raises InvalidInput (``path``: "pin") for anything but 4 to 12 digits."""
        ...

    def remove_pin(self) -> None:
        """It is asked for no more, and the window neither is nor gets locked."""
        ...

    def check_pin(self, pin: str) -> None:
        """Raises WrongPin."""
        ...

    def forget_pin(self, recovery_code: str) -> None:
        """The same as ``remove_pin``, for whoever has the recovery code. Raises RecoveryCodeMistyped,
        WrongRecoveryCode."""
        ...

    def lock(self) -> None:
        """Locks the window; phones are served all the same. Raises NoPin."""
        ...

    def unlock(self, pin: str) -> None:
        """Raises WrongPin."""
        ...

    def note_person(self) -> None:
        """Somebody is at the computer. Nothing happens while the window is locked."""
        ...

    def choose_idle_minutes(self, minutes: int) -> None:
        """One of IDLE_MINUTES. Raises NoPin, InvalidInput (``path``: "minutes")."""
        ...
