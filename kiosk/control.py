"""What the kiosk's pages may ask of the program, done: the implementation of web.ui.ports.KioskPort.

Knows nothing of HTTP. The state it tells is measured at the moment it is asked for.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from db.accounts import NewAccount, add_account_in, has_accounts
from db.clock import Clock
from db.cloud.receipts import seen_at
from db.cloud.state import CloudState, read_access, read_state
from db.database import Snapshot
from db.devices import Device, list_devices
from db.errors import AddressUnavailable, AlreadyExists, InvalidInput, PortTaken
from db.health import phone_clocks
from db.pairing import still_open
from db.records import live_counts
from db.retention import forget_old
from db.scope import PhoneScope, read_phone_scope
from db.settings import Setting, read_settings, write_setting
from db.store import Store
from db.sync_log import LoggedSync, recent_syncs
from kiosk import RELEASED_MS, __version__
from kiosk.activity import picture_of
from kiosk.announcement import Announced
from kiosk.clock_guard import Evidence, judge
from kiosk.failures import meaning_of
from kiosk.glance import Glance
from kiosk.kept_reading import KeptReading
from kiosk.keystore import KeyPlace
from kiosk.language import choose_language, chosen_language
from kiosk.move_desk import serve_here_again
from kiosk.network import (
    AddressChoice,
    LanAddress,
    choose,
    remember_address,
    remembered_address,
)
from kiosk.pairing import address_code, code_of_server
from kiosk.paths import DataFolder
from kiosk.phone_desk import CHANNEL, PhoneDesk, phone_view
from kiosk.phone_listener import ListenerState, PhoneListener
from kiosk.phone_receipts import PhoneReceipts
from kiosk.runtime_file import RunningServer
from kiosk.storage_watch import StorageWatch
from web.i18n import LANGUAGES
from web.ui.backups_port import BackupsPort
from web.ui.check_port import CheckPort
from web.ui.cloud_port import CloudPort
from web.ui.diagnostics_port import DiagnosticsPort
from web.ui.keys_port import KeysPort
from web.ui.lock_port import LockPort
from web.ui.move_port import MovePort
from web.ui.ports import (
    FirstRunForm,
    KioskStatus,
    NetworkAddress,
    Notice,
    NoticeView,
    ServingState,
    SyncLine,
)
from web.ui.restore_port import RestorePort
from web.ui.update_port import UpdatePort

SHOWN_PHONES = 200
SHOWN_LOG_LINES = 12
COUNTED_TABLES = ("patients", "visits", "events")
HIGHEST_PORT = 65_535
LOWEST_PORT = 1_024
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desks:
    """What each of the pages' subjects is done by."""

    cloud: CloudPort
    backups: BackupsPort
    check: CheckPort
    diagnostics: DiagnosticsPort
    lock: LockPort
    keys: KeysPort
    restoring: RestorePort
    moving: MovePort
    updates: UpdatePort


