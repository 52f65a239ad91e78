"""Makes a backup the database of a data folder again: proved, copied, stamps lifted, ready to be put in place (ADR 9).

Knows nothing of where keys are kept or whether a server runs (kiosk/restore.py); putting it in place is
db/exchange.py's.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import sqlalchemy as sa

from db.backup import verify_backup
from db.backup_file import BackupInfo, Progress, copy_pages, unwatched
from db.clock import Clock
from db.database import Database
from db.durability import sync_file
from db.errors import DatabaseDamaged, ForeignBackup, StorageFailed, WrongKey
from db.files import CEILING_NAME, DATABASE_NAME
from db.lost_part import LateSync, carry_over, holds_records, is_same_server, late_syncs
from db.restore_note import RestoreNote, write_note
from db.schema import SERVER_CLOCK
from db.settings import Setting, read_setting, write_setting
from db.stamps import StampCeiling, settle_timeline
from db.store import open_database

PROVED, COPIED = 0.5, 0.8
"""How far the work is once the backup is proved, and once its pages are copied."""

_OF_THE_BACKUPS_HERE = (
    Setting.LAST_BACKUP_AT,
    Setting.LAST_BACKUP_PLACE,
    Setting.LAST_BACKUP_RESULT,
    Setting.SECOND_BACKUP_FOLDER,
    Setting.SECOND_BACKUP_AT,
    Setting.SECOND_BACKUP_RESULT,
)
"""Backups that were made since are still there, whatever the database of before knew of them."""


def stage_backup(
    backup: Path,
    key: bytes,
    staging: Path,
    *,
    clock: Clock,
    ceiling: StampCeiling,
    replaced: Database | None,
    keeps_recovery: bool = False,
    note: RestoreNote | None = None,
    progress: Progress = unwatched,
) -> tuple[LateSync, ...] | None:
    """Puts the backup's database, ready to serve, into ``staging`` (an empty folder) beside a new stamp ceiling.

    ``ceiling``: of the data folder. ``replaced``: its database, if it opens; what must outlive the restore is carried
    over from it, and the phones that synced after the backup are returned; None: nobody knows what was lost.
    ``keeps_recovery``: the recovery code of the data folder stays in force, not that of the backup. ``note``: what is
    left in it for staff to read, to which the phones are added.
    Raises ForeignBackup, BackupDamaged, WrongKey, NewerDatabase, DiskFull, StorageFailed, OSError: the data folder
    is then as it was.
    """
    info = verify_backup(backup, key, progress=lambda done: progress(done * PROVED))
    if replaced is not None:
        refuse_foreign(info, replaced)
    copy_pages(backup, info, staging / DATABASE_NAME, progress=lambda done: progress(PROVED + done * (COPIED - PROVED)))
    StampCeiling(staging / CEILING_NAME).raise_above(highest_possible_stamp(info, ceiling, clock, replaced))
    with closing(open_database(staging, key, clock, before_migration=_backup_is_the_copy)) as restored:
        late = _carry_over(replaced, restored, info, keeps_recovery=keeps_recovery)
        with restored.write() as transaction:  # nothing is reserved in a file that nobody serves
            settle_timeline(transaction, StampCeiling(staging / CEILING_NAME))
            write_note(transaction, msgspec.structs.replace(note, late=late) if note else None)
            write_setting(transaction, Setting.MOVED_AWAY_AT, "")  # this is where it has moved to
    sync_file(staging / DATABASE_NAME)
    progress(1.0)
    return late


def refuse_foreign(info: BackupInfo, replaced: Database) -> None:
    """Raises ForeignBackup when the data folder holds records of another server than the backup. A database that was
    never served has no name yet that it could be told by."""
    with replaced.read() as snapshot:
        if (
            info.contents.server_id
            and not is_same_server(snapshot, info.contents.server_id)
            and holds_records(snapshot)
        ):
            raise ForeignBackup(server=info.contents.server_name)


def highest_possible_stamp(
    info: BackupInfo, ceiling: StampCeiling, clock: Clock, replaced: Database | None = None
) -> int:
    """A number above every stamp that may have been given after the backup, here or on the computer it comes from.

    Stamps follow the clock, and where they ran ahead of it they grow by one a transaction. So on a computer whose
    clock was right, none was above the present time; ADR 9 says what is left of the doubt, and who takes care of it.
    """
    last = 0
    if replaced is not None:
        with replaced.read() as snapshot:
            last = int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)) or 0)
    return max(ceiling.read(), clock.now_ms(), info.created_at, info.contents.last_stamp, last)


def _carry_over(
    replaced: Database | None, restored: Database, info: BackupInfo, *, keeps_recovery: bool
) -> tuple[LateSync, ...] | None:
    """None as well where the replaced database is of another server, or damaged: often that is why it is replaced."""
    if replaced is None:
        return None
    try:
        with replaced.read() as then:
            if not is_same_server(then, info.contents.server_id):
                return None
            with restored.write() as transaction:
                late = late_syncs(then, transaction)
                carry_over(transaction, then, info.contents.last_stamp)
                for setting in _OF_THE_BACKUPS_HERE:
                    if (value := read_setting(then, setting)) is not None:
                        write_setting(transaction, setting, value)
                if keeps_recovery:
                    code = read_setting(then, Setting.RECOVERY_CODE) or ""
                    write_setting(transaction, Setting.RECOVERY_CODE, code)
                return late
    except (DatabaseDamaged, StorageFailed, WrongKey):
        return None


def _backup_is_the_copy(database: Database, key: bytes) -> None:
    """Tables of an older release are brought up to date in the copy; the backup itself stays as it is."""
