"""A server that waits for the passphrase of its start, in memory.

Knows nothing of HTTP.
"""

from __future__ import annotations

from db.errors import HubError, InvalidInput, WrongPassphrase, WrongRecoveryCode
from db.recovery_code import secret_of
from tests.fakes.lock_port import CODE
from web.i18n import LANGUAGES


class FakeStart:
    """StartPort in memory. ``passphrase`` None: it was forgotten, and there is none."""

    def __init__(self) -> None:
        self.language: str | None = None
        self.is_opening = False
        self.passphrase: str | None = "correct horse"
        self.has_quit = False
        self.refusal: HubError | None = None

    def try_passphrase(self, passphrase: str) -> None:
        if self.refusal:
            raise self.refusal
        if passphrase != self.passphrase:
            raise WrongPassphrase
        self.is_opening = True

    def try_recovery_code(self, code: str) -> None:
        secret_of(code)
        if code != CODE:
            raise WrongRecoveryCode
        self.passphrase = None
        self.is_opening = True

    def choose_language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InvalidInput(path="language")
        self.language = language

    def quit_server(self) -> None:
        self.has_quit = True
