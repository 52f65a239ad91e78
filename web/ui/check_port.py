"""What the page "Check this computer" needs from the program: one Protocol, and what its checks have found.

Implemented by kiosk/doctor/desk.py. All times are epoch milliseconds by this computer's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol


class Verdict(StrEnum):
    """What a check says, the worst first."""

    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"  # could not be checked
    PASS = "pass"  # noqa: S105 - not a password


class Area(StrEnum):
    """What a check is about."""

    PHONES = "phones"  # whether phones can reach this computer
    COMPUTER = "computer"
    DATA = "data"
    CLOUD = "cloud"


class Cure(StrEnum):
    """What can be done about something a check has found: done by the program, on another page, or by hand."""

    START_SERVING = "start_serving"
    USE_FREE_PORT = "use_free_port"  # the port is the finding's ``cure_value``
    CHECK_DATABASE = "check_database"
    BACK_UP_NOW = "back_up_now"
    SYNC_NOW = "sync_now"
    CHOOSE_ADDRESS = "choose_address"
    SHOW_CODE = "show_code"
    OPEN_CLOUD = "open_cloud"
    FIREWALL_HELP = "firewall_help"
    NETWORK_HELP = "network_help"
    CLOCK_HELP = "clock_help"
    SLEEP_HELP = "sleep_help"
    DISK_HELP = "disk_help"


class SharedReason(StrEnum):
    """Reasons that any check may give; their sentences are ``check.any.<reason>`` in the catalogue."""

    TIMED_OUT = "timed_out"
    FAILED = "failed"  # something nobody expected
    NOT_MEASURED = "not_measured"  # the system does not tell, or not without more rights
    NOT_SERVING = "not_serving"
    NO_DATABASE = "no_database"  # it cannot be read; another check says why
    NOT_CONNECTED = "not_connected"  # this computer works without a cloud
    NOT_HERE = "not_here"  # other systems need this


@dataclass(frozen=True)
class Finding:
    """What one check has found. Its sentence is ``check.<name>.<reason>`` in the catalogue (or that of a SharedReason),
    filled with ``values``: a moment under "when", bytes under "size", numbers, and words that this computer or its
    staff chose."""

    name: str
    area: Area
    verdict: Verdict
    reason: str
    values: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    cure: Cure | None = None
    cure_value: str = ""


@dataclass(frozen=True)
class Visit:
    """A browser that opened this computer's address. ``has_code``: it came by the code on the page."""

    address: str
    at_ms: int
    has_code: bool


@dataclass(frozen=True)
class PhoneTest:
    """The proof that a phone reaches this computer. ``url`` None: phones are not served, or there is no network."""

    url: str | None
    url_with_code: str | None
    visits: tuple[Visit, ...]  # of the last minutes, the last first


@dataclass(frozen=True)
class CheckView:
    """The checks as they are now. ``findings`` grows while they run."""

    is_running: bool
    done: int
    total: int
    findings: tuple[Finding, ...]
    finished_ms: int | None  # None: never, since the program started
    offered: frozenset[Cure]  # what the program can do itself
    system: str  # "windows", "macos" or "linux": whose steps are shown
    phone_test: PhoneTest
    now_ms: int


class CheckPort(Protocol):
    """What the page may ask. Every method may raise db.errors.HubError."""

    def view(self) -> CheckView:
        """The state of things right now. Asked every few seconds, so it must be quick."""
        ...

    def begin(self) -> None:
        """Start all checks anew; nothing happens while they run."""
        ...

    def cure(self, cure: Cure, value: str = "") -> None:
        """Do what the program can do itself (``CheckView.offered``), then check again. Raises what the cure may raise,
        and InvalidInput with ``path`` "cure" for anything else."""
        ...
