"""Where this computer stands with its organisation's cloud: which one, since when, what stops it (DESIGN §7).

Knows nothing of records. Kept with the settings, in the encrypted database: the key among them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from db.database import Snapshot, Transaction
from db.settings import Setting, read_setting, write_setting


class Halt(StrEnum):
    """Why no round runs until a person has decided something."""

    KEY_REFUSED = "key_refused"  # the cloud no longer knows the key
    LOOKS_EMPTY = "looks_empty"  # most of what was there is gone: asked about before anything is believed
    OTHER_CLOUD = "other_cloud"  # the key belongs to another computer than before


class CloudAccess(msgspec.Struct, frozen=True):
    """The connection. ``key``: a secret. ``device_id`` and ``clinic_ids``: what the cloud says the key is for."""

    url: str
    key: str
    device_id: str
    device_name: str
    clinic_ids: tuple[str, ...]

    def __repr__(self) -> str:
        return f"CloudAccess({self.url!r})"


class CloudState(msgspec.Struct, frozen=True):
    """How far the exchange is. Times: epoch ms; ``cursor_ms`` by the cloud's clock, the others by ours; 0: never.
    ``full_pull``: the number of the last full pull that was begun."""

    cloud_id: str = ""  # which cloud, and which computer of it, all this is about; stays when the connection ends
    cursor_ms: int = 0
    full_pull: int = 0
    full_pull_at_ms: int = 0
    is_full_pull_due: bool = True
    checked_at_ms: int = 0  # when the key was last checked
    last_success_ms: int = 0
    last_try_ms: int = 0
    last_result: str = ""  # "ok", or the code of an error
    is_paused: bool = False
    halt: str = ""  # a Halt
    clock_ahead_ms: int = 0  # of this computer, against the cloud's


@dataclass(frozen=True)
class Metering:
    """How much may go over the line a day. ``limit_bytes`` 0: as much as there is."""

    limit_bytes: int
    day: str
    used_bytes: int


def read_access(snapshot: Snapshot) -> CloudAccess | None:
    """The connection, None where there is none."""
    text = read_setting(snapshot, Setting.CLOUD_ACCESS)
    return msgspec.json.decode(text, type=CloudAccess) if text else None


def write_access(transaction: Transaction, access: CloudAccess | None) -> None:
    """Remembers the connection; None ends it."""
    text = "" if access is None else msgspec.json.encode(access).decode()
    write_setting(transaction, Setting.CLOUD_ACCESS, text)


def read_state(snapshot: Snapshot) -> CloudState:
    """How far the exchange is."""
    text = read_setting(snapshot, Setting.CLOUD_STATE)
    return msgspec.json.decode(text, type=CloudState) if text else CloudState()


def change_state(transaction: Transaction, **values: object) -> CloudState:
    """Changes some fields of the state; returns all of it."""
    state: CloudState = msgspec.structs.replace(read_state(transaction), **values)
    write_setting(transaction, Setting.CLOUD_STATE, msgspec.json.encode(state).decode())
    return state


def read_metering(snapshot: Snapshot, today: str) -> Metering:
    """What went over the line on ``today`` (YYYY-MM-DD, this computer's day)."""
    limit = int(read_setting(snapshot, Setting.CLOUD_DAILY_BYTES) or 0)
    day, _, used = (read_setting(snapshot, Setting.CLOUD_BYTES_TODAY) or "").partition(" ")
    return Metering(limit, today, int(used) if day == today and used else 0)


def count_bytes(transaction: Transaction, today: str, more: int) -> Metering:
    """Adds to what went over the line today."""
    metering = read_metering(transaction, today)
    metering = replace(metering, used_bytes=metering.used_bytes + more)
    write_setting(transaction, Setting.CLOUD_BYTES_TODAY, f"{today} {metering.used_bytes}")
    return metering
