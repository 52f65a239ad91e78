"""Passphrase and erasing behind the kiosk's pages, in memory.

Knows nothing of HTTP. Attributes that KeysPort does not have play the world.
"""

from __future__ import annotations

from collections.abc import Callable

from db.errors import AlreadyExists, HubError, InvalidInput, RecoveryCodeUnseen, WrongPassphrase
from web.ui.keys_port import SHORTEST_PASSPHRASE, LastBackup

LAST = "/home/clinic/.local/share/hikma-local-server/backups/Al Noor 2026-12-01 09-15-00.hikma-backup"


class FakeKeys:
    """KeysPort in memory. ``erased``: what was told to be erased: the backup that is kept, and whether others go."""

    def __init__(self, name: Callable[[], str], start: Callable[[], object], stop: Callable[[], object]) -> None:
        self._name = name
        self._start = start
        self._stop = stop
        self.passphrase = ""
        self.is_code_seen = True
        self.refusal: HubError | None = None
        self.backup_fails_with: HubError | None = None
        self.erased: tuple[str | None, bool] | None = None

    def has_passphrase(self) -> bool:
        return bool(self.passphrase)

    def set_passphrase(self, passphrase: str) -> None:
        if not self.is_code_seen:
            raise RecoveryCodeUnseen
        if self.passphrase:
            raise AlreadyExists(path="passphrase")
        self.passphrase = self._fit(passphrase)

    def change_passphrase(self, present: str, new: str) -> None:
        self._check(present)
        self.passphrase = self._fit(new)

    def remove_passphrase(self, present: str) -> None:
        self._check(present)
        self.passphrase = ""

    def check_name(self, name: str) -> None:
        if name.strip().casefold() != self._name().casefold():
            raise InvalidInput(path="name")

    def make_last_backup(self, name: str) -> LastBackup:
        self.check_name(name)
        if not self.is_code_seen:
            raise RecoveryCodeUnseen
        self._stop()
        if self.backup_fails_with:
            self._start()
            raise self.backup_fails_with
        return LastBackup(LAST)

    def erase(self, name: str, *, kept_backup: str | None, with_backups: bool) -> None:
        self.check_name(name)
        self.erased = (kept_backup, with_backups)

    def _check(self, present: str) -> None:
        if self.refusal:
            raise self.refusal
        if present != self.passphrase:
            raise WrongPassphrase

    def _fit(self, passphrase: str) -> str:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise InvalidInput(path="passphrase")
        return passphrase
