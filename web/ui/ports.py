"""What the kiosk's pages need from the program around them: one Protocol, and the snapshots it returns.

Implemented by kiosk (kiosk/hub.py); the pages know nothing of processes, sockets or the database.
All times are epoch milliseconds; turning them into words is the pages' work (web/i18n.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from db.scope import PhoneScope
from web.ui.activity_port import Activity
from web.ui.backups_port import BackupsPort
from web.ui.check_port import CheckPort, Finding
from web.ui.cloud_port import CloudPort, Receipt
from web.ui.diagnostics_port import DiagnosticsPort
from web.ui.keys_port import KeysPort
from web.ui.lock_port import LockPort
from web.ui.move_port import MovePort
from web.ui.restore_port import RestorePort
from web.ui.update_port import UpdatePort


class ServingState(StrEnum):
    """What the phones' listener is doing right now (measured, not what was clicked last)."""

    FIRST_RUN = "first_run"  # no staff account yet: phones cannot sign in
    SERVING = "serving"
    STARTING = "starting"
    STOPPED = "stopped"
    PORT_TAKEN = "port_taken"
    NO_NETWORK = "no_network"  # serving, but the computer has only loopback


class Notice(StrEnum):
    """Things staff should know; each has a sentence in the catalogue and may be dismissed."""

    KEY_IN_FILE = "key_in_file"  # no OS keystore here: the key lies in a file; no values
    UNCLEAN_STOP_CHECKED = "unclean_stop_checked"  # power cut: what was checked, nothing lost; no values
    RESTORED = "restored"  # a backup took the place of the records; its page says what follows from it; no values
    MOVED_AWAY = "moved_away"  # another computer is to serve in the place of this one; no values
    ADDRESS_CHANGED = "address_changed"  # phones must scan the code again; values ``old`` and ``new``


@dataclass(frozen=True)
class NoticeView:
    """A notice with the values its sentence needs (for example ``old`` and ``new`` address)."""

    notice: Notice
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NetworkAddress:
    """One address of this computer that phones could use."""

    ip: str
    interface: str  # as the operating system calls it, e.g. "Wi-Fi" or "wlan0"
    is_chosen: bool


@dataclass(frozen=True)
class PhoneView:
    """One phone that this computer knows."""

    device_id: str
    name: str | None  # given by staff, or by the phone itself; None: named after its user
    user_name: str | None  # None: nobody has synced with it yet
    status: str  # "waiting", "paired", "blocked", "revoked"; "synced": comes with e-mail and password alone
    address: str
    first_sync_ms: int  # 0: never
    last_sync_ms: int  # 0: never
    seen_ms: int | None  # when it last asked to be let in, or connected over the encrypted channel
    paired_ms: int | None
    records_received: int  # from the phone, all time
    records_sent: int  # to the phone, all time
    app_generation: str  # "first", "second" or "unknown"
    has_identity: bool  # False: an older way to sync, known by its e-mail and password alone
    receipt: Receipt | None = None  # of the records it was the last to change; None while there is no cloud
    clock_ahead_ms: int = 0  # of its clock, where that is wrong by itself; 0: it can be right, or nothing is known


@dataclass(frozen=True)
class LastSent:
    """The last records that a phone sent."""

    at_ms: int
    counts: dict[str, int]  # by table


@dataclass(frozen=True)
class PhoneDetails:
    """What is asked for when a phone is lost."""

    phone: PhoneView
    last_sent: LastSent | None


@dataclass(frozen=True)
class SyncLine:
    """One line of the sync log."""

    at_ms: int
    kind: str  # "pull", "push", "procedure", "local", "device"
    user_name: str | None
    result: str  # "ok" or the code of an error
    records: int
    bytes: int
    duration_ms: int
    notes: tuple[str, ...] = ()  # codes such as "unknown_mark", with texts in the catalogue
    action: str | None = None  # of "device": the status that staff gave a phone


