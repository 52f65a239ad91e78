"""What tells whether the database is well: its last check, its age, what has waited longest, whose clock differs.

Knows nothing of what is good or bad about it (kiosk/doctor), and looks at no record but at the times in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database, Snapshot
from db.schema import OUTBOX, RECORD_TABLES, SERVER_CLOCK, SYNC_LOG
from db.settings import Setting, write_setting
from db.sqlite.dialect import field
from db.sqlite.maintenance import quick_check
from db.sync_log import SyncKind

DAY_MS = 24 * 3_600_000
PUSHES_LOOKED_AT = 200
"""Of the last ones: a clinic's day, and no more than a moment's work."""

_REVISION = sa.select(sa.table("alembic_version", sa.column("version_num")).c.version_num)


@dataclass(frozen=True)
class LastCheck:
    """When the whole file was last checked (epoch ms), and how many faults it had."""

    at_ms: int
    faults: int


@dataclass(frozen=True)
class LastRound:
    """How long the last exchange of one kind with the cloud took, and when it was."""

    at_ms: int
    duration_ms: int


def check_and_note(database: Database) -> int:
    """Reads the whole file, notes the time and the number of faults, which it returns. Takes long on a large file."""
    with database.read() as snapshot:
        faults = quick_check(snapshot)
    with database.write() as transaction:
        write_setting(transaction, Setting.LAST_CHECK_AT, str(transaction.now_ms))
        write_setting(transaction, Setting.LAST_CHECK_FAULTS, str(faults))
    return faults


def last_check(settings: Mapping[Setting, str]) -> LastCheck | None:
    """What ``check_and_note`` noted last; None if it never ran."""
    at, faults = settings.get(Setting.LAST_CHECK_AT), settings.get(Setting.LAST_CHECK_FAULTS)
    return LastCheck(int(at), int(faults)) if at and faults else None


def born_at(snapshot: Snapshot) -> int:
    """When this database was made, as a stamp (it looks like epoch ms)."""
    return int(snapshot.scalar(sa.select(SERVER_CLOCK.c.birth_stamp)))


def revision_of(snapshot: Snapshot) -> str | None:
    """The revision of the tables in the file."""
    revision: str | None = snapshot.scalar(_REVISION)
    return revision


def oldest_waiting(snapshot: Snapshot) -> int | None:
    """The stamp of the change that has waited longest for the cloud; None if nothing waits."""
    stamp = snapshot.scalar(sa.select(sa.func.min(OUTBOX.c.stamp)))
    return None if stamp is None else int(stamp)


def last_round(snapshot: Snapshot, kind: SyncKind) -> LastRound | None:
    """The last exchange of this kind that went well; None if there was none, or too long ago."""
    query = (
        sa.select(SYNC_LOG.c.at, SYNC_LOG.c.duration_ms)
        .where(SYNC_LOG.c.kind == kind.value, SYNC_LOG.c.result == "ok")
        .order_by(SYNC_LOG.c.id.desc())
    )
    row = snapshot.first(query.limit(1))
    return LastRound(row.at, row.duration_ms) if row else None


@dataclass(frozen=True)
class PhoneClock:
    """By how much a phone's clock seems to be ahead of this computer's, in ms, as one push shows it."""

    device_id: str
    ahead_ms: int


def phone_clock_offsets(snapshot: Snapshot, now_ms: int) -> tuple[int, ...]:
    """The same as ``phone_clocks``, whosever phone it is."""
    return tuple(clock.ahead_ms for clock in phone_clocks(snapshot, now_ms))


def phone_clocks(snapshot: Snapshot, now_ms: int) -> tuple[PhoneClock, ...]:
    """By how much the phones' clocks seem to be ahead of this computer's: one for each push of the last day, from the
    row that was changed last before it. Work that was done long before the push makes it smaller, never larger.

    Compared with the time of the push by this computer's clock, not with its stamp: stamps go on where the clock
    is set back (db/stamps.py).
    """
    pushes = _recent_pushes(snapshot, now_ms)
    if not pushes:
        return ()
    last_stamp = int(snapshot.scalar(sa.select(SERVER_CLOCK.c.last_stamp)))
    freshest: dict[int, int] = {}
    for name, table in RECORD_TABLES.items():
        if CATALOGUE[name].phones_may_write and "updated_at" in CATALOGUE[name].columns:
            for sync_id, updated_at in _freshest_rows(snapshot, table, list(pushes), last_stamp - DAY_MS):
                freshest[sync_id] = max(freshest.get(sync_id, 0), updated_at)
    return tuple(
        PhoneClock(pushes[sync_id].device_id, freshest[sync_id] - pushes[sync_id].at_ms) for sync_id in sorted(freshest)
    )


@dataclass(frozen=True)
class _Push:
    at_ms: int
    device_id: str


def _recent_pushes(snapshot: Snapshot, now_ms: int) -> dict[int, _Push]:
    """By the line of the log, those of the last day before or after now."""
    query = (
        sa.select(SYNC_LOG.c.id, SYNC_LOG.c.at, SYNC_LOG.c.device_id)
        .where(SYNC_LOG.c.kind == SyncKind.PUSH.value, SYNC_LOG.c.at.between(now_ms - DAY_MS, now_ms + DAY_MS))
        .order_by(SYNC_LOG.c.id.desc())
        .limit(PUSHES_LOOKED_AT)
    )
    return {row.id: _Push(row.at, row.device_id or "") for row in snapshot.rows(query)}


def _freshest_rows(snapshot: Snapshot, table: sa.Table, pushes: list[int], since: int) -> list[tuple[int, int]]:
    """The latest ``updated_at`` that each push brought into the table."""
    updated_at = field(table, "updated_at")
    columns = table.c
    query = (
        sa.select(columns.local_server_sync_id, sa.func.max(updated_at))
        .where(columns.local_server_last_modified > since, columns.local_server_sync_id.in_(pushes))
        .where(sa.func.typeof(updated_at).in_(["integer", "real"]))
        .group_by(columns.local_server_sync_id)
    )
    return [(row[0], int(row[1])) for row in snapshot.rows(query)]
