"""Where everything lies: the data folder of this program and the names of the files in it.

Knows nothing of what the files hold.
"""

from __future__ import annotations

import getpass
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from db.files import DATABASE_NAME, RECOVERY_NAME
from kiosk.private_file import make_private_folder

PROGRAM = "hikma-local-server"
PROGRAM_FOLDER = "program"


@dataclass(frozen=True)
class DataFolder:
    """One data folder: one database, one key, at most one server process."""

    root: Path

    @property
    def database_file(self) -> Path:
        """The encrypted database (SQLite keeps its -wal and -shm beside it)."""
        return self.root / DATABASE_NAME

    @property
    def key_file(self) -> Path:
        """The database key, where the operating system has no keystore."""
        return self.root / "key"

    @property
    def key_name_file(self) -> Path:
        """The name under which the operating system's keystore holds the key: not secret."""
        return self.root / "key-name"

    @property
    def recovery_file(self) -> Path:
        """A copy of the key that the recovery code opens (kiosk/recovery.py)."""
        return self.root / RECOVERY_NAME

    @property
    def passphrase_file(self) -> Path:
        """A copy of the key that the passphrase opens; while it is there, no other place has the key
        (kiosk/passphrase.py)."""
        return self.root / "passphrase"

    @property
    def passphrase_tries_file(self) -> Path:
        """How many wrong passphrases there were in a row (kiosk/passphrase_tries.py)."""
        return self.root / "passphrase-tries"

    @property
    def erasing_file(self) -> Path:
        """There while everything is being erased: the next opening goes on with it (kiosk/erasure.py)."""
        return self.root / "erasing"

    @property
    def opening_lock(self) -> Path:
        """Held for a moment by whoever opens the database or exchanges it (kiosk/opening.py)."""
        return self.root / "opening.lock"

    @property
    def backups(self) -> Path:
        """Folder of the backups that the program makes by itself (kiosk/backups.py)."""
        return self.root / "backups"

    @property
    def runtime_file(self) -> Path:
        """Facts of the server that is running now (kiosk/runtime_file.py)."""
        return self.root / "running.json"

    @property
    def start_failure_file(self) -> Path:
        """Why the last attempt to start a server in the background failed (kiosk/runtime_file.py)."""
        return self.root / "start-failed.json"

    @property
    def server_lock(self) -> Path:
        """Held by the server process as long as it lives."""
        return self.root / "server.lock"

    @property
    def window_lock(self) -> Path:
        """Held by this user's window as long as it lives."""
        return self.root / f"window-{_user()}.lock"

    @property
    def window_file(self) -> Path:
        """How a second start reaches this user's window (kiosk/instance.py)."""
        return self.root / f"window-{_user()}.json"

    @property
    def address_file(self) -> Path:
        """The network address that phones were last told (kiosk/network.py)."""
        return self.root / "address.json"

    @property
    def language_file(self) -> Path:
        """The language staff chose (kiosk/language.py)."""
        return self.root / "language"

    @property
    def program(self) -> Path:
        """Folder of a newer program that an update put here (kiosk/update)."""
        return self.root / PROGRAM_FOLDER

    @property
    def update_lock(self) -> Path:
        """Held by the process that exchanges the program (kiosk/update/updater.py)."""
        return self.root / "update.lock"

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.root / "logs"

    def prepare(self) -> None:
        """Creates what is missing, for the owner alone. Raises OSError if the disk refuses."""
        make_private_folder(self.root)
        make_private_folder(self.logs)


def data_folder(override: Path | None = None) -> DataFolder:
    """The folder given with --data-dir, or the usual place of this operating system for this user."""
    if override is not None:
        return DataFolder(override.expanduser().absolute())
    return DataFolder(platformdirs.user_data_path(PROGRAM, appauthor=False))


def keep_new_files_private() -> None:
    """From here on this process makes files that only their owner can read: the database, its -wal, the logs.

    Windows has no such switch: there the rights come from the data folder.
    """
    if sys.platform != "win32":
        os.umask(0o077)


def _user() -> str:
    """This user's name, fit for a file name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user number without a name, as in some containers
        name = "unnamed"
    return re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"%{ord(found.group()):x}", name)
