"""What the kiosk's pages about the cloud need from the program: one Protocol, and the snapshots it returns.

Implemented by kiosk/cloud/desk.py. All times are epoch milliseconds by this computer's clock; 0: never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Receipt:
    """Where living records are, counted in the tables: on this computer, of those in the cloud, and still waiting. What
    is set aside waits."""

    here: int
    in_cloud: int
    waiting: int


@dataclass(frozen=True)
class CloudView:
    """The connection with the organisation's cloud as it is now."""

    is_connected: bool
    url: str = ""
    device_name: str = ""  # what the organisation calls this computer
    clinic_names: tuple[str, ...] = ()  # for which the key is; an id where the name is not known
    is_running: bool = False
    phase: str | None = None  # of the round under way: "checking", "pulling", "pushing" or "confirming"
    done: int = 0  # records of this phase so far
    total: int | None = None
    last_success_ms: int = 0
    last_try_ms: int = 0
    last_result: str = ""  # "ok", the code of an error, or "" before the first round
    next_try_ms: int | None = None
    is_paused: bool = False
    halt: str | None = None  # "key_refused", "looks_empty" or "other_cloud": a person has to decide
    clock_ahead_ms: int = 0  # of this computer, against the cloud's
    receipt: Receipt = Receipt(0, 0, 0)
    to_send: int = 0  # changes, deletions too, that the next rounds take along; not what is set aside
    set_aside: int = 0
    conflicts: int = 0
    minutes: int = 5  # between two rounds
    daily_limit_bytes: int = 0  # 0: no limit
    used_today_bytes: int = 0


@dataclass(frozen=True)
class AsideView:
    """A record that the cloud would not keep."""

    table: str
    record_id: str
    patient_name: str  # for the screen only; "" if none is known
    reason: str  # an AsideReason (db/cloud/aside.py)
    at_ms: int


@dataclass(frozen=True)
class DifferingValue:
    """One column of a conflict: what is current, and what lost."""

    column: str
    current: str
    other: str


@dataclass(frozen=True)
class ConflictView:
    """An edit that lost against another one of the same columns. ``version``: its number in the history."""

    table: str
    record_id: str
    version: int
    patient_name: str
    at_ms: int
    by_name: str | None  # who made what lost; None: the cloud
    values: tuple[DifferingValue, ...]
    is_deleted: bool  # the record was deleted meanwhile


class CloudPort(Protocol):
    """What the pages may ask about the cloud. Every method may raise db.errors.HubError."""

    def view(self) -> CloudView:
        """The state of things right now. Asked every few seconds, so it must be quick."""
        ...

    def connect(self, url: str, key: str, *, may_replace: bool = False) -> None:
        """Check the key and connect; blanks and unseen marks of a pasted text are no part of it.

        Raises InvalidInput with ``path`` "url" or "key", a CloudFailure, and OtherCloud when this computer is connected
        with another cloud: to be asked about, then ``may_replace``.
        """
        ...

    def disconnect(self) -> None:
        """End the connection; records and what waits stay."""
        ...

    def sync_now(self) -> None:
        """A round now; during a round, one more after it."""
        ...

    def pause(self) -> None:
        """No rounds by themselves until ``resume``."""
        ...

    def resume(self) -> None:
        """Rounds run by themselves again."""
        ...

    def go_on(self, *, refill: bool) -> None:
        """A person has decided after a halt. ``refill``: this cloud is right, and everything on this computer is to go
        to it again; otherwise just try once more."""
        ...

    def choose_minutes(self, minutes: int) -> None:
        """The time between two rounds, 1 to 1440. Raises InvalidInput with ``path`` "minutes"."""
        ...

    def choose_daily_limit(self, megabytes: int) -> None:
        """How much may go over the line a day; 0: no limit. Raises InvalidInput with ``path`` "megabytes"."""
        ...

    def list_aside(self, count: int) -> tuple[AsideView, ...]:
        """Records that are set aside, newest first."""
        ...

    def retry(self, table: str | None = None, record_id: str | None = None) -> None:
        """Try a record that is set aside again, or all of them."""
        ...

    def discard(self, table: str, record_id: str) -> None:
        """Give up what is set aside; it stays in the history. Raises NotFound."""
        ...

    def list_conflicts(self, count: int) -> tuple[ConflictView, ...]:
        """Edits that lost, newest first."""
        ...

    def restore(self, table: str, record_id: str, version: int) -> None:
        """Make what lost current again. Raises NotFound."""
        ...

    def settle(self, version: int) -> None:
        """The conflict has been looked at and stays as it is. Raises NotFound."""
        ...
