"""Turns the driver's exceptions into the program's own errors.

Knows nothing of what was being done; never repeats a value (the driver's text may quote SQL).
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlcipher3 import dbapi2 as sqlcipher

from db.errors import DatabaseDamaged, DiskFull, HubError, StorageBusy, StorageFailed, WrongKey

DRIVER_ERRORS = (sqlcipher.Error, DBAPIError, PoolTimeout)

_MEANINGS: tuple[tuple[str, type[HubError]], ...] = (
    ("database is locked", StorageBusy),
    ("database table is locked", StorageBusy),
    ("disk is full", DiskFull),
    ("file is not a database", WrongKey),
    ("file is encrypted", WrongKey),
    ("malformed", DatabaseDamaged),
)

_CORRUPT = "SQLITE_CORRUPT"
"""Also where the text speaks of something else, such as a full-text index whose pages are damaged."""


def meaning_of(failure: Exception) -> HubError:
    """The program's error for an exception of the driver or of SQLAlchemy."""
    if isinstance(failure, PoolTimeout):
        return StorageBusy()
    original = failure.orig if isinstance(failure, DBAPIError) else failure
    if not isinstance(original, sqlcipher.DatabaseError):
        return StorageFailed(kind=type(original).__name__)
    text = str(original).lower()
    for fragment, error in _MEANINGS:
        if fragment in text:
            return error()
    if str(getattr(original, "sqlite_errorname", "")).startswith(_CORRUPT):
        return DatabaseDamaged()
    return StorageFailed(kind=type(original).__name__)
