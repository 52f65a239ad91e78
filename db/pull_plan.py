"""What a pull will send, decided before the first row is read: which mark, since when, which rows as what (DESIGN §5).

Knows nothing of reading the rows (db/pull.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from db.catalogue import CATALOGUE, Table, first_generation_tables, tables_for_schema
from db.database import Snapshot, Statement, Transaction
from db.devices import (
    AppGeneration,
    DeviceStatus,
    find_device,
    is_paired_id,
    remember_device,
)
from db.earlier_lives import has_earlier_lives
from db.errors import PhoneRevoked
from db.marks import (
    FIRST_GENERATION_LEEWAY_MS,
    Pull,
    Since,
    find_pull,
    has_dropped_rows,
    has_held_rows,
    record_pull,
    resolve_device_since,
    resolve_since,
    unused_mark,
)
from db.pairing import device_status
from db.pull_queries import Look, Revived, TableQueries, queries_for
from db.records import NO_MARK
from db.schema import WITHHELD_ROWS
from db.scope import (
    EVERYTHING,
    UNLIMITED,
    ScopeChange,
    parse_scope,
    scope_change,
    scope_of,
    scope_parameters,
)
from db.sqlite.dialect import insert_new
from db.sync_log import SyncNote


@dataclass(frozen=True)
class Migration:
    """What an upgraded app lacks (PROTOCOL §2.5): whole tables, and columns of tables it had."""

    tables: frozenset[str] = frozenset()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class PullRequest:
    """What a phone asks for. ``schema_version`` None: it does not say, so it may be of the first generation."""

    user_id: str
    address: str
    mark: int
    schema_version: int | None
    migration: Migration = Migration()
    all_tables: bool = False  # a channel on which phones know every table even when they do not say so
    device_id: str | None = None  # the phone, where the channel proves it (RPC)


@dataclass(frozen=True)
class PullPlan:
    """Everything decided before the first row is read."""

    pull: Pull
    since: Since
    phone_mark: int  # of the pull that the phone shows, whoever was signed in on it then
    deletions_since: int
    deletions_as_objects: bool
    tables: tuple[Table, ...]
    migration: Migration
    look: Look
    scope: ScopeChange
    notes: tuple[SyncNote, ...]

    def lists(self, table: Table) -> Iterator[tuple[str, Statement, dict[str, Any]]]:
        """(list, query, parameters) for every query whose rows go into the answer."""
        queries = self._queries(table)
        is_new_table = table.name in self.migration.tables
        scope = scope_parameters(self.scope) if self.scope.is_needed else {}
        if self.since.stamp == 0 or is_new_table:
            yield "created", queries.everything, scope
            yield "updated", queries.nothing, {}
        else:
            window = self.window(self.since.stamp)
            yield "created", queries.created, window
            yield "updated", queries.updated, window
            if queries.migrated is not None:
                yield "updated", queries.migrated, {"since": self.since.stamp, **scope}
        if self.since.stamp == 0:
            yield "deleted", queries.nothing, {}
        else:
            yield "deleted", queries.deleted, self.window(self.deletions_since)

    def window(self, since: int) -> dict[str, Any]:
        """The parameters of the queries that look at changes after ``since``."""
        window = {"since": since, "mark": self.phone_mark, "own_mark": self.since.mark, "device": self.pull.device_id}
        return window | scope_parameters(self.scope) if self.scope.is_needed else window

    def _queries(self, table: Table) -> TableQueries:
        return queries_for(table.name, replace(self.look, migrated_columns=self.migration.columns.get(table.name, ())))


def plan_pull(transaction: Transaction, request: PullRequest) -> PullPlan:
    """Decides everything about a pull, and remembers it. Raises PhoneRevoked."""
    caller = _identify(transaction, request)
    since = caller.since
    owed = caller.earlier.owed_deletions_since if caller.earlier else None
    deletions_since, owed = _deletions(
        since, owed, is_first=caller.is_first, is_settled=caller.is_first or caller.says_schema
    )
    scope = _scope_change(transaction, request, since, caller.earlier)
    if scope is None:  # nobody knows what the phone could see when it last pulled
        since, scope = Since(0, None, is_foreign=False), ScopeChange(EVERYTHING, scope_of(transaction, request.user_id))
    plan = PullPlan(
        pull=_remember_pull(transaction, request, caller, owed, scope),
        since=since,
        phone_mark=caller.earlier.mark if caller.earlier else NO_MARK,
        deletions_since=deletions_since,
        deletions_as_objects=caller.hides_deleted,
        tables=_tables(request),
        migration=request.migration if since.stamp else replace(request.migration, tables=frozenset()),
        look=_look(transaction, request, replace(caller, since=since), scope),
        scope=scope,
        notes=(SyncNote.UNKNOWN_MARK,) if since.is_foreign else (),
    )
    if caller.hides_deleted:
        _remember_withheld(transaction, plan)
    return plan


@dataclass(frozen=True)
class _CallerOfPull:
    """Who pulls. ``earlier``: the pull that it shows, whoever was signed in on it then."""

    device_id: str
    since: Since
    earlier: Pull | None
    says_schema: bool  # as every app does that is not of the first generation
    is_first: bool  # has shown itself to be of the first generation
    is_paired: bool

    @property
    def hides_deleted(self) -> bool:
        """Whether the app hides what it is told is deleted, so that it cannot make it again (PROTOCOL §§5, 6)."""
        return self.is_first or self.is_paired


def _identify(transaction: Transaction, request: PullRequest) -> _CallerOfPull:
    """Raises PhoneRevoked."""
    earlier = find_pull(transaction, request.mark)
    if request.device_id is not None:
        since = resolve_device_since(transaction, request.mark, request.user_id, request.device_id)
        if earlier is not None and earlier.device_id != request.device_id:
            earlier = None
        caller = _CallerOfPull(request.device_id, since, earlier, says_schema=True, is_first=False, is_paired=True)
    else:
        since = resolve_since(transaction, request.mark, request.user_id)
        # A mark names one phone, also when somebody else has signed in on it since.
        if since.is_foreign or (earlier is not None and is_paired_id(earlier.device_id)):
            earlier = None
        device_id = earlier.device_id if earlier else f"rest-{transaction.stamp}"
        device = find_device(transaction, device_id)
        says_schema = request.schema_version is not None
        is_first = device is not None and device.app_generation is AppGeneration.FIRST and not says_schema
        caller = _CallerOfPull(device_id, since, earlier, says_schema, is_first, is_paired=False)
    if device_status(transaction, caller.device_id) is DeviceStatus.REVOKED:
        raise PhoneRevoked
    return caller


def _scope_change(
    transaction: Transaction, request: PullRequest, since: Since, earlier: Pull | None
) -> ScopeChange | None:
    """What came into the phone's sight and went out of it; None where that cannot be known."""
    now = scope_of(transaction, request.user_id)
    if since.stamp == 0 or since.is_of_lost_part:
        return ScopeChange(now, now)
    if earlier is not None:
        return scope_change(transaction, parse_scope(earlier.scope), now, since.stamp)
    return UNLIMITED if now == EVERYTHING else None