class KioskControl:
    """Safe for many threads. ``quit_requested`` is set when somebody asked the server process to end, ``changed``
    when something was done that may change ``phones_url``."""

    def __init__(
        self,
        folder: DataFolder,
        clock: Clock,
        store: Store,
        key_place: KeyPlace,
        listener: PhoneListener,
        addresses: Callable[[], tuple[LanAddress, ...]],
        desks: Desks,
        is_kept_awake: Callable[[], bool],
    ) -> None:
        self.quit_requested = threading.Event()
        self.changed = threading.Event()
        self.phones = PhoneDesk(store.database)
        self._receipts = PhoneReceipts(store.database)
        self._stored = KeptReading(store.database, _read_stored)
        self._glance = Glance(store.database)
        self._storage = StorageWatch(store.database)
        self.cloud, self.backups = desks.cloud, desks.backups
        self.check, self.diagnostics = desks.check, desks.diagnostics
        self.restoring, self.moving = desks.restoring, desks.moving
        self.lock, self.keys = desks.lock, desks.keys
        self.updates = desks.updates
        self._is_kept_awake = is_kept_awake
        self._folder = folder
        self._clock = clock
        self._store = store
        self._key_place = key_place
        self._listener = listener
        self._addresses = addresses
        self._is_unclean_stop_told = False

    def status(self) -> KioskStatus:
        """See KioskPort."""
        now_ms = self._clock.now_ms()
        stored = self._stored.current(None)
        settings, log, cloud = stored.settings, stored.log, stored.cloud
        receipts = self._receipts.current(stored.seen)
        counted = self._glance.current(log[0].id if log else 0, now_ms)
        clock = judge(Evidence(now_ms, RELEASED_MS, cloud.clock_ahead_ms, cloud.last_success_ms, counted.clocks))
        listener = self._listener.state
        addresses = self._addresses()
        remembered = remembered_address(self._folder)
        choice = choose(addresses, remembered)
        state = _state(listener, is_first_run=stored.is_first_run, has_network=choice.address is not None)
        if remembered is None and state is ServingState.SERVING:
            self._remember_shown_address(choice)  # from here on phones have it
        url = address_code(choice.address.ip, listener.port) if choice.address else None
        return KioskStatus(
            state=state,
            server_name=settings.get(Setting.SERVER_NAME) or _computer_name(),
            version=__version__,
            language=chosen_language(self._folder),
            phone_url=url,
            pairing_code=code_of_server(settings, url) if url else None,
            port=listener.port,
            port_holder=listener.holder,
            free_port=listener.free_port,
            addresses=tuple(
                NetworkAddress(address.ip, address.interface, address == choice.address) for address in addresses
            ),
            notices=self._notices(settings, choice),
            counts={table: stored.counts.get(table, 0) for table in COUNTED_TABLES},
            phones=tuple(
                phone_view(phone, receipts.get(phone.id), clock.phones.get(phone.id, 0)) for phone in stored.phones
            ),
            pairing_open_until_ms=still_open(settings.get(Setting.PAIRING_OPEN_UNTIL), now_ms),
            phones_receive=stored.scope,
            log=tuple(map(_sync_line, log)),
            data_folder=str(self._folder.root),
            now_ms=now_ms,
            is_kept_awake=self._is_kept_awake(),
            activity=picture_of(counted.sums, now_ms),
            clock=clock.finding,
            write_failure=self._storage.trouble(),
        )

    def facts(self, ui_url: str, token: str) -> RunningServer:
        """What other processes of this user may know of this server."""
        return RunningServer(
            pid=os.getpid(),
            ui_url=ui_url,
            token=token,
            phones_url=self.phones_url(),
            version=__version__,
            started_at_ms=self._clock.now_ms(),
        )

    def phones_url(self) -> str | None:
        """The address phones use, while they are served."""
        state = self._listener.state
        if not state.is_running:
            return None
        address = self._choice().address
        return address_code(address.ip if address else "127.0.0.1", state.port)

    def announced(self) -> Announced | None:
        """What the network may be told of this server now."""
        state, address = self._listener.state, self._choice().address
        if not state.is_running or address is None or address.ip.startswith("127."):  # nobody else could reach it
            return None
        with self._store.database.read() as snapshot:
            settings = read_settings(snapshot)
        if settings.get(Setting.ANNOUNCE) == "off":
            return None
        name = settings.get(Setting.SERVER_NAME) or _computer_name()
        return Announced(name, state.port, settings[Setting.SERVER_ID], address.ip)

    def server_name(self) -> str:
        """The name staff gave this server, else the computer's."""
        with self._store.database.read() as snapshot:
            return read_settings(snapshot).get(Setting.SERVER_NAME) or _computer_name()

    def complete_first_run(self, form: FirstRunForm) -> None:
        """See KioskPort."""
        if not form.server_name.strip():
            raise InvalidInput(path="server_name")
        if not form.clinic_name.strip():
            raise InvalidInput(path="clinic_name")
        account = NewAccount(form.email, form.staff_name, form.password, "admin", form.clinic_name)
        with self._store.database.write() as transaction:
            if has_accounts(transaction):
                raise AlreadyExists(path="email")
            write_setting(transaction, Setting.SERVER_NAME, form.server_name.strip())
            try:
                add_account_in(transaction, account, CHANNEL)
            except InvalidInput as fault:
                path = str(fault.context["path"])
                raise InvalidInput(path={"name": "staff_name"}.get(path, path)) from None
        self._remember_shown_address(self._choice())
        self.start_serving()

    def begin_with_cloud(self) -> None:
        """See KioskPort."""
        with self._store.database.write() as transaction:
            access = read_access(transaction)
            if access is not None and not read_settings(transaction).get(Setting.SERVER_NAME):
                write_setting(transaction, Setting.SERVER_NAME, access.device_name)
        self._remember_shown_address(self._choice())
        self.start_serving()

    def start_serving(self) -> None:
        """See KioskPort."""
        try:
            self._listener.start()
        finally:
            self.changed.set()
        serve_here_again(self._store.database)

    def stop_serving(self) -> None:
        """See KioskPort."""
        self._listener.stop()
        self.changed.set()

    def choose_address(self, ip: str) -> None:
        """See KioskPort."""
        for address in self._addresses():
            if address.ip == ip:
                try:
                    remember_address(self._folder, address)
                except OSError as failure:
                    raise meaning_of(failure) from None
                self.changed.set()
                return
        raise AddressUnavailable(address=ip)

    def change_port(self, port: int) -> None:
        """See KioskPort."""
        if not LOWEST_PORT <= port <= HIGHEST_PORT:
            raise InvalidInput(path="port")
        try:
            self._listener.move(port)
        finally:
            self.changed.set()
        with self._store.database.write() as transaction:
            write_setting(transaction, Setting.PHONE_PORT, str(port))
        serve_here_again(self._store.database)

    def set_language(self, language: str) -> None:
        """See KioskPort."""
        if language not in LANGUAGES:
            raise InvalidInput(path="language")
        try:
            choose_language(self._folder, language)
        except OSError as failure:
            raise meaning_of(failure) from None

    def dismiss(self, notice: Notice) -> None:
        """See KioskPort. A new address counts as told from now on."""
        if notice is Notice.ADDRESS_CHANGED:
            self._remember_shown_address(self._choice())
        elif notice is Notice.UNCLEAN_STOP_CHECKED:
            self._is_unclean_stop_told = True
        elif notice is Notice.RESTORED:
            self.restoring.dismiss()
        elif notice is Notice.KEY_IN_FILE and self._key_place is KeyPlace.FILE:
            with self._store.database.write() as transaction:
                write_setting(transaction, Setting.DISMISSED_NOTICES, Notice.KEY_IN_FILE.value)

    def forget_old(self) -> None:
        """Drops what is past its time; nothing while the clock may be wrong: ten years too far it would drop all."""
        with self._store.database.read() as snapshot:
            cloud, now_ms = read_state(snapshot), self._clock.now_ms()
            clocks = phone_clocks(snapshot, now_ms)
        clock = judge(Evidence(now_ms, RELEASED_MS, cloud.clock_ahead_ms, cloud.last_success_ms, clocks))
        if clock.finding is None:
            forget_old(self._store.database)

    def quit_server(self) -> None:
        """See KioskPort."""
        self.quit_requested.set()
        self.changed.set()

    def _choice(self) -> AddressChoice:
        return choose(self._addresses(), remembered_address(self._folder))

    def _remember_shown_address(self, choice: AddressChoice) -> None:
        """What this cannot be told to (a full disk) can wait: nothing but a notice depends on it."""
        if choice.address is None:
            return
        try:
            remember_address(self._folder, choice.address)
        except OSError:
            _LOG.warning("the address is not remembered", exc_info=True)

    def _notices(self, settings: dict[Setting, str], choice: AddressChoice) -> tuple[NoticeView, ...]:
        notices = []
        if choice.changed_from is not None and choice.address is not None:
            values = {"old": choice.changed_from, "new": choice.address.ip}
            notices.append(NoticeView(Notice.ADDRESS_CHANGED, values))
        if self._store.was_unclean and not self._is_unclean_stop_told:
            notices.append(NoticeView(Notice.UNCLEAN_STOP_CHECKED))
        if settings.get(Setting.RESTORE_NOTE):
            notices.append(NoticeView(Notice.RESTORED))
        if settings.get(Setting.MOVED_AWAY_AT):
            notices.append(NoticeView(Notice.MOVED_AWAY))
        dismissed = settings.get(Setting.DISMISSED_NOTICES, "").split(",")
        is_in_file = self._key_place is KeyPlace.FILE and not self.keys.has_passphrase()
        if is_in_file and Notice.KEY_IN_FILE not in dismissed:
            notices.append(NoticeView(Notice.KEY_IN_FILE))
        return tuple(notices)


