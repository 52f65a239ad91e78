"""A program behind the kiosk's pages that lives in memory: it behaves like the real one, without a server.

Knows nothing of HTTP. Methods that KioskPort does not have play the world: phones, other programs, networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import RLock

from db.errors import AddressUnavailable, HubError, InvalidInput
from tests.fakes.backups_port import FakeBackups
from tests.fakes.check_port import FakeCheckPort
from tests.fakes.cloud_port import FakeCloud
from tests.fakes.diagnostics_port import FakeDiagnostics
from tests.fakes.keys_port import FakeKeys
from tests.fakes.lock_port import FakeLock
from tests.fakes.move_port import FakeMove
from tests.fakes.phones_port import FakePhones
from tests.fakes.restore_port import FakeRestore
from tests.fakes.update_port import FakeUpdates
from web.i18n import LANGUAGES
from web.ui.activity_port import Activity
from web.ui.check_port import Finding
from web.ui.ports import (
    FirstRunForm,
    KioskStatus,
    NetworkAddress,
    Notice,
    NoticeView,
    ServingState,
    SyncLine,
)

WIFI = NetworkAddress("192.168.1.7", "Wi-Fi", is_chosen=True)
CABLE = NetworkAddress("10.0.0.12", "Ethernet", is_chosen=False)
START_MS = 1_790_000_000_000


class FakeKioskPort:
    """KioskPort in memory."""

    def __init__(self, now_ms: Callable[[], int] = lambda: START_MS) -> None:
        self._now_ms = now_ms
        self._lock = RLock()
        self._is_serving = False
        self._is_starting = False
        self._has_account = False
        self._server_name = ""
        self._language: str | None = None
        self._port = 4001
        self._taken: dict[int, str | None] = {}
        self._addresses: tuple[NetworkAddress, ...] = (WIFI,)
        self._pairing_key: str | None = None
        self._notices: dict[Notice, NoticeView] = {}
        self.phones = FakePhones(now_ms, self._fail_if_told)
        self.cloud = FakeCloud(now_ms, self._fail_if_told)
        self.backups = FakeBackups(now_ms, self._fail_if_told)
        self.check = FakeCheckPort(now_ms)
        self.restoring = FakeRestore(now_ms, self._fail_if_told)
        self.moving = FakeMove(now_ms, lambda: self.stop_serving())
        self.diagnostics = FakeDiagnostics(now_ms)
        self.lock = FakeLock()
        self.keys = FakeKeys(lambda: self._server_name, self.start_serving, self.stop_serving)
        self.updates = FakeUpdates(now_ms, self._fail_if_told)
        self._log: list[SyncLine] = []
        self._counts = {"patients": 0, "visits": 0, "events": 0}
        self._activity = Activity()
        self._clock_finding: Finding | None = None
        self._write_failure: str | None = None
        self._next_error: HubError | None = None
        self.has_quit = False
        self.first_run: FirstRunForm | None = None

    # KioskPort

    def status(self) -> KioskStatus:
        with self._lock:
            return KioskStatus(
                state=self._state(),
                server_name=self._server_name,
                version="0.1.0",
                language=self._language,
                phone_url=self._phone_url(),
                pairing_code=self._pairing_code(),
                port=self._port,
                port_holder=self._taken.get(self._port),
                free_port=self._free_port() if self._port in self._taken else None,
                addresses=self._addresses,
                notices=tuple(self._notices.values()),
                counts=dict(self._counts),
                phones=self.phones.shown(),
                pairing_open_until_ms=self.phones.open_until_ms,
                phones_receive=self.phones.scope,
                log=tuple(reversed(self._log)),
                data_folder="/home/clinic/.local/share/hikma-local-server",
                now_ms=self._now_ms(),
                activity=self._activity,
                clock=self._clock_finding,
                write_failure=self._write_failure,
            )

    def complete_first_run(self, form: FirstRunForm) -> None:
        self._fail_if_told()
        for name in ("server_name", "clinic_name", "staff_name"):
            if not getattr(form, name).strip():
                raise InvalidInput(path=name)
        if "@" not in form.email:
            raise InvalidInput(path="email")
        if len(form.password) < 4:
            raise InvalidInput(path="password")
        with self._lock:
            self.first_run = form
            self._has_account = True
            self._server_name = form.server_name
        self.start_serving()

    def begin_with_cloud(self) -> None:
        self._fail_if_told()
        with self._lock:
            self._server_name = self._server_name or self.cloud.view().device_name
        self.start_serving()

    def start_serving(self) -> None:
        self._fail_if_told()
        with self._lock:
            self._is_serving = self._has_account or self.cloud.view().is_connected
            self.moving.is_served_again()

    def stop_serving(self) -> None:
        self._fail_if_told()
        with self._lock:
            self._is_serving = False

    def choose_address(self, ip: str) -> None:
        self._fail_if_told()
        with self._lock:
            if ip not in {address.ip for address in self._addresses}:
                raise AddressUnavailable(ip=ip)
            self._addresses = tuple(replace(address, is_chosen=address.ip == ip) for address in self._addresses)

    def change_port(self, port: int) -> None:
        self._fail_if_told()
        with self._lock:
            self._port = port
        self.start_serving()

    def set_language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InvalidInput(path="language")
        with self._lock:
            self._language = language

    def dismiss(self, notice: Notice) -> None:
        self._fail_if_told()
        with self._lock:
            self._notices.pop(notice, None)

    def quit_server(self) -> None:
        with self._lock:
            self._is_serving = False
            self.has_quit = True

    # The world around it

    def fail_next(self, error: HubError) -> None:
        """The next action meets this error."""
        self._next_error = error

    def occupy_port(self, holder: str | None) -> None:
        """Another program takes the port that phones know."""
        with self._lock:
            self._taken[self._port] = holder

    def release_ports(self) -> None:
        """That program ends."""
        with self._lock:
            self._taken.clear()

    def join_networks(self, *addresses: NetworkAddress) -> None:
        """The computer is on these networks now."""
        with self._lock:
            self._addresses = addresses

    def offer_pairing(self, public_key: str) -> None:
        """Newer apps can pair from now on."""
        with self._lock:
            self._pairing_key = public_key

    def begin_starting(self, is_starting: bool = True) -> None:
        """The listener takes its time."""
        with self._lock:
            self._is_starting = is_starting

    def notify(self, notice: Notice, **values: str) -> None:
        """Something happened that staff should know."""
        with self._lock:
            self._notices[notice] = NoticeView(notice, values)

    def phone_syncs(
        self,
        user: str,
        kind: str,
        records: int,
        *,
        ago_ms: int = 0,
        result: str = "ok",
        note: str | None = None,
        generation: str = "first",
    ) -> None:
        """A phone pulls or pushes; pushed records are counted as patients."""
        with self._lock:
            at_ms = self._now_ms() - ago_ms
            notes = (note,) if note else ()
            self._log.append(SyncLine(at_ms, kind, user, result, records, records * 650, 120, notes))
            if result != "ok":
                return
            received, sent = (records, 0) if kind == "push" else (0, records)
            self.phones.sync(user, at_ms, received=received, sent=sent, generation=generation)
            self._counts["patients"] += received

    def round_with_cloud(self, kind: str, records: int, *, ago_ms: int = 0, result: str = "ok") -> None:
        """Records come from the cloud or go to it."""
        at_ms = self._now_ms() - ago_ms
        self._log.append(SyncLine(at_ms, kind, None, result, records, records * 650, 120))

    def have_synced(self, activity: Activity) -> None:
        """So much went to and fro lately."""
        self._activity = activity

    def set_clock(self, finding: Finding | None) -> None:
        """The clock of this computer is wrong in this way."""
        self._clock_finding = finding

    def fail_to_store(self, code: str | None) -> None:
        """The disk takes nothing."""
        self._write_failure = code

    def staff_decides(self, status: str) -> None:
        """A line of the log about a phone."""
        self._log.append(SyncLine(self._now_ms(), "device", None, "ok", 0, 0, 0, action=status))

    def hold_records(self, **counts: int) -> None:
        """So many records are in the database."""
        with self._lock:
            self._counts.update(counts)

    def _state(self) -> ServingState:
        if not self._has_account and not self.cloud.view().is_connected:
            return ServingState.FIRST_RUN
        if not self._is_serving:
            return ServingState.STOPPED
        if self._is_starting:
            return ServingState.STARTING
        if self._port in self._taken:
            return ServingState.PORT_TAKEN
        return ServingState.SERVING if self._addresses else ServingState.NO_NETWORK

    def _phone_url(self) -> str | None:
        chosen = [address.ip for address in self._addresses if address.is_chosen]
        return f"http://{chosen[0]}:{self._port}" if chosen else None

    def _pairing_code(self) -> str | None:
        url = self._phone_url()
        if self._pairing_key is None or url is None:
            return None
        return f'{{"type":"sync_hub","url":"{url}","id":"hub-1","pk":"{self._pairing_key}"}}'

    def _free_port(self) -> int:
        return next(port for port in range(self._port + 1, 65536) if port not in self._taken)

    def _fail_if_told(self) -> None:
        error, self._next_error = self._next_error, None
        if error:
            raise error
