"""The real server without sockets: its application called in-process, on real encrypted files.

Knows nothing of phones. It can be stopped in order, and lose its power at any moment between two requests.
"""

from __future__ import annotations

import base64
import io
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import bcrypt

from db.database import Database
from db.permissions import ALL_FLAGS, new_grant
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, VersionKind
from db.store import Store, open_store
from tests.fakes.clock import AdjustableClock
from tests.web.phones_listener import channel_services
from web.body import BodyReader
from web.credentials import Credentials
from web.i18n import Catalogue
from web.phone.app import PhoneServices, create_phone_app
from web.phone.sync import SyncServices
from web.phone.visits import Visits
from web.rpc.registry import Services
from web.tokens import TokenIssuer
from web.watchdog import Watchdog

KEY = bytes(range(32))
PASSWORD = "correct horse"
STAFF = ("nurse@example.org", "doctor@example.org")
Lost = Literal["reply", "middle"]
_CHEAP_ROUNDS = 4
_LARGEST_BODY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """What reached the phone; ``body`` is empty or cut where the connection broke."""

    status: int
    body: bytes


def make_template(folder: Path) -> Path:
    """A data folder with a new database and its staff, to be copied: making one takes longer than a test may."""
    folder.mkdir()
    store = open_store(folder, KEY, AdjustableClock())
    # bcrypt at its lowest cost: every restarted server has to check the passwords again.
    password = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(_CHEAP_ROUNDS)).decode()
    with store.database.write() as transaction:
        changes = RecordChanges(transaction)
        for email in STAFF:
            user = {"id": email, "name": email, "email": email, "role": "provider", "hashed_password": password}
            for table, row in (("users", user), ("user_clinic_permissions", new_grant(email, "", ALL_FLAGS))):
                planned = PlannedRow(row["id"], row, None, False, NO_MARK, NO_MARK, None)
                changes.put(table, planned, VersionKind.REPLACED, ())
        changes.flush(None)
    store.close()
    return folder


class ClinicServer:
    """One clinic computer. ``folder`` changes when it loses power: what was on the disk is all that stays."""

    def __init__(self, template: Path, work: Path, clock: AdjustableClock, catalogue: Catalogue) -> None:
        self._work = work
        self._numbers = count()
        self._clock = clock
        self._catalogue = catalogue
        self.folder = self._next_folder()
        shutil.copytree(template, self.folder)
        self._start()

    @property
    def database(self) -> Database:
        """For looking, and for what staff do at the computer."""
        return self._store.database

    def restart(self) -> None:
        """Stopped in order and started again."""
        self._store.close()
        self._start()

    def lose_power(self) -> None:
        """Started again on what is on the disk at this moment."""
        survivor = self._next_folder()
        shutil.copytree(self.folder, survivor)
        self._store.database.close()
        shutil.rmtree(self.folder)
        self.folder = survivor
        self._start()

    def close(self) -> None:
        """Stops it and takes its files away."""
        self._store.database.close()
        shutil.rmtree(self._work)

    def get(self, path: str, query: dict[str, str], user: str, lost: Lost | None = None) -> Reply:
        """A GET. ``lost``: the connection breaks before, or inside, the answer."""
        return self._call("GET", path, query, user, b"", lost)

    def post(self, path: str, query: dict[str, str], user: str, body: bytes) -> Reply:
        """A POST of JSON."""
        return self._call("POST", path, query, user, body, None)

    def _next_folder(self) -> Path:
        return self._work / f"data-{next(self._numbers)}"

    def _start(self) -> None:
        self._store: Store = open_store(self.folder, KEY, self._clock)
        watchdog = Watchdog()
        sync = SyncServices(self._store.database, self._clock, BodyReader(_LARGEST_BODY, watchdog), watchdog)
        credentials = Credentials(self._store.database, self._clock)
        tokens = TokenIssuer(KEY, self._clock)
        channel = channel_services(Services(self._store.database, self._clock, credentials, tokens), self._catalogue)
        visits = Visits(self._clock)
        services = PhoneServices(
            sync, channel, credentials, tokens, self._catalogue, lambda: "North Clinic", "0", visits
        )
        self._app = create_phone_app(services)

    def _call(self, method: str, path: str, query: dict[str, str], user: str, body: bytes, lost: Lost | None) -> Reply:
        statuses: list[int] = []

        def start_response(status: str, headers: object, failure: object = None) -> None:
            statuses.append(int(status.split()[0]))

        pieces = self._app(_environ(method, path, query, user, body), start_response)
        received = b""
        try:
            for piece in pieces:  # the server begins to answer before it notices that nobody listens
                if lost == "reply":
                    break
                received += piece[: len(piece) // 2] if lost == "middle" else piece
                if lost == "middle":
                    break
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        return Reply(statuses[-1], received)


def _environ(method: str, path: str, query: dict[str, str], user: str, body: bytes) -> dict[str, Any]:
    credentials = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(query),
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4001",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7",
        "HTTP_AUTHORIZATION": f"Basic {credentials}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
