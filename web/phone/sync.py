"""GET and POST of a sync over REST: ``/sync`` and ``/api/v2/sync`` are the same two functions (PROTOCOL §§2, 3, 6).

Knows nothing of merging or tables. An answer is streamed: memory does not grow with the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from bottle import request, response

from db.accounts import Account
from db.changeset import parse_changeset
from db.clock import Clock
from db.database import Database
from db.errors import HubError
from db.pull_plan import PullRequest
from db.push import Sender, apply_push
from db.sync_log import SyncEntry, SyncKind, log_sync
from web.body import BodyReader
from web.headers import header
from web.phone.parameters import parse_mark, parse_migration, parse_schema_version
from web.phone.pull_stream import PullStream
from web.plugins.auth import client_address
from web.watchdog import Watchdog


@dataclass(frozen=True)
class SyncServices:
    """What the two handlers need."""

    database: Database
    clock: Clock
    body: BodyReader
    watchdog: Watchdog


def get_sync(services: SyncServices, account: Account, *, all_tables: bool) -> Iterator[bytes]:
    """Everything that changed since the phone's mark: ``{"changes": {...}, "timestamp": mark}``.

    ``all_tables``: phones on this channel know all tables even when they do not say their schema version.
    """
    with _logged(services, account, SyncKind.PULL):
        return _answer(services, account, all_tables=all_tables)


def _answer(services: SyncServices, account: Account, *, all_tables: bool) -> Iterator[bytes]:
    query = request.query
    pull = PullRequest(
        user_id=account.id,
        address=client_address(),
        mark=parse_mark(query),
        schema_version=parse_schema_version(query),
        migration=parse_migration(query),
        all_tables=all_tables,
    )
    packs = _takes_gzip(header("Accept-Encoding"))
    stream = PullStream(services.database, services.clock, pull, packs=packs)
    response.content_type = "application/json"
    if packs:
        response.set_header("Content-Encoding", "gzip")
        response.set_header("Vary", "Accept-Encoding")
    return services.watchdog.watched(stream)


def post_sync(services: SyncServices, account: Account) -> dict[str, object]:
    """Stores what the phone changed; the answer ``{}`` means: it is on the disk."""
    started = services.clock.now_ms()
    with _logged(services, account, SyncKind.PUSH):
        body = services.body.read(request.environ)
        sender = Sender(account.id, client_address(), parse_mark(request.query), len(body), account.clinic_id or "")
        apply_push(services.database, parse_changeset(body), sender, started)
    return {}


@contextmanager
def _logged(services: SyncServices, account: Account, kind: SyncKind) -> Iterator[None]:
    """A sync that fails is told to staff too; if even that cannot be stored, the phone's answer matters more."""
    try:
        yield
    except HubError as failure:
        with suppress(HubError), services.database.write() as transaction:
            log_sync(transaction, SyncEntry(kind, "rest", None, account.id, result=failure.code))
        raise


def _takes_gzip(accepts: str) -> bool:
    """Whether an Accept-Encoding header names gzip, and not to exclude it (``q=0``)."""
    for wish in accepts.lower().split(","):
        coding, _, weight = wish.partition(";")
        if coding.strip() == "gzip":
            return weight.strip().removeprefix("q=").strip("0.") != "" or not weight.strip()
    return False
