"""What a restore leaves in the restored database for staff: which backup it was, what was put aside, which phones had
synced after it. Kept until somebody has read it.

Knows nothing of how a restore is done (db/restore.py) or of the words people see.
"""

from __future__ import annotations

import msgspec

from db.database import Snapshot, Transaction
from db.lost_part import LateSync
from db.settings import Setting, read_setting, write_setting


class RestoreNote(msgspec.Struct, frozen=True, kw_only=True):
    """One restore. Times in epoch ms.

    ``late``: phones that synced after the backup; None: that cannot be known. ``aside``: the folder of the database
    that was replaced; "": there was none. ``lost_passphrase``: the passphrase of the start belonged to that one.
    ``had_pin``: that one had a PIN.
    """

    restored_at: int
    made_at: int
    server_name: str
    aside: str = ""
    late: tuple[LateSync, ...] | None = None
    lost_passphrase: bool = False
    had_pin: bool = False


def read_note(snapshot: Snapshot) -> RestoreNote | None:
    """The note of the last restore; None if there was none, or somebody has read it."""
    stored = read_setting(snapshot, Setting.RESTORE_NOTE)
    try:
        return msgspec.json.decode(stored, type=RestoreNote) if stored else None
    except msgspec.DecodeError:  # of another release
        return None


def write_note(transaction: Transaction, note: RestoreNote | None) -> None:
    """Leaves a note; None: there is nothing to be said, or nothing any more."""
    write_setting(transaction, Setting.RESTORE_NOTE, msgspec.json.encode(note).decode() if note else "")
