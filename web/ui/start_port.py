"""What the page before the start needs of the program: the passphrase is tried, and so is the recovery code.

Knows nothing of keys, nor of HTTP.
"""

from __future__ import annotations

from typing import Protocol


class StartPort(Protocol):
    """Each try may raise TooManyTries and other db.errors.HubError."""

    @property
    def language(self) -> str | None:
        """The one that staff chose."""
        ...

    @property
    def is_opening(self) -> bool:
        """The passphrase was right: the records are being opened."""
        ...

    def try_passphrase(self, passphrase: str) -> None:
        """Raises WrongPassphrase."""
        ...

    def try_recovery_code(self, code: str) -> None:
        """From now on there is no passphrase. Raises RecoveryCodeMistyped, WrongRecoveryCode."""
        ...

    def choose_language(self, language: str) -> None:
        """Raises InvalidInput."""
        ...

    def quit_server(self) -> None:
        """Asked by the window when it closes."""
        ...
