"""What the page "Export diagnostics" needs from the program: one Protocol, and what a report is said to hold.

Implemented by kiosk/diagnostics/desk.py. All times are epoch milliseconds by this computer's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ReportPart(StrEnum):
    """What there is in a report; each has a sentence in the catalogue."""

    README = "readme"
    ABOUT = "about"
    CHECKS = "checks"
    SETTINGS = "settings"
    DATABASE = "database"
    SYNCS = "syncs"
    SLOW = "slow"
    PHONES = "phones"
    CLOUD = "cloud"
    CRASHES = "crashes"
    LOG = "log"


@dataclass(frozen=True)
class PreviewLine:
    """One file of the report. ``entries``: lines, records or fields, for people who want to know how much it is."""

    part: ReportPart
    name: str
    entries: int
    bytes: int


@dataclass(frozen=True)
class ReportPreview:
    """A report that is ready. ``file_name``: how it is offered for saving."""

    support_code: str
    made_at_ms: int
    file_name: str
    bytes: int
    lines: tuple[PreviewLine, ...]


@dataclass(frozen=True)
class DiagnosticsView:
    """``preview`` None: none is ready; ``failure``: the code of the error that kept the last one from being made."""

    is_preparing: bool
    preview: ReportPreview | None
    failure: str | None
    now_ms: int


@dataclass(frozen=True)
class ReportArchive:
    """A report as one file."""

    file_name: str
    support_code: str
    content: bytes


class DiagnosticsPort(Protocol):
    """What the page may ask. Every method may raise db.errors.HubError."""

    def view(self) -> DiagnosticsView:
        """The state of things right now. Quick."""
        ...

    def prepare(self) -> None:
        """Make a new report in the background; nothing happens while one is being made."""
        ...

    def archive(self) -> ReportArchive:
        """The report that the preview is of; where there is none, or only an old one, a new one (takes seconds)."""
        ...