@dataclass(frozen=True)
class _Stored:
    """What a status needs of the database. ``seen``: see PhoneReceipts."""

    settings: dict[Setting, str]
    is_first_run: bool
    counts: Mapping[str, int]
    phones: Sequence[Device]
    scope: PhoneScope
    log: Sequence[LoggedSync]
    cloud: CloudState
    seen: tuple[int, ...] | None


def _read_stored(snapshot: Snapshot, _: None) -> _Stored:
    access = read_access(snapshot)
    return _Stored(
        settings=read_settings(snapshot),
        is_first_run=not has_accounts(snapshot) and access is None,
        counts=live_counts(snapshot),
        phones=list_devices(snapshot, SHOWN_PHONES),
        scope=read_phone_scope(snapshot),
        log=recent_syncs(snapshot, SHOWN_LOG_LINES),
        cloud=read_state(snapshot),
        seen=seen_at(snapshot) if access is not None else None,
    )


def _state(listener: ListenerState, *, is_first_run: bool, has_network: bool) -> ServingState:
    if is_first_run:
        return ServingState.FIRST_RUN
    if isinstance(listener.failure, PortTaken):
        return ServingState.PORT_TAKEN
    if not listener.is_running:
        return ServingState.STOPPED
    return ServingState.SERVING if has_network else ServingState.NO_NETWORK


def _computer_name() -> str:
    return platform.node().split(".")[0] or "Hikma Health"


def _sync_line(logged: LoggedSync) -> SyncLine:
    entry = logged.entry
    return SyncLine(
        at_ms=logged.at,
        kind=entry.kind.value,
        user_name=logged.user_name,
        result=entry.result,
        records=sum(entry.counts.values()),
        bytes=entry.bytes,
        duration_ms=entry.duration_ms,
        notes=tuple(note.value for note in entry.notes),
        action=entry.action,
    )
