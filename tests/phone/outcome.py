"""What one sync of a phone did, as the phones' process tells it.

Knows nothing of phones or of how the process is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""A row as a phone stores it; times are epoch milliseconds by that phone's clock."""


@dataclass(frozen=True)
class TableIds:
    """What one table's part of a changeset held; ``deleted`` as it was: id strings, or objects."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    deleted: list[Any] = field(default_factory=list)

    @property
    def ids(self) -> set[str]:
        """Ids of rows that came or went, deletions left out."""
        return {*self.created, *self.updated}

    def __len__(self) -> int:
        return len(self.created) + len(self.updated) + len(self.deleted)


@dataclass(frozen=True)
class Exchange:
    """One HTTP request of a sync; ``status`` is None when no answer came. Bodies only with ``keep_bodies``."""

    method: str
    path: str
    status: int | None
    request: str | None = None
    reply: str | None = None


@dataclass(frozen=True)
class SyncOutcome:
    """What one sync did, seen from the phone.

    ``since`` is the mark it pulled from and ``timestamp`` the one it was given (epoch ms); ``pulled`` and
    ``pushed`` leave out tables without changes. ``complaints`` are the library's warnings and errors.
    """

    ok: bool
    error: str | None
    status: int | None
    since: int | None
    migration: Mapping[str, Any] | None
    timestamp: int | None
    pulled: dict[str, TableIds]
    pushed: dict[str, TableIds]
    has_pushed: bool
    is_paused: bool
    complaints: list[str]
    exchanges: list[Exchange]

    @property
    def pulled_count(self) -> int:
        return sum(map(len, self.pulled.values()))

    @property
    def pushed_count(self) -> int:
        return sum(map(len, self.pushed.values()))

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> SyncOutcome:
        """The driver's record of a sync."""
        return cls(
            ok=raw["ok"],
            error=raw["error"],
            status=raw["status"],
            since=raw["since"],
            migration=raw["migration"],
            timestamp=raw["timestamp"],
            pulled={name: TableIds(**ids) for name, ids in raw["pulled"].items()},
            pushed={name: TableIds(**ids) for name, ids in raw["pushed"].items()},
            has_pushed=raw["hasPushed"],
            is_paused=raw["isPaused"],
            complaints=raw["complaints"],
            exchanges=[Exchange(**exchange) for exchange in raw["exchanges"]],
        )
