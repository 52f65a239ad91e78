"""The queries behind a pull, one set a table, compiled once: which rows are created, updated, deleted for a phone.

Knows nothing of who asks. ``since`` is a stamp, ``mark`` the pull whose phone asks (or NO_MARK), ``own_mark`` the
same if the user who asks is the one who pulled then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Statement
from db.earlier_lives import perhaps_hidden, still_held
from db.schema import DROPPED_ROWS, HELD_ROWS, RECORD_TABLES, WITHHELD_ROWS
from db.scope import scope_conditions
from db.sqlite.dialect import field


class Revived(Enum):
    """How records that were deleted and brought back are looked at."""

    NONE = 0  # there are none
    FORGET = 1  # as the library does: it destroys what is deleted
    HIDE = 2  # as the first generation does: it only hides what is deleted


@dataclass(frozen=True)
class Look:
    """How a pull looks at the rows of a table. ``migrated_columns`` must come from the catalogue; ``trusts_stamp``:
    rows that were here at ``since`` are on the phone; ``is_scoped``: the phone may not see everything;
    ``has_moves``: records have come or gone with the scope (only then is it worth looking at old ones);
    ``resends``: what the phone has may be of a part of the timeline that was lost, so it is sent again."""

    migrated_columns: tuple[str, ...] = ()
    with_held_rows: bool = False
    revived: Revived = Revived.NONE
    trusts_stamp: bool = True
    is_scoped: bool = False
    has_moves: bool = False
    resends: bool = False
    with_dropped_rows: bool = False


@dataclass(frozen=True)
class TableQueries:
    """Each gives one column: the document, for ``deleted`` and ``withheld`` the id."""

    everything: Statement
    created: Statement
    updated: Statement
    deleted: Statement
    migrated: Statement | None  # rows from before ``since`` with values in columns the phone did not have
    nothing: Statement
    withheld: sa.Select[tuple[str]] | None  # living rows that go as deleted, since the phone may no longer see them


@lru_cache(maxsize=512)
def queries_for(name: str, look: Look) -> TableQueries:
    """The queries of one table.

    ``created`` are the rows the phone may not have, ``updated`` those it is proven to have: it pulled them
    (they were here at ``since``), made them in the sync of ``mark``, held them then (``with_held_rows``), or holds
    them from before they were brought back (``revived``); unless it has destroyed them (``with_dropped_rows``).
    A phone that holds exactly the stored version is not sent it (no echo), while the same user (``own_mark``) asks.
    """
    table = RECORD_TABLES[name]
    columns = table.c
    since: sa.BindParameter[int] = sa.bindparam("since")
    scope = scope_conditions(name) if look.is_scoped else None
    is_live = columns.local_server_deleted_at.is_(None)
    is_newer = columns.local_server_last_modified > since
    is_not_held = columns.local_server_held_mark.is_distinct_from(sa.bindparam("own_mark"))
    has_it = _has_it(name, look, since)
    # What has newly come into sight goes as created, whatever its age; only what the phone hides must not.
    is_hidden = columns.id.in_(_hidden_ids(name)) if look.revived is Revived.HIDE else sa.false()
    is_visible = scope.is_visible if scope else sa.true()
    is_news = is_visible if look.resends else is_newer & is_not_held & is_visible
    created, updated = is_news & sa.not_(has_it), is_news & has_it
    is_tombstone = columns.local_server_deleted_at.is_not(None) & is_not_held
    is_gone = is_newer & is_tombstone
    withheld = None
    if scope is not None:
        is_out_of_sight = is_live & (columns.local_server_created_at <= since) & sa.not_(is_visible)
        is_gone = is_newer & (is_tombstone | is_out_of_sight)
        is_withheld = is_newer & is_out_of_sight
        if look.has_moves:
            created = (created & sa.not_(scope.has_appeared)) | (scope.has_appeared & is_visible & sa.not_(is_hidden))
            updated = (updated & sa.not_(scope.has_appeared)) | (scope.has_appeared & is_visible & is_hidden)
            is_gone |= is_live & scope.has_disappeared
            is_withheld |= is_live & scope.has_disappeared
        withheld = sa.select(columns.id).where(is_withheld)
    migrated = None
    if look.migrated_columns and not look.resends:
        wanted = sa.or_(*(_has_value(table, column) for column in look.migrated_columns))
        is_older = columns.local_server_last_modified <= since
        if scope is not None:
            is_older &= is_visible & (sa.not_(scope.has_appeared) if look.has_moves else sa.true())
        migrated = Statement(sa.select(columns.data).where(is_older, is_live, wanted))
    return TableQueries(
        everything=Statement(sa.select(columns.data).where(is_live, *([is_visible] if scope else []))),
        created=Statement(sa.select(columns.data).where(is_live, created)),
        updated=Statement(sa.select(columns.data).where(is_live, updated)),
        deleted=Statement(sa.select(columns.id).where(is_gone)),
        migrated=migrated,
        nothing=Statement(sa.select(columns.data).where(sa.false())),
        withheld=withheld,
    )


def _has_it(name: str, look: Look, since: sa.BindParameter[int]) -> sa.ColumnElement[bool]:
    columns = RECORD_TABLES[name].c
    mark: sa.BindParameter[int] = sa.bindparam("mark")
    proofs: list[sa.ColumnElement[bool]] = []
    if look.trusts_stamp:
        proofs.append(columns.local_server_created_at <= since)
        proofs.append(columns.local_server_created_mark.is_not_distinct_from(mark))
        if look.with_held_rows:
            held = sa.select(HELD_ROWS.c.record_id).where(HELD_ROWS.c.mark == mark, HELD_ROWS.c.table_name == name)
            proofs.append(columns.id.in_(held))
        if look.revived is not Revived.NONE:
            proofs.append(columns.id.in_(still_held(name, since, mark)))
    if look.revived is Revived.HIDE:
        proofs.append(columns.id.in_(_hidden_ids(name)))
    has_it = sa.or_(*proofs) if proofs else sa.false()
    if look.with_dropped_rows:
        dropped = sa.select(DROPPED_ROWS.c.record_id).where(
            DROPPED_ROWS.c.mark == mark, DROPPED_ROWS.c.table_name == name
        )
        has_it &= columns.id.not_in(dropped)
    return has_it


def _hidden_ids(name: str) -> sa.CompoundSelect[tuple[str]]:
    """What a phone that only hides what is deleted may hide: earlier lives, and what was withheld from it."""
    device: sa.BindParameter[str] = sa.bindparam("device")
    withheld = sa.select(WITHHELD_ROWS.c.record_id).where(
        WITHHELD_ROWS.c.device_id == device, WITHHELD_ROWS.c.table_name == name
    )
    return sa.union_all(perhaps_hidden(name, device), withheld)


def _has_value(table: sa.Table, name: str) -> sa.ColumnElement[bool]:
    """Whether a column holds anything but what a phone fills in by itself when it lacks the column."""
    default = CATALOGUE[table.name].columns[name].default
    value = field(table, name)
    if default is None:
        return value.is_not(None)
    return sa.func.coalesce(value, default) != default
