"""The settings of this server, kept in its database: name, language, chosen address and the like.

Knows nothing of what they mean to others. Command-line and environment choices are kiosk/config.py's.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from db.database import Snapshot, Transaction
from db.schema import SETTINGS
from db.sqlite.dialect import upsert


class Setting(StrEnum):
    """Every setting there is."""

    SERVER_ID = "server_id"  # what phones know this server by (PROTOCOL §1)
    TOKEN_KEY = "token_key"  # noqa: S105 - a name; the value: 32 bytes as hexadecimal digits; signs sign-in tokens (PROTOCOL §4)
    HUB_PRIVATE_KEY = "hub_private_key"  # X25519, 32 bytes as hexadecimal digits (PROTOCOL §4)
    PAIRING_OPEN_UNTIL = "pairing_open_until"  # epoch ms: new phones are let in without being asked about
    PHONES_RECEIVE = "phones_receive"  # a PhoneScope (db/scope.py)
    ANNOUNCE = "announce"  # "off": the server is not announced on the network (mDNS)
    SERVER_NAME = "server_name"
    PHONE_PORT = "phone_port"
    RECOVERY_CODE = "recovery_code"  # so that it can be shown again to whoever may open the database (ADR 9)
    RECOVERY_CODE_SEEN = "recovery_code_seen"  # "yes" once somebody has looked at it on the page
    PIN = "pin"  # its bcrypt hash; empty: none (kiosk/pin.py)
    PIN_TRIES = "pin_tries"  # wrong ones in a row
    LOCK_AFTER_MINUTES = "lock_after_minutes"  # without a person's input the window locks itself; 0: never
    WINDOW_LOCKED = "window_locked"  # "yes": it was locked, and nobody has typed the PIN since
    SECOND_BACKUP_FOLDER = "second_backup_folder"  # a stick or a network folder; empty: none
    LAST_BACKUP_AT = "last_backup_at"  # epoch ms; of the last that went well
    LAST_BACKUP_PLACE = "last_backup_place"  # its file
    LAST_BACKUP_RESULT = "last_backup_result"  # "ok", or the code of the error of the last attempt
    SECOND_BACKUP_AT = "second_backup_at"  # the same for the second place
    SECOND_BACKUP_RESULT = "second_backup_result"
    LAST_DRILL_AT = "last_drill_at"  # epoch ms; of the last, however it ended
    LAST_DRILL_RESULT = "last_drill_result"  # "ok", "no_backup", or the code of an error
    RESTORE_NOTE = "restore_note"  # JSON of a RestoreNote (db/restore_note.py) until somebody has read it; else empty
    MOVED_AWAY_AT = "moved_away_at"  # epoch ms: another computer is to serve in the place of this one; else empty
    DISMISSED_NOTICES = "dismissed_notices"  # codes, separated by commas
    LAST_CHECK_AT = "last_check_at"  # epoch ms: when the whole file was last read and checked (db/health.py)
    LAST_CHECK_FAULTS = "last_check_faults"  # how many faults were found then
    UPDATE_CHECK = "update_check"  # "on": it may be asked on the internet whether there is a newer version
    UPDATE_NEWEST = "update_newest"  # the newest version there is, as far as is known
    UPDATE_ASKED_AT = "update_asked_at"  # epoch ms: when that was last asked, however it ended
    UPDATE_ASKED_RESULT = "update_asked_result"  # "ok", or the code of an error
    CLOUD_ACCESS = "cloud_access"  # JSON of a CloudAccess (db/cloud/state.py), with the key
    CLOUD_STATE = "cloud_state"  # JSON of a CloudState
    CLOUD_MINUTES = "cloud_minutes"  # between two rounds
    CLOUD_DAILY_BYTES = "cloud_daily_bytes"  # how much may go over the line a day; 0: as much as there is
    CLOUD_BYTES_TODAY = "cloud_bytes_today"  # the day and how much went over the line on it


_VALUE = sa.select(SETTINGS.c.value).where(SETTINGS.c.key == sa.bindparam("wanted"))
"""Made once: pages that are open ask for a dozen every few seconds."""


def read_setting(snapshot: Snapshot, setting: Setting) -> str | None:
    """The value, or None when it was never set."""
    value: str | None = snapshot.scalar(_VALUE, {"wanted": setting.value})
    return value


def read_settings(snapshot: Snapshot) -> dict[Setting, str]:
    """All settings that were ever set."""
    known = {setting.value for setting in Setting}
    return {Setting(row.key): row.value for row in snapshot.rows(sa.select(SETTINGS)) if row.key in known}


def write_setting(transaction: Transaction, setting: Setting, value: str) -> None:
    """Sets a setting."""
    transaction.run(upsert(SETTINGS), {"key": setting.value, "value": value})