def _remember_pull(
    transaction: Transaction, request: PullRequest, caller: _CallerOfPull, owed: int | None, scope: ScopeChange
) -> Pull:
    """Writes down that this pull began, and by which phone."""
    pull = Pull(
        mark=_mark(transaction) if caller.is_first else transaction.stamp,
        stamp=transaction.stamp,
        since_mark=max(request.mark, 0),
        device_id=caller.device_id,
        user_id=request.user_id,
        says_schema=caller.says_schema,
        is_claimed=False,
        owed_deletions_since=owed,
        scope=scope.now.text,
    )
    record_pull(transaction, pull)
    remember_device(
        transaction,
        caller.device_id,
        user_id=request.user_id,
        address=request.address,
        generation=AppGeneration.LATER if caller.says_schema else AppGeneration.UNKNOWN,
    )
    return pull


def _look(transaction: Transaction, request: PullRequest, caller: _CallerOfPull, scope: ScopeChange) -> Look:
    is_of_lost_part = caller.since.is_of_lost_part
    # A phone whose chain is lost with a part of the timeline may well be of the first generation.
    may_hide_deleted = caller.hides_deleted or (is_of_lost_part and not caller.says_schema)
    # Over RPC a mark that no pull got is a date; and an app that drops what it is told is changed but does not have
    # (PROTOCOL §§5, 6) must not be told so of what it could not see. Of a lost part only the channel knows whose mark
    # it is: what such a phone had taken before, it has, or hides since it was deleted there.
    has_chain = caller.earlier is not None or not caller.is_paired
    drops_unknown = caller.hides_deleted or not caller.says_schema
    return Look(
        with_held_rows=has_held_rows(transaction, request.mark),
        # Who hides what it deletes has it still, and could not make it again.
        with_dropped_rows=not may_hide_deleted and has_dropped_rows(transaction, request.mark),
        revived=_revived(transaction, caller.device_id, hides_deleted=may_hide_deleted),
        trusts_stamp=(caller.since.pull is not None if is_of_lost_part else has_chain)
        and not (scope.is_needed and drops_unknown),
        is_scoped=scope.is_needed,
        has_moves=bool(scope.appeared or scope.disappeared) or scope.before != scope.now,
        resends=is_of_lost_part,
    )


