"""What the pages need of the passphrase of the start and of erasing everything, as a protocol the program implements.

Knows nothing of keys or files, nor of HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SHORTEST_PASSPHRASE = 8


@dataclass(frozen=True)
class LastBackup:
    """Of everything, before it is erased. ``copied_to``: the second place, where it went well."""

    file: str
    copied_to: str = ""


class KeysPort(Protocol):
    """Methods may raise db.errors.HubError. A try of the passphrase raises TooManyTries while it has to wait."""

    def has_passphrase(self) -> bool:
        """Whether the program asks for a passphrase when it starts."""
        ...

    def set_passphrase(self, passphrase: str) -> None:
        """From the next start on it is asked for. Raises AlreadyExists where there is one, RecoveryCodeUnseen while
        nobody has seen the code that helps when it is forgotten, InvalidInput (``path``: "passphrase")."""
        ...

    def change_passphrase(self, present: str, new: str) -> None:
        """Raises WrongPassphrase, InvalidInput (``path``: "passphrase")."""
        ...

    def remove_passphrase(self, present: str) -> None:
        """The program starts without being asked again. Raises WrongPassphrase."""
        ...

    def check_name(self, name: str) -> None:
        """Whether this is the server's name, as a person types it. Raises InvalidInput (``path``: "name")."""
        ...

    def make_last_backup(self, name: str) -> LastBackup:
        """Stops serving phones and makes a backup of everything. ``name``: the server's, as a person typed it. Raises
        InvalidInput (``path``: "name"), RecoveryCodeUnseen, and what a backup raises; phones are served again then."""
        ...

    def erase(self, name: str, *, kept_backup: str | None, with_backups: bool) -> None:
        """Begins to erase everything and returns: the program ends its work, erases, and is at its first run. Backups
        in the data folder stay unless ``with_backups``, and ``kept_backup`` stays in any case. Raises InvalidInput
        (``path``: "name")."""
        ...
