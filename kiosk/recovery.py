"""The recovery code of a data folder: made, shown again, and used to open what it belongs to (ADR 9).

Knows nothing of how the code looks (db/recovery_code.py) or of how keys are wrapped (db/wrapped_key.py). The code
itself is kept in the encrypted database, so that whoever may open that can print it again; beside the database lies
a copy of the key that only the code opens.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from db.database import Database
from db.errors import WrongKey, WrongRecoveryCode
from db.recovery_code import make_code, secret_of
from db.settings import Setting, read_setting, write_setting
from db.wrapped_key import COST, Purpose, WrappedKey, decode, encode, unwrap, wrap
from kiosk.paths import DataFolder
from kiosk.private_file import write_private


@dataclass(frozen=True)
class ShownCode:
    """``code`` None: there is one (``exists``), but it is not known here and cannot be shown."""

    code: str | None = field(repr=False)
    exists: bool
    is_new: bool


def recovery_copy(folder: DataFolder) -> WrappedKey | None:
    """The copy of the key that lies beside the database and goes into every backup; None if there is none, or
    nothing that can be read."""
    try:
        return decode(folder.recovery_file.read_bytes())
    except (FileNotFoundError, WrongKey):
        return None


def new_recovery_code(folder: DataFolder, database: Database, key: bytes, *, cost: int = COST) -> str:
    """Makes a new code, which is in force when this returns; the one before opens only older backups from then on.

    The code is kept first: if the power fails in between, the one before is still in force, and afterwards the new
    one can be shown. Raises StorageFailed, OSError.
    """
    code = make_code()
    copy = wrap(key, secret_of(code), Purpose.RECOVERY, cost=cost)
    with database.write() as transaction:
        write_setting(transaction, Setting.RECOVERY_CODE, code)
    write_private(folder.recovery_file, encode(copy))
    return code


def shown_code(folder: DataFolder, database: Database, key: bytes, *, cost: int = COST) -> ShownCode:
    """The code that is in force, to be shown to whoever may see it; makes one only where there is none."""
    copy = recovery_copy(folder)
    if copy is None:
        return ShownCode(new_recovery_code(folder, database, key, cost=cost), exists=True, is_new=True)
    with database.read() as snapshot:
        code = read_setting(snapshot, Setting.RECOVERY_CODE)
    is_in_force = bool(code) and unwrap(copy, secret_of(code or "")) == key
    return ShownCode(code if is_in_force else None, exists=True, is_new=False)


def key_by_code(copy: WrappedKey | None, typed: str) -> bytes:
    """The key in a copy, by the code that was typed. Raises RecoveryCodeMistyped, WrongRecoveryCode (also where there
    was no recovery code yet when the backup was made)."""
    secret = secret_of(typed)
    key = unwrap(copy, secret) if copy is not None and copy.purpose is Purpose.RECOVERY else None
    if key is None:
        raise WrongRecoveryCode
    return key
