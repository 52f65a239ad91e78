"""The phones' application on a real listener of its own, and what a phone's HTTP client does with it.

Knows nothing of processes: the store is opened in this one.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlencode

from db.store import Store
from tests.fakes.clock import AdjustableClock
from tests.web.listener import CLIENT_DEADLINE_S, LOOPBACK
from web.body import BodyReader
from web.credentials import Credentials
from web.i18n import Catalogue, load_catalogue
from web.phone.app import PhoneServices, create_phone_app
from web.phone.sync import SyncServices
from web.phone.visits import Visits
from web.rpc.channel import ChannelServices, HubIdentity
from web.rpc.knocking import KnockLimit
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import Registry, Services
from web.rpc.sealing import KeyPair
from web.rpc.sessions import Sessions
from web.server import HttpServer, Listen
from web.tokens import TokenIssuer
from web.watchdog import Patience, Watchdog

KEY = bytes(range(32))
NURSE = ("nurse@example.org", "correct horse", "Nour Haddad")
DOCTOR = ("doctor@example.org", "battery staple", "Dana Khalil")
HUB_KEYS = KeyPair(bytes(range(100, 132)))
BODY_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. Header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def basic(email: str, password: str) -> str:
    """The header that phones send."""
    return "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode()


AS_NURSE = {"Authorization": basic(*NURSE[:2])}
AS_DOCTOR = {"Authorization": basic(*DOCTOR[:2])}


def channel_services(services: Services, catalogue: Catalogue, procedures: Registry | None = None) -> ChannelServices:
    """The encrypted channel of a server called North Clinic; ``procedures``: others than the real ones."""
    return ChannelServices(
        identity=HubIdentity(HUB_KEYS, "hub-1", lambda: "North Clinic"),
        sessions=Sessions(services.clock),
        knocks=KnockLimit(services.clock),
        registry=procedures or all_procedures(),
        procedures=services,
        catalogue=catalogue,
        body_limit=BODY_LIMIT,
    )


class PhonesListener:
    """Serves the application from ``start`` (or entering) to ``stop``."""

    def __init__(
        self,
        store: Store,
        clock: AdjustableClock,
        watchdog: Watchdog | None = None,
        procedures: Registry | None = None,
    ) -> None:
        watchdog = watchdog or Watchdog(Patience(look_every_s=0.02))  # as patient as the real one
        sync = SyncServices(store.database, clock, BodyReader(BODY_LIMIT, watchdog), watchdog)
        credentials = Credentials(store.database, clock)
        tokens = TokenIssuer(KEY, clock)
        catalogue = load_catalogue()
        channel = channel_services(Services(store.database, clock, credentials, tokens), catalogue, procedures)
        self.visits = Visits(clock)
        services = PhoneServices(
            sync, channel, credentials, tokens, catalogue, lambda: "North Clinic", "1.2.3", self.visits
        )
        self.app = create_phone_app(services)
        self.database = store.database
        self.clock = clock
        self._server = HttpServer(self.app, Listen(LOOPBACK, 0), watchdog, workers=4)
        self.port = 0

    def __enter__(self) -> Self:
        self.port = self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def ask(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own. ``headers`` None: signed in as NURSE."""
        address = f"{path}?{urlencode(query)}" if query else path
        connection = HTTPConnection(LOOPBACK, self.port, timeout=CLIENT_DEADLINE_S)
        try:
            connection.request(method, address, body=body, headers=AS_NURSE if headers is None else headers)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def pull(self, mark: int = 0, *, path: str = "/sync", **query: str) -> Any:
        """A pull that works; returns its document."""
        answer = self.ask("GET", path, {"lastPulledAt": str(mark), **query})
        assert answer.status == 200, answer.body
        return answer.json

    def push(
        self, changes: object, mark: int = 0, *, path: str = "/sync", headers: dict[str, str] | None = None
    ) -> Answer:
        """A push of ``changes``; bytes are sent as they are."""
        body = changes if isinstance(changes, bytes) else json.dumps(changes).encode()
        return self.ask("POST", path, {"lastPulledAt": str(mark)}, body=body, headers=headers)
