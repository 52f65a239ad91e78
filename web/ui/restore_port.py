"""What the page "Restore" needs of the program: one Protocol, and how far a restore has come.

Implemented by kiosk/restore_desk.py. All times are epoch milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class RestoreStep(StrEnum):
    """What the page shows."""

    CHOOSE = "choose"
    LOOK = "look"  # the chosen backup is read and checked; nothing is changed
    ASK = "ask"  # it is whole and opens: the question
    RESTORE = "restore"  # phones are not served
    TOLD = "told"  # a restore is done, and nobody has confirmed having read what follows from it


class RestorePhase(StrEnum):
    """What is done with RestoreStep.RESTORE."""

    CHECK = "check"
    COPY = "copy"
    PREPARE = "prepare"
    SWITCH = "switch"  # the server part starts anew


class BackupPlace(StrEnum):
    """Where a backup was found."""

    HERE = "here"
    SECOND = "second"
    DRIVE = "drive"  # a stick


@dataclass(frozen=True)
class FoundBackup:
    """A backup that can be chosen. ``made_ms`` None: it cannot be read."""

    file: str
    name: str
    place: BackupPlace
    made_ms: int | None
    server_name: str
    size: int


@dataclass(frozen=True)
class ChosenBackup:
    """A backup that was looked at. ``counts``: records by table, deleted ones included."""

    file: str
    made_ms: int
    server_name: str
    size: int
    counts: dict[str, int]


@dataclass(frozen=True)
class LatePhone:
    """A phone that synced after the backup was made. ``records_sent``: what it sent then."""

    name: str | None
    user_name: str | None
    last_sync_ms: int
    records_sent: int


@dataclass(frozen=True)
class RestoreOutcome:
    """What staff has to know. ``late`` None: nobody can know which phones synced after the backup. ``aside``: where the
    replaced database is kept; "": there was none. ``lost_passphrase``: the program opens without one now.
    ``has_pin``: there was a PIN when the backup was made, and it holds again. ``lost_pin``: there is none
    any more."""

    made_ms: int
    server_name: str
    aside: str
    late: tuple[LatePhone, ...] | None
    lost_passphrase: bool
    has_pin: bool = False
    lost_pin: bool = False


@dataclass(frozen=True)
class RestoreFailure:
    """The code of an error and what its sentence needs. ``was_restoring``: phones were kept out for it."""

    code: str
    context: dict[str, str | int] = field(default_factory=dict)
    was_restoring: bool = False


@dataclass(frozen=True)
class RestoreView:
    """How things stand. ``chosen`` with ASK and RESTORE, ``phase`` with RESTORE, ``outcome`` with TOLD. ``aside``: the
    folder that will keep what is replaced; "": there are no records here yet."""

    step: RestoreStep
    found: tuple[FoundBackup, ...] = ()
    is_searching: bool = False
    percent: int = 0
    phase: RestorePhase | None = None
    chosen: ChosenBackup | None = None
    failure: RestoreFailure | None = None
    outcome: RestoreOutcome | None = None
    aside: str = ""
    tried_file: str = ""  # what was looked at last, to be corrected


class RestorePort(Protocol):
    """What the page may ask. Every method may raise db.errors.HubError."""

    def view(self) -> RestoreView:
        """How things stand. Quick."""
        ...

    def search(self) -> None:
        """Look anew for backups: here, in the second place, on drives that are connected."""
        ...

    def look(self, file: str, code: str) -> None:
        """Begin to look at a backup; ``code``: the recovery code, "" where this computer has the key. Raises
        InvalidInput (``path``: "file") when none is named. Nothing happens while a restore is under way."""
        ...

    def begin(self) -> None:
        """Put the backup that was looked at in the place of the records here. Raises InvalidInput (``path``: "file")
        when none was."""
        ...

    def cancel(self) -> None:
        """Forget what was looked at. A restore that has begun goes on."""
        ...

    def dismiss(self) -> None:
        """Somebody has read the outcome."""
        ...
