"""Syncing over the encrypted channel: ``sync_pull`` and ``sync_push`` (PROTOCOL §5).

Knows nothing of merging (db) or of sealing. What a push may change is held to the permissions record by record
(db/push_gate.py); what a pull sends, to the setting "phones receive" (db/scope.py).
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from db.changeset import parse_changeset
from db.errors import InvalidInput
from db.pull_plan import PullRequest
from db.push import Sender, apply_push
from web.phone.parameters import LARGEST_MARK
from web.phone.pull_stream import PullStream
from web.rpc.registry import SIGNED_IN, Caller, Kind, Procedure, Services


class Marks(msgspec.Struct):
    """Both spellings of the phone's mark (epoch ms); what cannot be read counts as 0."""

    last_pulled_at: Any = None
    last_pulled_at_camel: Any = msgspec.field(default=None, name="lastPulledAt")

    @property
    def mark(self) -> int:
        """The mark the phone shows."""
        return _mark(self.last_pulled_at_camel if self.last_pulled_at_camel is not None else self.last_pulled_at)


class Push(Marks):
    """``changes``: as over REST (PROTOCOL §2.1), read by the same reader: what REST takes is taken here. Deletions may
    be whole rows (a forced upload)."""

    changes: msgspec.Raw = msgspec.Raw(b"")


def sync_pull(services: Services, caller: Caller, parameters: Marks) -> PullStream:
    """Everything that changed since the phone's mark, as a stream of JSON."""
    request = PullRequest(
        user_id=caller.account.id,
        address=caller.address,
        mark=parameters.mark,
        schema_version=None,
        all_tables=True,
        device_id=caller.device_id,
    )
    return PullStream(services.database, services.clock, request)


def sync_push(services: Services, caller: Caller, parameters: Push) -> dict[str, Any]:
    """Stores what the phone changed; when this returns, it is on the disk."""
    body = bytes(parameters.changes)
    if not body.lstrip().startswith(b"{"):
        raise InvalidInput(path="changes")
    started = services.clock.now_ms()
    clinic = caller.clinic_id
    sender = Sender(caller.account.id, caller.address, parameters.mark, len(body), clinic, caller.device_id)
    apply_push(services.database, parse_changeset(body), sender, started)
    return {}


def _mark(value: object) -> int:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return 0
    return min(math.floor(value), LARGEST_MARK)


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.QUERY, "sync_pull", SIGNED_IN, Marks, sync_pull),
    Procedure(Kind.COMMAND, "sync_push", SIGNED_IN, Push, sync_push),
)
