"""What the page about updates needs from the program: one Protocol, and the views it returns.

Implemented by kiosk/update/desk.py. All times are epoch milliseconds by this computer's clock; 0: never.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

OK = "ok"
NOTHING: Mapping[str, str | int] = MappingProxyType({})


class Stage(StrEnum):
    """What is being done for an update; each has a text in the catalogue."""

    CHECKING = "checking"
    UNPACKING = "unpacking"
    TESTING = "testing"
    BACKING_UP = "backing_up"
    WAITING = "waiting"
    EXCHANGING = "exchanging"


@dataclass(frozen=True)
class FoundUpdate:
    """An update file. ``version`` "": it cannot be told; ``refusal``: the code of the error that keeps it from being
    installed here, with what its sentence needs."""

    path: str
    name: str
    size: int
    version: str
    refusal: str | None = None
    context: Mapping[str, str | int] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True)
class LastUpdate:
    """How the last update ended: "ok", or the code of an error; then ``before`` serves."""

    result: str
    version: str
    before: str
    at_ms: int


@dataclass(frozen=True)
class UpdateView:
    """How things stand."""

    version: str
    is_able: bool  # False: this copy of the program trusts nobody's update files
    folder: str  # that was looked in last
    found: tuple[FoundUpdate, ...] | None  # None: nobody has looked yet
    stage: Stage | None  # of the update under way
    percent: int | None  # of that stage
    failure: str | None  # the code of the error that ended the last preparation
    last: LastUpdate | None
    may_ask: bool  # whether it may be asked on the internet what versions there are
    newest: str  # the newest version that is known of, "" if none is newer
    asked_ms: int
    asked_result: str  # "ok", the code of an error, or "" when it was never asked


class UpdatePort(Protocol):
    """Every method may raise db.errors.HubError."""

    def view(self) -> UpdateView:
        """How things stand now. Quick."""
        ...

    def look(self, folder: str) -> None:
        """Look for update files in a folder and on the drives that are plugged in; "": only there. Raises InvalidInput
        (``path``: "folder")."""
        ...

    def found(self, path: str) -> FoundUpdate:
        """What the file is now. Raises NotFound unless it was found by looking."""
        ...

    def install(self, path: str) -> None:
        """Begin to install a file that was found; how it goes is in the view, and in the end another program answers.
        Raises NotFound, UpdateRunning, and why it cannot be installed."""
        ...

    def choose_asking(self, may_ask: bool) -> None:
        """Whether it may be asked on the internet, once a day, what versions there are."""
        ...

    def ask_now(self) -> None:
        """Ask now. Raises UpdateFeedFailed, InvalidInput when that is not allowed."""
        ...
