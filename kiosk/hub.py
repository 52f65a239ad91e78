"""The composition root: builds every object of a server process and hands each what it needs. Nothing else does.

Knows nothing of the command line (kiosk/serve.py) or of windows.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from db.clock import Clock, SystemClock
from db.database import Database
from db.errors import HubError
from db.retention import forget_old
from db.settings import Setting, read_settings
from db.store import Store
from kiosk import __version__
from kiosk.announcement import Announcement
from kiosk.backups import Backups
from kiosk.backups_desk import BackupsDesk
from kiosk.cloud.connecting import connect_to
from kiosk.cloud.desk import CloudDesk
from kiosk.cloud.service import CloudService
from kiosk.config import ALL_ADDRESSES, DEFAULT_PORT, Config
from kiosk.control import KioskControl
from kiosk.diagnostics.desk import DiagnosticsDesk
from kiosk.diagnostics.report import Subject, make_report
from kiosk.doctor.assembly import Hands, Surroundings, check_desk
from kiosk.doctor.computer import this_computer
from kiosk.doctor.desk import CheckDesk
from kiosk.jobs import JobRunner
from kiosk.keystore import DatabaseKey
from kiosk.network import LanAddress, current_addresses
from kiosk.opening import open_for_serving
from kiosk.phone_listener import PhoneListener
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
from web.ui.sessions import UiSessions
from web.watchdog import Watchdog

LOOPBACK = "127.0.0.1"
UI_WORKERS = 6
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
    listener: PhoneListener
    ui_server: HttpServer
    cloud: CloudService
    backups: Backups
    jobs: JobRunner
    announcement: Announcement
    wakefulness: Wakefulness
    token: str  # opens the kiosk's pages; never in a log

    def start(self) -> RunningServer:
        """Starts the pages, then the phones' listener. Returns what other processes may know.

        A port that is taken is raised as PortTaken, unless a window watches: then its page says so.
        """
        ui_port = self.ui_server.start()
        try:
            self.listener.start()
        except HubError:
            if not self.config.is_attended:
                self.ui_server.stop()
                raise
        self.jobs.start()
        self.cloud.start()
        return self.control.facts(f"http://{LOOPBACK}:{ui_port}", self.token)

    def stop(self) -> None:
        """Stops in order: no new requests, then no jobs, then the database."""
        self.backups.stop()  # one that is being made would hold up the jobs
        self.jobs.stop()
        self.cloud.stop()
        self.announcement.stop()
        self.listener.stop()
        self.ui_server.stop()
        self.store.close()


def build_hub(config: Config, clock: Clock | None = None, addresses: Addresses | None = None) -> Hub:
    """Opens the data folder and builds everything around it; nothing listens yet.

    ``addresses`` tells at which addresses phones reach this computer now (default: as it is configured).
    Raises KeyMissing, WrongKey, DatabaseDamaged, NewerDatabase, StorageFailed, OSError.
    """
    clock = clock or SystemClock()
    key, store = open_for_serving(config, clock)
    try:
        return _assemble(config, clock, key, store, addresses or _addresses_of(config))
    except BaseException:
        store.close()
        raise


def _addresses_of(config: Config) -> Addresses:
    """All of the computer's, or the only one that is listened on."""
    return current_addresses if config.host == ALL_ADDRESSES else lambda: (LanAddress(config.host, "-"),)


def _assemble(config: Config, clock: Clock, key: DatabaseKey, store: Store, addresses: Addresses) -> Hub:
    catalogue = load_catalogue()
    database = store.database
    visits = Visits(clock)
    wakefulness = wakefulness_here()
    traffic = Traffic()
    listener = _phone_listener(config, clock, database, catalogue, visits, traffic, lambda: control.server_name())
    cloud = CloudService(database, config.folder.root, clock, connect_to, addresses)
    cloud_desk = CloudDesk(database, clock, cloud.connect, cloud.sync_now, cloud.activity)
    backups = Backups(config.folder, database, key.secret, clock)
    backups_desk = BackupsDesk(config.folder, database, key.secret, backups)
    hands = Hands(
        lambda: control.start_serving(), lambda at: control.change_port(at), cloud_desk.sync_now, backups.make
    )
    around = Surroundings(
        config.folder,
        clock,
        database,
        addresses,
        lambda: listener.state,
        lambda: control.phones_url(),
        visits,
        lambda: wakefulness.is_held,
    )
    checks = check_desk(around, hands)
    reports = _reports(around, checks)
    updates = _updates(config, around, listener, backups, lambda: _quiet_for(cloud, traffic))
    control = KioskControl(
        config.folder,
        clock,
        store,
        key.place,
        listener,
        addresses,
        cloud_desk,
        backups_desk,
        checks,
        reports,
        updates,
        lambda: wakefulness.is_held,
    )
    token = secrets.token_urlsafe(32)
    ui_app = create_ui_app(control, UiSessions(token), catalogue)
    ui_server = HttpServer(ui_app, Listen(LOOPBACK, 0), Watchdog(), workers=UI_WORKERS)
    jobs, announcement = _jobs(backups, database, updates), Announcement(control.announced)
    return Hub(config, store, control, listener, ui_server, cloud, backups, jobs, announcement, wakefulness, token)


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


def _jobs(backups: Backups, database: Database, updates: update.UpdateDesk) -> JobRunner:
    jobs = JobRunner()
    jobs.every(BACKUP_LOOK_EVERY, "backup", backups.make_if_due, first_after=BACKUP_FIRST_LOOK_AFTER)
    jobs.every(BACKUP_LOOK_EVERY, "drill", backups.drill_if_due, first_after=BACKUP_FIRST_LOOK_AFTER)
    jobs.every(BACKUP_LOOK_EVERY, "newest_version", updates.ask_if_due, first_after=FORGET_FIRST_AFTER)
    jobs.every(FORGET_EVERY, "forget_old", lambda: forget_old(database), first_after=FORGET_FIRST_AFTER)
    return jobs


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
