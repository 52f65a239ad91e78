"""The composition root: builds every object of a server process and hands each what it needs. Nothing else does.

Knows nothing of the command line (kiosk/serve.py) or of windows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from db.clock import Clock, SystemClock
from db.database import Database
from db.errors import HubError
from db.settings import Setting, read_settings
from db.store import Store
from kiosk import __version__
from kiosk.announcement import Announcement
from kiosk.backup_finding import find_backups
from kiosk.backups import Backups
from kiosk.backups_desk import BackupsDesk
from kiosk.cloud.connecting import connect_to
from kiosk.cloud.desk import CloudDesk
from kiosk.cloud.service import CloudService
from kiosk.config import ALL_ADDRESSES, DEFAULT_PORT, Config
from kiosk.control import Desks, KioskControl
from kiosk.diagnostics.desk import DiagnosticsDesk
from kiosk.diagnostics.report import Subject, make_report
from kiosk.doctor.assembly import Hands, Surroundings, check_desk
from kiosk.doctor.computer import this_computer
from kiosk.doctor.desk import CheckDesk
from kiosk.entrance import Entrance, ui_url
from kiosk.jobs import JobRunner
from kiosk.keys_desk import KeysDesk, Serving
from kiosk.keystore import DatabaseKey
from kiosk.lock_desk import LockDesk
from kiosk.move_desk import MoveDesk, moved_away_at
from kiosk.network import LanAddress, current_addresses
from kiosk.opening import open_for_serving
from kiosk.phone_listener import PhoneListener
from kiosk.restore import PresentDatabase
from kiosk.restore_desk import RestoreDesk
from kiosk.runtime_file import RunningServer
from kiosk.update import desk as update
from kiosk.update.feed import feed_address, newest_version
from kiosk.update.preparing import serve_words
from kiosk.wakefulness import Wakefulness, wakefulness_here
from web.body import BodyReader
from web.credentials import Credentials
from web.i18n import Catalogue, load_catalogue
from web.phone.app import PhoneServices, create_phone_app
from web.phone.sync import SyncServices
from web.phone.traffic import Traffic
from web.phone.visits import Visits
from web.rpc.channel import ChannelServices, HubIdentity
from web.rpc.knocking import KnockLimit
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import Services
from web.rpc.sealing import KeyPair
from web.rpc.sessions import Sessions
from web.server import HttpServer, Listen
from web.tokens import TokenIssuer
from web.ui.app import create_ui_app
from web.ui.restore_port import RestoreFailure
from web.watchdog import Watchdog

FORGET_EVERY = timedelta(days=1)
FORGET_FIRST_AFTER = timedelta(minutes=10)
"""Not at once: in the morning all phones sync as soon as the computer is on."""
BACKUP_LOOK_EVERY = timedelta(hours=1)
BACKUP_FIRST_LOOK_AFTER = timedelta(minutes=15)

Addresses = Callable[[], tuple[LanAddress, ...]]


@dataclass(frozen=True)
class Hub:
    """A server process's objects, ready to start."""

    config: Config
    store: Store
    control: KioskControl
    lock: LockDesk
    keys: KeysDesk
    listener: PhoneListener
    entrance: Entrance
    cloud: CloudService
    backups: Backups
    restoring: RestoreDesk
    jobs: JobRunner
    announcement: Announcement
    wakefulness: Wakefulness

    def start(self) -> RunningServer:
        """Starts the pages, then the phones' listener. Returns what other processes may know.

        A port that is taken is raised as PortTaken, unless a window watches: then its page says so. Phones are not
        served where another computer is to do that.
        """
        ui_port = self.entrance.start()
        try:
            if moved_away_at(self.store.database) is None:
                self.listener.start()
        except HubError:
            if not self.config.is_attended:
                self.entrance.stop()
                raise
        self.jobs.start()
        self.cloud.start()
        return self.control.facts(ui_url(ui_port), self.entrance.token)

    def stop(self) -> None:
        """Stops in order: no new requests, then no jobs, then the database."""
        self.restoring.stop()
        self.backups.stop()  # one that is being made would hold up the jobs
        self.jobs.stop()
        self.cloud.stop()
        self.announcement.stop()
        self.listener.stop()
        self.entrance.stop()
        self.store.close()


