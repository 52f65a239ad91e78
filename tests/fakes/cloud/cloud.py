"""The organisation's cloud, as a real HTTP server that tests own: its rows, its clock, its bad days.

Knows nothing of hubs and phones. Behaves as CLOUD.md §§1 to 4 measured; test_captures.py holds it to the recordings.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tests.fakes.cloud import exchange, organisation
from tests.fakes.cloud.callers import hash_of_key
from tests.fakes.cloud.database import MS, Database, Row
from tests.fakes.cloud.deletes import bury
from tests.fakes.cloud.encoding import encoder
from tests.fakes.cloud.endpoints import Endpoints
from tests.fakes.cloud.exchange import Reply, Request
from tests.fakes.cloud.faults import ALWAYS, Faults, Order
from tests.fakes.cloud.pull import Stream
from tests.fakes.cloud.push import Hook
from tests.fakes.cloud.schema import TABLES
from tests.fakes.cloud.server import Listener, listen
from tests.fakes.cloud.settings import Call, Fault, Settings
from tests.fakes.cloud.values import Refused, reader_of

SYNC = frozenset({Call.PULL, Call.PUSH})
HARD_DELETED = frozenset({"prescription_items", "user_clinic_permissions", "app_config"})


class Clock(Protocol):
    """See db.clock.Clock; AdjustableClock is one."""

    def now_ms(self) -> int: ...


@dataclass(frozen=True)
class Received:
    """A request that arrived. ``body`` is decoded JSON, or text if it is none. ``status`` None: it got no answer."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int | None
    at_ms: int

    @property
    def call(self) -> Call:
        return Request(self.method, self.path, self.query, self.headers, b"").call


