"""Marks: the timestamps that pulls are answered with, and what a phone that shows one is proven to hold.

Every pull gets a mark that no other pull got, so a mark names one pull of one phone; its pulls and pushes form
a chain (DESIGN §5). Knows nothing of rows. See docs/protocol.md, "What a phone holds".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from db.database import Snapshot, Transaction
from db.devices import is_paired_id
from db.records import NO_MARK
from db.schema import DROPPED_ROWS, HELD_ROWS, PULLS
from db.stamps import is_of_this_timeline, lost_since

FIRST_GENERATION_LEEWAY_MS = 24 * 3_600_000
"""How far the clock of a first-generation phone may be behind this computer's without losing edits: its marks are
that much older than the stamps of their pulls."""


@dataclass(frozen=True)
class Pull:
    """An earlier pull. ``stamp``: it saw every change up to there. ``mark``: what the phone calls it."""

    mark: int
    stamp: int
    since_mark: int
    device_id: str
    user_id: str
    says_schema: bool  # only library-style apps say their schema version
    is_claimed: bool  # a push or a later pull has shown that its phone lives on from it
    owed_deletions_since: int | None  # deletions after this stamp were sent in a form the phone may not read
    scope: str | None = None  # the clinics whose records it was sent (db/scope.py); None: of all


@dataclass(frozen=True)
class Since:
    """What the mark of a pull means. ``stamp`` 0: send everything. ``pull`` None: no chain is proven.

    ``is_of_lost_part``: the phone may hold later versions than there are here, and records that are gone: it is sent
    everything, and what was deleted after ``stamp``, the last moment that it shares with this database. Over RPC
    ``pull`` is then the last that it is proven to have taken, and ``stamp`` is of that.
    """

    stamp: int
    pull: Pull | None
    is_foreign: bool  # a mark of another database, of a lost part of this one, or of the future
    is_of_lost_part: bool = False

    @property
    def mark(self) -> int:
        """The mark to compare held rows with."""
        return self.pull.mark if self.pull else NO_MARK


_BY_MARK = sa.select(PULLS).where(PULLS.c.mark == sa.bindparam("mark"))
_LATEST_CHILD = (
    sa.select(PULLS)
    .where(
        PULLS.c.since_mark == sa.bindparam("mark"),
        PULLS.c.user_id == sa.bindparam("user"),
        PULLS.c.says_schema.is_(False),
    )
    .order_by(PULLS.c.stamp.desc())
    .limit(1)
)
_OF_DEVICE = sa.select(PULLS).where(PULLS.c.device_id == sa.bindparam("device")).order_by(PULLS.c.stamp.desc()).limit(1)
_UNCLAIMED_FIRST = (
    sa.select(PULLS)
    .where(
        PULLS.c.since_mark == 0,
        PULLS.c.user_id == sa.bindparam("user"),
        PULLS.c.is_claimed.is_(False),
        PULLS.c.says_schema.is_(False),
    )
    .limit(2)
)


def find_pull(snapshot: Snapshot, mark: int) -> Pull | None:
    """The pull that was answered with ``mark``, if this database remembers it."""
    row = snapshot.first(_BY_MARK, {"mark": mark})
    return _pull(row) if row else None


def resolve_since(snapshot: Snapshot, mark: int, user_id: str) -> Since:
    """What to send to a phone that shows ``mark`` (0 = nothing pulled yet).

    A chain is proven only when mark and user agree; then rows it pushed itself need not go back to it.
    """
    if mark <= 0:
        return Since(0, None, is_foreign=False)
    pull = find_pull(snapshot, mark)
    if pull is None:
        # It may stand for a pull in a part that was lost, as far as such marks lie back.
        shared = lost_since(snapshot, mark, leeway_ms=FIRST_GENERATION_LEEWAY_MS)
        if shared is not None:
            return Since(shared, None, is_foreign=True, is_of_lost_part=True)
        if not is_of_this_timeline(snapshot, mark):
            return Since(0, None, is_foreign=True)
        return Since(mark, None, is_foreign=False)
    # A remembered pull counts, also one that was carried over from a lost part (db/lost_part.py).
    is_proven = pull.user_id == user_id and not is_paired_id(pull.device_id)
    return Since(pull.stamp, pull if is_proven else None, is_foreign=False)


def find_pull_of_push(snapshot: Snapshot, mark: int, user_id: str) -> Pull | None:
    """The pull of the same sync as a push that shows ``mark``, or None where that is not proven.

    Library-style apps push with the mark of that pull (PROTOCOL §3). First-generation apps push with the older
    mark that the pull started from (PROTOCOL §6); their very first push therefore says 0, which proves
    something only when a single first pull of this user is still without a sign of life.
    """
    if mark == 0:
        firsts = snapshot.rows(_UNCLAIMED_FIRST, {"user": user_id})
        return _pull(firsts[0]) if len(firsts) == 1 else None
    own = find_pull(snapshot, mark)
    if own is not None and is_paired_id(own.device_id):
        return None  # a mark of the encrypted channel, shown over REST, proves nothing
    if own is None or not own.says_schema:
        child = snapshot.first(_LATEST_CHILD, {"mark": mark, "user": user_id})
        if child:
            return _pull(child)
    return own if own and own.user_id == user_id else None


def find_pull_of_device_push(snapshot: Snapshot, mark: int, user_id: str, device_id: str) -> Pull | None:
    """The same for a phone that the channel proves (RPC). It pushes with the mark that the pull of the same sync
    started from (PROTOCOL §5); a forced upload shows a date instead: then what the phone is proven to hold is the
    last pull that it has lived on from.
    """
    parameters = {"device": device_id, "mark": mark}
    row = snapshot.first(_OF_DEVICE.where(PULLS.c.since_mark == sa.bindparam("mark")), parameters)
    pull = _pull(row) if row else last_claimed_pull(snapshot, device_id)
    return pull if pull and pull.user_id == user_id else None


def last_claimed_pull(snapshot: Snapshot, device_id: str) -> Pull | None:
    """The last pull of a phone whose answer it is proven to have taken."""
    row = snapshot.first(_OF_DEVICE.where(PULLS.c.is_claimed.is_(True)), {"device": device_id})
    return _pull(row) if row else None


def resolve_device_since(snapshot: Snapshot, mark: int, user_id: str, device_id: str) -> Since:
    """What to send to a phone that the channel proves and that shows ``mark``.

    A mark that no pull of this phone got is a date: a person forced a download, or an upload after which the app
    stores its own clock (PROTOCOL §5). It proves nothing, so the phone is sent what is newer than both the date and
    its last proven pull; nothing at all is known of a phone without one. But it may also be of a part that was lost.
    """
    if mark <= 0:
        return Since(0, None, is_foreign=False)
    pull = find_pull(snapshot, mark)
    if pull is not None and pull.device_id == device_id:
        return Since(pull.stamp, pull if pull.user_id == user_id else None, is_foreign=False)
    known = last_claimed_pull(snapshot, device_id)
    shared = lost_since(snapshot, mark) if pull is None else None
    if shared is not None:
        return Since(known.stamp if known else shared, known, is_foreign=True, is_of_lost_part=True)
    return Since(min(mark, known.stamp) if known else 0, None, is_foreign=known is None)


def record_pull(transaction: Transaction, pull: Pull) -> None:
    """Remembers a pull that is about to be answered; its parent has thereby shown that it lives."""
    transaction.run(
        PULLS.insert().values(
            mark=pull.mark,
            stamp=pull.stamp,
            since_mark=pull.since_mark,
            device_id=pull.device_id,
            user_id=pull.user_id,
            says_schema=pull.says_schema,
            is_claimed=pull.is_claimed,
            owed_deletions_since=pull.owed_deletions_since,
            scope=pull.scope,
        )
    )
    if pull.since_mark:
        claim(transaction, pull.since_mark)


def claim(transaction: Transaction, mark: int) -> None:
    """Notes that the phone of this pull has shown a sign of life after it."""
    transaction.run(PULLS.update().where(PULLS.c.mark == mark, PULLS.c.is_claimed.is_(False)).values(is_claimed=True))


def unused_mark(snapshot: Snapshot, wanted: int) -> int:
    """``wanted``, or the next number above it that names no pull yet."""
    while find_pull(snapshot, wanted) is not None:
        wanted += 1
    return wanted


def has_held_rows(snapshot: Snapshot, mark: int) -> bool:
    """Whether the phone of this pull has rows that it neither made nor pulled (it was a courier)."""
    return snapshot.first(sa.select(HELD_ROWS.c.mark).where(HELD_ROWS.c.mark == mark).limit(1)) is not None


def has_dropped_rows(snapshot: Snapshot, mark: int) -> bool:
    """Whether the phone of this pull has destroyed rows since that still live."""
    return snapshot.first(sa.select(DROPPED_ROWS.c.mark).where(DROPPED_ROWS.c.mark == mark).limit(1)) is not None


def forget_pulls(transaction: Transaction, before_stamp: int) -> int:
    """Drops pulls of phones that have not come back since; their marks still work, only without proof."""
    old = sa.select(PULLS.c.mark).where(PULLS.c.stamp < before_stamp)
    for table in (HELD_ROWS, DROPPED_ROWS):
        transaction.run(table.delete().where(table.c.mark.in_(old)))
    return int(transaction.run(PULLS.delete().where(PULLS.c.stamp < before_stamp)).rowcount)


def _pull(row: Any) -> Pull:
    return Pull(**row._mapping)