def build_hub(
    config: Config,
    clock: Clock | None = None,
    addresses: Addresses | None = None,
    *,
    passphrase: str | None = None,
    known_key: bytes | None = None,
    entrance: Entrance | None = None,
    failed_restore: RestoreFailure | None = None,
) -> Hub:
    """Opens the data folder and builds everything around it; nothing listens yet, but an ``entrance`` that does.

    ``known_key``: of the hub before this one. ``addresses`` tells at which addresses phones reach this computer now
    (default: as it is configured), ``failed_restore`` what the page has to tell of the time before.
    Raises PassphraseNeeded, WrongPassphrase, KeyMissing, WrongKey, DatabaseDamaged, NewerDatabase, StorageFailed,
    OSError.
    """
    clock = clock or SystemClock()
    key, store = open_for_serving(config, clock, passphrase, known_key)
    try:
        around = addresses or _addresses_of(config)
        return _assemble(config, clock, key, store, around, entrance or Entrance(), failed_restore)
    except BaseException:
        store.close()
        raise


def _addresses_of(config: Config) -> Addresses:
    """All of the computer's, or the only one that is listened on."""
    return current_addresses if config.host == ALL_ADDRESSES else lambda: (LanAddress(config.host, "-"),)


def _assemble(
    config: Config,
    clock: Clock,
    key: DatabaseKey,
    store: Store,
    addresses: Addresses,
    entrance: Entrance,
    failed_restore: RestoreFailure | None,
) -> Hub:
    catalogue, database = load_catalogue(), store.database
    visits, traffic, wakefulness = Visits(clock), Traffic(), wakefulness_here()
    listener = _phone_listener(config, clock, database, catalogue, visits, traffic, lambda: control.server_name())
    cloud = CloudService(database, config.folder.root, clock, connect_to, addresses)
    cloud_desk = CloudDesk(database, clock, cloud.connect, cloud.sync_now, cloud.activity)
    backups = Backups(config.folder, database, key.secret, clock)
    backups_desk = BackupsDesk(config.folder, database, key.secret, backups)
    around = Surroundings(
        *(config.folder, clock, database, addresses),
        *(lambda: listener.state, lambda: control.phones_url(), visits, lambda: wakefulness.is_held),
    )
    checks = check_desk(around, _hands(lambda: control, cloud_desk, backups_desk))
    present = PresentDatabase(database, key.secret)
    restoring = _restore_desk(config, clock, present, listener, backups_desk, failed_restore)
    keys = KeysDesk(config, clock, database, key.secret, backups, _serving(lambda: control))
    lock = LockDesk(config.folder, database, clock)
    updates = _updates(config, around, listener, backups, lambda: _quiet_for(cloud, traffic))
    desks = Desks(
        cloud=cloud_desk,
        backups=backups_desk,
        check=checks,
        diagnostics=_reports(around, checks),
        lock=lock,
        keys=keys,
        restoring=restoring,
        moving=MoveDesk(database, clock, backups_desk, lambda: control.stop_serving()),
        updates=updates,
    )
    control: KioskControl = KioskControl(
        *(config.folder, clock, store, key.place), listener, addresses, desks, lambda: wakefulness.is_held
    )
    restoring.when_ready(control.changed.set)
    entrance.show(create_ui_app(control, entrance.sessions, catalogue))
    servers = (listener, entrance, cloud, backups, restoring, _jobs(backups, updates, control.forget_old))
    return Hub(config, store, control, lock, keys, *servers, Announcement(control.announced), wakefulness)


def _hands(control: Callable[[], KioskControl], cloud: CloudDesk, backups: BackupsDesk) -> Hands:
    return Hands(
        lambda: control().start_serving(),
        lambda at: control().change_port(at),
        cloud.sync_now,
        backups.make_and_wait,
    )


