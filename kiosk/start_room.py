"""Where a server waits for the passphrase of its start: the implementation of web.ui.start_port.StartPort.

Knows nothing of HTTP. The database stays closed until somebody has typed what opens it.
"""

from __future__ import annotations

import threading

from db.clock import Clock
from db.errors import InvalidInput, WrongRecoveryCode
from db.recovery_code import secret_of
from db.store import can_open
from kiosk.config import Config
from kiosk.keystore import Keystore
from kiosk.language import choose_language, chosen_language
from kiosk.opening import held_door
from kiosk.passphrase import give_up_passphrase, open_with_passphrase
from kiosk.passphrase_tries import passphrase_throttle
from kiosk.recovery import key_by_code, recovery_copy
from web.i18n import LANGUAGES


class StartRoom:
    """``has_changed`` is set when something was typed that opens the database, or when the server is to end.
    ``passphrase`` None after that: it was forgotten, and there is none any more."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._keystore = Keystore(config.folder, config.keystore)
        self._throttle = passphrase_throttle(config.folder, clock)
        self.has_changed = threading.Event()
        self.is_opening = False
        self.is_given_up = False
        self.passphrase: str | None = None

    @property
    def language(self) -> str | None:
        """See StartPort."""
        return chosen_language(self._config.folder)

    def try_passphrase(self, passphrase: str) -> None:
        """See StartPort."""
        with held_door(self._config.folder):
            self._throttle.attempt(lambda: open_with_passphrase(self._config.folder, self._keystore, passphrase))
        self._open(passphrase)

    def try_recovery_code(self, code: str) -> None:
        """See StartPort."""
        secret_of(code)  # a slip of the finger is told at once and costs nothing
        folder = self._config.folder
        with held_door(folder):
            key = self._throttle.attempt(lambda: self._key_by_code(code))
            give_up_passphrase(folder, self._keystore, key)
        self._open(None)

    def choose_language(self, language: str) -> None:
        """See StartPort."""
        if language not in LANGUAGES:
            raise InvalidInput(path="language")
        choose_language(self._config.folder, language)

    def quit_server(self) -> None:
        """See StartPort."""
        self.is_given_up = True
        self.has_changed.set()

    def _key_by_code(self, code: str) -> bytes:
        key = key_by_code(recovery_copy(self._config.folder), code)
        if not can_open(self._config.folder.root, key, self._clock):
            raise WrongRecoveryCode
        return key

    def _open(self, passphrase: str | None) -> None:
        self.passphrase = passphrase
        self.is_opening = True
        self.has_changed.set()