class Cloud:
    """Serves on loopback until stopped. All methods may be called from any thread."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self.stopping = threading.Event()
        self._db = Database(clock.now_ms)
        self._endpoints = Endpoints(self._db, settings)
        self._faults = Faults()
        self._late: list[Request] = []
        self._received: list[Received] = []
        self._lock = threading.Lock()
        self.change(settings)
        self._listener: Listener | None = listen(self)
        self._port = self._listener.server_port
        self.api_key = organisation.API_KEY

    # Where it is

    @property
    def url(self) -> str:
        """The address to enrol with."""
        return f"http://127.0.0.1:{self._port}"

    def go_offline(self) -> None:
        """Connections are refused and open ones end."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def go_online(self) -> None:
        """At the same address again."""
        if self._listener is None:
            self._listener = listen(self, self._port)

    def stop(self) -> None:
        """For good; requests that hang end."""
        self.stopping.set()
        self.go_offline()

    # What goes wrong

    @property
    def settings(self) -> Settings:
        return self._endpoints.settings

    def change(self, settings: Settings | None = None, **changes: Any) -> None:
        """New settings, or single ones by name: ``cloud.change(is_database_down=True)``."""
        self._endpoints.settings = replace(settings or self.settings, **changes)
        self._db.commit_delay_ms = self.settings.commit_delay_ms

    def fail(self, fault: Fault, *calls: Call, times: int = 1, **details: Any) -> None:
        """The next ``times`` requests to these endpoints (sync, if none is named) meet this fault. See Order."""
        self._faults.add(Order(fault, frozenset(calls) or SYNC, times, **details))

    def keep_failing(self, fault: Fault, *calls: Call, **details: Any) -> None:
        """See fail; until heal."""
        self.fail(fault, *calls, times=ALWAYS, **details)

    def heal(self) -> None:
        """No fault that was ordered happens any more; settings stay."""
        self._faults.clear()

    def watch_records(self, hook: Hook) -> None:
        """Called before and after each record of each push, outside any lock. Raise Refused to make the push fail."""
        self._endpoints.hook = hook

    def apply_late_pushes(self) -> int:
        """Applies what Fault.APPLIED_LATE held back, oldest first; how many there were."""
        with self._lock:
            late, self._late = self._late, []
        for request in late:
            self._endpoints.answer(request).whole()
        return len(late)

    # Its rows

    def seed(self, table: str, *rows: Mapping[str, Any]) -> list[str]:
        """Inserts rows as a script in the database would: no checks, defaults for what is left out. Gives their ids.

        Values are as they are pushed or pulled. Times that are left out are now.
        """
        ids = []
        for row in rows:
            with self._db.lock:
                stored = self._seeded(table, row)
                self._db.put(table, stored)
            ids.append(stored["id"])
        return ids

    def seed_organisation(self) -> None:
        """What organisation.py describes."""
        for table, row in organisation.rows():
            self.seed(table, row)

    def seed_user(self, email: str, password: str, **values: Any) -> str:
        """Someone who can sign in. Gives the id."""
        return self.seed("users", {"email": email, "hashed_password": organisation.hashed(password), **values})[0]

    def seed_device(self, api_key: str, clinic_ids: list[str], **values: Any) -> str:
        """A hub with this key. Gives the id."""
        return self.seed("devices", {"api_key_hash": hash_of_key(api_key), "clinic_ids": clinic_ids, **values})[0]

    def edit(self, table: str, id: str, **values: Any) -> None:
        """Somebody changes a row in the cloud's own pages: updated_at and last_modified become now."""
        with self._db.lock:
            stamp_us = self._db.statement_us()
            self.overwrite(table, id, **values)
            row = dict(self._existing(table, id))
            row.update({name: stamp_us for name in ("updated_at", "last_modified") if name in row})
            self._db.put(table, row)

    def overwrite(self, table: str, id: str, **values: Any) -> None:
        """A script changes a row, and no time moves."""
        with self._db.lock:
            self._db.put(table, {**self._existing(table, id), **self._stored_values(table, values)})

    def delete(self, table: str, id: str) -> None:
        """Somebody deletes a row in the cloud's own pages: a tombstone where the table has them."""
        with self._db.lock:
            self._existing(table, id)
            if table in HARD_DELETED:
                self._db.remove(table, id)
            else:
                bury(self._db, table, id)

    def wipe(self, *, keep: tuple[str, ...] = ("devices",)) -> None:
        """All rows are gone, except in the tables to keep."""
        self._db.clear(*(table for table in TABLES if table not in keep))

    def become_another(self) -> None:
        """Another cloud at the same address that knows the same keys: other device ids, other clinics, no rows."""
        devices = self._db.all("devices")
        self.wipe(keep=())
        for device in devices:
            clinics = [str(uuid.uuid4()) for _ in device["clinic_ids"]]
            self.seed("clinics", *({"id": clinic_id, "name": "Elsewhere"} for clinic_id in clinics))
            self._db.put("devices", {**device, "id": str(uuid.uuid4()), "clinic_ids": clinics})

    def stream(self, table: str, rows: Stream) -> None:
        """Pulls from 0 or 1 show these rows too, as created, made anew each time while the answer is written."""
        self._endpoints.streams[table] = rows

    def rows(self, table: str) -> list[Row]:
        """All rows, deleted ones too, committed or not, as pulls would show them."""
        encode = encoder(table, self.settings.timezone_offset_minutes)
        return [encode(row) for row in self._db.all(table)]

    def row(self, table: str, id: str) -> Row | None:
        """See rows; None if there is none with this id."""
        found = self._db.find(table, id)
        return None if found is None else encoder(table, self.settings.timezone_offset_minutes)(found)

    def live(self, table: str) -> list[Row]:
        """The rows that a full pull without scope would show."""
        return [row for row in self.rows(table) if row.get("is_deleted", False) is False and not row.get("deleted_at")]

    # What it was asked

    @property
    def received(self) -> list[Received]:
        """All requests whose body arrived, in the order they were answered."""
        with self._lock:
            return list(self._received)

    def received_by(self, call: Call) -> list[Received]:
        """Those to one endpoint."""
        return [each for each in self.received if each.call is call]

    def forget_received(self) -> None:
        """Starts the log anew."""
        with self._lock:
            self._received.clear()

    # Answerer, for server.py

    def now_ms(self) -> int:
        """The time on its clock."""
        return self._db.now_ms()

    def next_fault(self, request: Request) -> Order | None:
        return self._faults.next_for(request.call)

    def answer(self, request: Request) -> Reply:
        return self._endpoints.answer(request)

    def answer_later(self, request: Request) -> None:
        with self._lock:
            self._late.append(request)

    def record(self, request: Request, status: int | None) -> None:
        try:
            body = request.json if request.body else None
        except exchange.NotJson:
            body = request.body.decode("utf-8", "replace")
        seen = (request.method, request.path, request.query, request.headers)
        with self._lock:
            self._received.append(Received(*seen, body, status, self._db.now_ms()))

    def _existing(self, table: str, id: str) -> Row:
        row = self._db.find(table, id)
        if row is None:
            raise KeyError(f"{table} {id}")
        return row

    def _seeded(self, table: str, row: Mapping[str, Any]) -> Row:
        stamp_us = self._db.now_ms() * MS
        stored: Row = {}
        given = self._stored_values(table, row)
        for column in TABLES[table].columns:
            is_stamp = column.name in ("created_at", "updated_at", "last_modified", "server_created_at")
            default = stamp_us if is_stamp else column.stored_default
            stored[column.name] = given.get(column.name, default)
        return {**stored, "id": stored["id"] or str(uuid.uuid4())}

    def _stored_values(self, table: str, values: Mapping[str, Any]) -> Row:
        columns = {column.name: column for column in TABLES[table].columns}
        try:
            return {name: reader_of(columns[name])(value, self._db.now_ms()) for name, value in values.items()}
        except Refused as error:
            raise ValueError(f"{table}: {error}") from error


@contextlib.contextmanager
def running_cloud(clock: Clock, settings: Settings | None = None, *, is_seeded: bool = True) -> Iterator[Cloud]:
    """A cloud that serves while the block runs, with the organisation of organisation.py unless told otherwise."""
    cloud = Cloud(clock, settings or Settings())
    try:
        if is_seeded:
            cloud.seed_organisation()
        yield cloud
    finally:
        cloud.stop()