def _restore_desk(
    config: Config,
    clock: Clock,
    present: PresentDatabase,
    listener: PhoneListener,
    backups: BackupsDesk,
    failure: RestoreFailure | None,
) -> RestoreDesk:
    here = config.folder.backups
    return RestoreDesk(config, clock, present, listener, lambda: find_backups(here, backups.shelved), failure)


def _phone_listener(
    config: Config,
    clock: Clock,
    database: Database,
    catalogue: Catalogue,
    visits: Visits,
    traffic: Traffic,
    server_name: Callable[[], str],
) -> PhoneListener:
    with database.read() as snapshot:
        settings = read_settings(snapshot)
    port = config.port if config.port is not None else int(settings.get(Setting.PHONE_PORT) or DEFAULT_PORT)
    credentials = Credentials(database, clock)
    tokens = TokenIssuer(bytes.fromhex(settings[Setting.TOKEN_KEY]), clock)
    keys = KeyPair(bytes.fromhex(settings[Setting.HUB_PRIVATE_KEY]))
    channel = ChannelServices(
        identity=HubIdentity(keys, settings[Setting.SERVER_ID], server_name),
        sessions=Sessions(clock),
        knocks=KnockLimit(clock),
        registry=all_procedures(),
        procedures=Services(database, clock, credentials, tokens),
        catalogue=catalogue,
        body_limit=config.body_limit_bytes,
    )

    def make_phone_server(at_port: int) -> HttpServer:
        watchdog = Watchdog()
        sync = SyncServices(database, clock, BodyReader(config.body_limit_bytes, watchdog), watchdog)
        services = PhoneServices(sync, channel, credentials, tokens, catalogue, server_name, __version__, visits)
        return HttpServer(traffic.watched(create_phone_app(services)), Listen(config.host, at_port), watchdog)

    return PhoneListener(make_phone_server, port)


def _jobs(backups: Backups, updates: update.UpdateDesk, forget: Callable[[], None]) -> JobRunner:
    jobs = JobRunner()
    jobs.every(BACKUP_LOOK_EVERY, "backup", backups.make_if_due, first_after=BACKUP_FIRST_LOOK_AFTER)
    jobs.every(BACKUP_LOOK_EVERY, "drill", backups.drill_if_due, first_after=BACKUP_FIRST_LOOK_AFTER)
    jobs.every(BACKUP_LOOK_EVERY, "newest_version", updates.ask_if_due, first_after=FORGET_FIRST_AFTER)
    jobs.every(FORGET_EVERY, "forget_old", forget, first_after=FORGET_FIRST_AFTER)
    return jobs


def _serving(control: Callable[[], KioskControl]) -> Serving:
    return Serving(
        lambda: control().server_name(),
        lambda: control().start_serving(),
        lambda: _stopped(control()),
        lambda: control().quit_server(),
    )


def _stopped(control: KioskControl) -> bool:
    was_serving = control.phones_url() is not None
    control.stop_serving()
    return was_serving


def _reports(around: Surroundings, checks: CheckDesk) -> DiagnosticsDesk:
    subject = Subject(around.folder, around.clock, this_computer().system, around.database)
    return DiagnosticsDesk(lambda: make_report(subject, checks.measure()), around.clock)


def _updates(
    config: Config, around: Surroundings, listener: PhoneListener, backups: Backups, quiet_for: Callable[[], float]
) -> update.UpdateDesk:
    return update.UpdateDesk(
        update.Surroundings(
            folder=config.folder,
            database=around.database,
            clock=around.clock,
            serve=serve_words(config.host, config.port, is_attended=config.is_attended),
            back_up=lambda progress: backups.make(progress=progress),
            quiet_for=quiet_for,
            stop_phones=listener.stop,
            start_phones=listener.start,
            newest=lambda: newest_version(feed_address()),
        )
    )


def _quiet_for(cloud: CloudService, traffic: Traffic) -> float:
    return 0.0 if cloud.activity().is_running else traffic.quiet_for()
