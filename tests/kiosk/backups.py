"""A data folder with an open database, and backups of it that are made without a server.

Knows nothing of single scenarios.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from db.backup import create_backup
from db.backup_file import BackupInfo
from db.schema import RECORD_TABLES
from db.settings import Setting, write_setting
from db.store import Store
from kiosk.config import Config
from kiosk.keystore import Keystore, KeystoreChoice
from kiosk.opening import open_for_serving
from kiosk.paths import DataFolder
from tests.db.caller import patient
from tests.db.rows import put_rows
from tests.fakes.clock import AdjustableClock


def all_patients() -> sa.Select[tuple[str]]:
    """The id of every patient there is."""
    return sa.select(RECORD_TABLES["patients"].c.id)


def file_config(root: Path) -> Config:
    """A run on this folder with the key in a file."""
    folder = DataFolder(root)
    folder.prepare()
    return Config(folder, keystore=KeystoreChoice.FILE)


@dataclass
class OpenClinic:
    """A clinic whose database is open in this process."""

    config: Config
    clock: AdjustableClock
    store: Store
    key: bytes

    @property
    def folder(self) -> DataFolder:
        return self.config.folder

    def add_patients(self, *names: str) -> None:
        put_rows(self.store.database, "patients", [patient(name) for name in names])

    def back_up(self, target: Path) -> BackupInfo:
        return create_backup(self.store.database, self.key, target, created_at=self.clock.now_ms(), recovery=None)


def opened_clinic(root: Path, clock: AdjustableClock, name: str = "North Clinic") -> OpenClinic:
    """A new clinic of that name, or the one that is there."""
    config = file_config(root)
    key, store = open_for_serving(config, clock)
    with store.database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, name)
    return OpenClinic(config, clock, store, key.secret)


def patients_in(config: Config, clock: AdjustableClock) -> set[str]:
    """The patients of a folder that nobody has open, by the key that its keystore has."""
    key, store = open_for_serving(config, clock)
    try:
        with store.database.read() as snapshot:
            return {row.id for row in snapshot.rows(all_patients())}
    finally:
        store.close()
        assert key.secret in [kept.secret for kept in Keystore(config.folder, config.keystore).found()]
