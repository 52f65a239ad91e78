"""What is measured about this computer and its server, as the checks judge it.

Knows nothing of how it is measured or of what is good or bad. None stands for what could not be found out.
All times are epoch milliseconds by this computer's clock, unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.network import LanAddress


@dataclass(frozen=True)
class PortFacts:
    """The phones' listener. ``free_port``: one that could be used instead, where the port is taken."""

    has_server: bool
    is_listening: bool
    is_taken: bool
    port: int
    holder: str | None = None
    free_port: int | None = None
    is_first_run: bool = False


@dataclass(frozen=True)
class NetworkFacts:
    """The addresses that phones could use, the one they are told, and the one they were told before if it is gone."""

    addresses: tuple[LanAddress, ...]
    chosen: LanAddress | None
    changed_from: str | None
    was_told: bool  # phones have been told an address before


@dataclass(frozen=True)
class ReachFacts:
    """At which of its own addresses this computer reached its own server."""

    is_listening: bool
    reached: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


class FirewallState(StrEnum):
    """What the system's firewall does with phones that knock."""

    OFF = "off"
    ALLOWS = "allows"
    BLOCKS = "blocks"
    UNSURE = "unsure"  # it is on, and its rules cannot be read without more rights
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class ProfileFacts:
    """Windows: which networks count as public, so that the firewall is strict there."""

    applies: bool
    public: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClockFacts:
    """``cloud_ahead_ms``: of this computer against the cloud's clock. ``phone_offsets_ms``: see db/health.py."""

    now_ms: int
    released_ms: int
    cloud_ahead_ms: int | None
    phone_offsets_ms: tuple[int, ...]
    zone: str


@dataclass(frozen=True)
class DiskFacts:
    """The disk with the data folder."""

    free_bytes: int
    database_bytes: int


@dataclass(frozen=True)
class FolderFacts:
    """The data folder. ``synced_by``: the program that copies it to the internet, such as OneDrive."""

    is_writable: bool
    is_remote: bool = False
    file_system: str = ""
    synced_by: str | None = None


@dataclass(frozen=True)
class MemoryFacts:
    """Memory that programs can still have."""

    available_bytes: int


@dataclass(frozen=True)
class SleepFacts:
    """After how many idle minutes on mains power the computer sleeps; 0: never. ``is_kept_awake``: by this program."""

    idle_minutes: int | None
    is_kept_awake: bool


@dataclass(frozen=True)
class WebViewFacts:
    """Windows: the runtime that draws the window. ``version`` None: it is not there."""

    is_needed: bool
    version: str | None = None


@dataclass(frozen=True)
class InstanceFacts:
    """How many other server processes of this program run on this computer, on other data folders."""

    others: int


@dataclass(frozen=True)
class VersionFacts:
    """``running``: of the server process, where another version than this one asks."""

    version: str
    running: str | None
    released_ms: int
    now_ms: int


@dataclass(frozen=True)
class CloudFacts:
    """The exchange with the organisation's cloud, as it was last noted. Times 0: never."""

    is_connected: bool
    is_paused: bool = False
    halt: str = ""  # a Halt (db/cloud/state.py)
    last_success_ms: int = 0
    last_try_ms: int = 0
    round_ms: int | None = None  # how long the last good one took
    waiting: int = 0
    oldest_waiting_ms: int | None = None
    set_aside: int = 0


@dataclass(frozen=True)
class DataFacts:
    """What the database says of itself. ``failure``: the code of the error that kept it from being read; then nothing
    else is known. ``is_absent``: there is none yet."""

    now_ms: int
    is_absent: bool = False
    failure: str | None = None
    born_ms: int = 0
    checked_ms: int | None = None
    faults: int = 0
    revision: str | None = None
    newest_revision: str | None = None
    backed_up_ms: int | None = None
    drilled_ms: int | None = None
    drill_result: str = ""  # "ok", or the code of an error
    phones: int = 0
    last_phone_sync_ms: int | None = None
    phone_offsets_ms: tuple[int, ...] = ()
    cloud_ahead_ms: int | None = None
    cloud: CloudFacts = CloudFacts(is_connected=False)