@dataclass(frozen=True)
class KioskStatus:
    """Everything the pages show, taken in one go."""

    state: ServingState
    server_name: str
    version: str
    language: str | None  # "en", "ar" or "es"; None until somebody chose: then the browser's wish counts
    phone_url: str | None  # what older apps scan or type, e.g. http://192.168.1.7:4001
    pairing_code: str | None  # JSON text of the QR for newer apps (PROTOCOL.md section 1)
    port: int
    port_holder: str | None  # with PORT_TAKEN: the program that has the port, if known
    free_port: int | None  # with PORT_TAKEN: a port that could be used instead
    addresses: tuple[NetworkAddress, ...]
    notices: tuple[NoticeView, ...]
    counts: dict[str, int]  # "patients", "visits", "events": live records
    phones: tuple[PhoneView, ...]  # those that wait first, then by when they were last in touch
    pairing_open_until_ms: int | None  # new phones are let in until then; None: they wait for an answer
    phones_receive: PhoneScope
    log: tuple[SyncLine, ...]
    data_folder: str
    now_ms: int
    is_kept_awake: bool = False  # the computer does not go to sleep by itself while phones are served
    activity: Activity = field(default_factory=Activity)
    clock: Finding | None = None  # what is wrong with this computer's clock, as the check of that name says it
    write_failure: str | None = None  # the code of the error that keeps this computer from storing anything now


@dataclass(frozen=True)
class FirstRunForm:
    """What the first-run page asks for."""

    server_name: str
    staff_name: str
    email: str
    password: str
    clinic_name: str


class PhonesPort(Protocol):
    """What the pages may decide about phones. Every method may raise db.errors.HubError; one that takes a
    ``device_id`` raises NotFound for a phone that is not known."""

    def open_pairing(self, duration_ms: int) -> None:
        """Let new phones in without asking, for so long at least. Raises InvalidInput for more than an hour."""
        ...

    def close_pairing(self) -> None:
        """From now on new phones wait for an answer."""
        ...

    def approve(self, device_id: str) -> None:
        """Let a phone in."""
        ...

    def block(self, device_id: str) -> None:
        """Say no to a phone."""
        ...

    def revoke(self, device_id: str) -> None:
        """End a phone's access, at once."""
        ...

    def rename(self, device_id: str, name: str) -> None:
        """Give a phone a name; an empty one takes it away. Raises InvalidInput with ``path`` = "name"."""
        ...

    def details(self, device_id: str) -> PhoneDetails:
        """What staff should know before they end a phone's access."""
        ...

    def choose_scope(self, scope: PhoneScope) -> None:
        """Choose what phones receive from their next sync on."""
        ...


class KioskPort(Protocol):
    """What the pages may ask the program to do. Every method may raise db.errors.HubError."""

    @property
    def phones(self) -> PhonesPort:
        """The phones' part of it."""
        ...

    @property
    def cloud(self) -> CloudPort:
        """The cloud's part of it."""
        ...

    @property
    def backups(self) -> BackupsPort:
        """The backups' part of it."""
        ...

    @property
    def check(self) -> CheckPort:
        """The part that checks this computer."""
        ...

    @property
    def diagnostics(self) -> DiagnosticsPort:
        """The part that makes reports for support."""
        ...

    @property
    def restoring(self) -> RestorePort:
        """The part that restores backups."""
        ...

    @property
    def moving(self) -> MovePort:
        """The part that moves the server to another computer."""
        ...

    @property
    def lock(self) -> LockPort:
        """The PIN and the lock of the window."""
        ...

    @property
    def keys(self) -> KeysPort:
        """The passphrase of the start, and erasing everything."""
        ...

    @property
    def updates(self) -> UpdatePort:
        """The part that puts a newer program in the place of this one."""
        ...

    def status(self) -> KioskStatus:
        """The state of things right now. Asked every few seconds for each open page, so it must be quick."""
        ...

    def complete_first_run(self, form: FirstRunForm) -> None:
        """Store name, clinic and account in one transaction and start serving.

        Raises InvalidInput with ``path`` = the form field that is wrong.
        """
        ...

    def begin_with_cloud(self) -> None:
        """Instead of the first run, after the cloud was connected: the server is called as the cloud calls it, and
        staff comes from there. Starts serving."""
        ...

    def start_serving(self) -> None:
        """Begin serving; also "try again". PortTaken may be raised; status() says PORT_TAKEN then."""
        ...

    def stop_serving(self) -> None:
        """Stop serving phones; the pages stay."""
        ...

    def choose_address(self, ip: str) -> None:
        """Show phones this address from now on. Raises AddressUnavailable when the computer lacks it."""
        ...

    def change_port(self, port: int) -> None:
        """Listen for phones on ``port`` from now on (remembered) and start serving; see start_serving."""
        ...

    def set_language(self, language: str) -> None:
        """Remember the language. Raises InvalidInput with ``path`` = "language" for one we do not have."""
        ...

    def dismiss(self, notice: Notice) -> None:
        """Hide a notice; it returns only when its cause happens again. Nothing happens if it is not shown."""
        ...

    def quit_server(self) -> None:
        """Stop serving and end the server process (asked by the window when it closes)."""
        ...