def _remember_withheld(transaction: Transaction, plan: PullPlan) -> None:
    """Notes the living rows that go to the phone as deleted: it hides them, and could not make them again."""
    device_id = plan.pull.device_id
    if plan.pull.since_mark == 0:  # it has begun anew, and hides nothing
        transaction.run(WITHHELD_ROWS.delete().where(WITHHELD_ROWS.c.device_id == device_id))
        return
    if not plan.scope.is_needed or plan.since.stamp == 0:
        return
    for table in plan.tables:
        withheld = queries_for(table.name, plan.look).withheld
        if withheld is not None:
            ids = [(device_id, table.name, row.id) for row in transaction.rows(withheld, plan.window(plan.since.stamp))]
            transaction.run_many(_WITHHOLD, ids)


_WITHHOLD = Statement(insert_new(WITHHELD_ROWS))


def _revived(snapshot: Snapshot, device_id: str, *, hides_deleted: bool) -> Revived:
    if hides_deleted and snapshot.first(_ANY_WITHHELD, {"device": device_id}) is not None:
        return Revived.HIDE
    if not has_earlier_lives(snapshot):
        return Revived.NONE
    return Revived.HIDE if hides_deleted else Revived.FORGET


_ANY_WITHHELD = sa.select(WITHHELD_ROWS.c.record_id).where(WITHHELD_ROWS.c.device_id == sa.bindparam("device")).limit(1)


def _tables(request: PullRequest) -> tuple[Table, ...]:
    if request.schema_version is not None:
        return tables_for_schema(request.schema_version)
    if request.all_tables:
        return tuple(table for table in CATALOGUE.values() if table.is_for_phones)
    return first_generation_tables()


def _deletions(since: Since, owed: int | None, *, is_first: bool, is_settled: bool) -> tuple[int, int | None]:
    """From which stamp on deletions are sent, and from which on they will still be owed after this pull.

    A first-generation app reads deletions as objects only, a library-style app as ids only (PROTOCOL §§3, 6);
    until a phone that does not say its schema has shown which it is, it gets ids, and what it may not have
    understood is sent again as objects once it has shown itself to be of the first generation.
    """
    if since.stamp == 0:
        return 0, None
    if is_first and owed is not None:
        return owed, None
    if is_settled:
        return since.stamp, None
    return since.stamp, since.stamp if owed is None else owed


def _mark(transaction: Transaction) -> int:
    """The number a first-generation app is answered with. To others it is the stamp.

    Such an app compares it with the times of its own rows, and pushes only newer ones (PROTOCOL §6): were it ahead
    of the phone's clock, edits would never be sent. So it is a day in the past, by the computer's clock even while
    stamps run ahead of that; the price is that rows of the last day are pushed again, which changes nothing.
    """
    return unused_mark(transaction, min(transaction.stamp, transaction.now_ms) - FIRST_GENERATION_LEEWAY_MS)
