"""Wrong passphrases in a row, counted in a file: at the start the database cannot be asked.

Knows nothing of passphrases. Whoever may write into the data folder may also take the number away, and gains little:
each guess costs the stretching of db/wrapped_key.py.
"""

from __future__ import annotations

from db.clock import Clock
from kiosk.paths import DataFolder
from kiosk.private_file import write_private
from kiosk.throttle import Throttle


def passphrase_throttle(folder: DataFolder, clock: Clock) -> Throttle:
    """One for each process, since it holds when the last try was."""

    def read() -> int:
        try:
            return int(folder.passphrase_tries_file.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def write(tries: int) -> None:
        if tries:
            write_private(folder.passphrase_tries_file, str(tries).encode("ascii"))
        else:
            folder.passphrase_tries_file.unlink(missing_ok=True)

    return Throttle(clock, read, write)
