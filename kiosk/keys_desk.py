"""The passphrase of the start and the erasing of everything as the pages see them: web.ui.keys_port.KeysPort.

Knows nothing of HTTP. Erasing happens in kiosk/serve.py, once this server has ended its work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.clock import Clock
from db.database import Database
from db.errors import AlreadyExists, RecoveryCodeUnseen
from db.settings import Setting, read_setting
from db.wrapped_key import COST
from kiosk.backups import Backups
from kiosk.config import Config
from kiosk.erase import check_name
from kiosk.erasure import Erasure
from kiosk.keystore import Keystore
from kiosk.opening import held_door
from kiosk.passphrase import change_passphrase, is_passphrase_set, remove_passphrase, set_passphrase
from kiosk.passphrase_tries import passphrase_throttle
from kiosk.recovery import recovery_copy
from web.ui.keys_port import LastBackup


@dataclass(frozen=True)
class Serving:
    """What the desk may do to the server around it. ``name``: the server's."""

    name: Callable[[], str]
    start: Callable[[], object]
    stop: Callable[[], bool]  # whether it was serving
    end: Callable[[], object]  # the whole process


class KeysDesk:
    """``erasure``: what this process does when it has ended its work; None: nothing."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        database: Database,
        key: bytes,
        backups: Backups,
        serving: Serving,
        *,
        cost: int = COST,
    ) -> None:
        self._folder = config.folder
        self._keystore = Keystore(config.folder, config.keystore)
        self._database = database
        self._key = key
        self._backups = backups
        self._serving = serving
        self._cost = cost
        self._throttle = passphrase_throttle(config.folder, clock)
        self.erasure: Erasure | None = None

    def has_passphrase(self) -> bool:
        """See KeysPort."""
        return is_passphrase_set(self._folder)

    def set_passphrase(self, passphrase: str) -> None:
        """See KeysPort."""
        self._require_seen_code()
        with held_door(self._folder):
            if self.has_passphrase():
                raise AlreadyExists(path="passphrase")
            set_passphrase(self._folder, self._keystore, self._key, passphrase, cost=self._cost)

    def change_passphrase(self, present: str, new: str) -> None:
        """See KeysPort."""
        with held_door(self._folder):
            self._throttle.attempt(lambda: change_passphrase(self._folder, present, new, cost=self._cost))

    def remove_passphrase(self, present: str) -> None:
        """See KeysPort."""
        with held_door(self._folder):
            self._throttle.attempt(lambda: remove_passphrase(self._folder, self._keystore, present))

    def check_name(self, name: str) -> None:
        """See KeysPort."""
        check_name(name, self._serving.name())

    def make_last_backup(self, name: str) -> LastBackup:
        """See KeysPort."""
        self.check_name(name)
        self._require_seen_code()
        was_serving = self._serving.stop()
        try:
            made = self._backups.make()
        except BaseException:
            if was_serving:
                self._serving.start()
            raise
        second = self._backups.second_folder() if made.second == "ok" else None
        return LastBackup(str(made.path), str(second) if second else "")

    def erase(self, name: str, *, kept_backup: str | None, with_backups: bool) -> None:
        """See KeysPort."""
        self.check_name(name)
        self.erasure = Erasure(with_backups, kept_backup)
        self._serving.end()

    def _require_seen_code(self) -> None:
        with self._database.read() as snapshot:
            is_seen = read_setting(snapshot, Setting.RECOVERY_CODE_SEEN) is not None
        if not is_seen or recovery_copy(self._folder) is None:
            raise RecoveryCodeUnseen
