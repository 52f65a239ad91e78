"""A small in-memory sync server after WatermelonDB's own backend guide, to try the test phones with.

Knows nothing of the real server: it refuses conflicts, sends a phone's own push back, and keeps nothing on disk.
"""

from __future__ import annotations

import base64
import gzip
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Row = dict[str, Any]
_LIBRARY_COLUMNS = ("_status", "_changed")


@dataclass
class _Stored:
    row: Row
    created: int
    changed: int
    is_deleted: bool = False


@dataclass(frozen=True)
class Received:
    """One request as it arrived; ``body`` is None for a GET and for a body that broke off."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    connection: int


@dataclass
class Store:
    """The records and the guide's rules for them. Stamps count up by one."""

    tables: dict[str, dict[str, _Stored]] = field(default_factory=dict)
    stamp: int = 1_000

    def pull(self, since: int) -> dict[str, Any]:
        """All that changed after ``since`` (0: all there is), with the stamp to ask with next time."""
        return {"changes": {name: self._since(name, since) for name in self.tables}, "timestamp": self.stamp}

    def _since(self, name: str, since: int) -> dict[str, list[Any]]:
        changed = {key: one for key, one in self.tables[name].items() if one.changed > since}
        living = [one for one in changed.values() if not one.is_deleted]
        return {
            "created": [one.row for one in living if one.created > since],
            "updated": [one.row for one in living if one.created <= since],
            "deleted": [key for key, one in changed.items() if one.is_deleted and since > 0],
        }

    def push(self, changes: dict[str, Any], since: int) -> bool:
        """Store all of it, or nothing and say False: something in it changed after ``since``."""
        for name, lists in changes.items():
            pushed = {row["id"] for row in [*lists["created"], *lists["updated"]]} | _ids(lists["deleted"])
            if any(one.changed > since for key, one in self.tables.get(name, {}).items() if key in pushed):
                return False
        self.stamp += 1
        for name, lists in changes.items():
            table = self.tables.setdefault(name, {})
            for row in [*lists["created"], *lists["updated"]]:
                self._put(table, {k: v for k, v in row.items() if k not in _LIBRARY_COLUMNS})
            for key in _ids(lists["deleted"]) & table.keys():
                table[key].is_deleted, table[key].changed = True, self.stamp
        return True

    def _put(self, table: dict[str, _Stored], row: Row) -> None:
        before = table.get(row["id"])
        table[row["id"]] = _Stored(row, before.created if before else self.stamp, self.stamp)


def _ids(deleted: list[Any]) -> set[str]:
    return {one if isinstance(one, str) else one["id"] for one in deleted}


def reply(table: str, timestamp: int = 2_000, **lists: list[object]) -> dict[str, Any]:
    """A reply for ``StandIn.canned``: one table, with the lists that are given."""
    return {
        "changes": {table: {"created": [], "updated": [], "deleted": [], **lists}},
        "timestamp": timestamp,
    }


class StandIn:
    """The server on a free loopback port. Use it as a context manager.

    ``canned`` replies are given to the next pulls, one each, in place of the store's.
    ``credentials``: what HTTP Basic must hold, if anything. ``refuse_pushes_with``: a status for every push.
    """

    def __init__(self, credentials: tuple[str, str] | None = None) -> None:
        self.store = Store()
        self.canned: list[dict[str, Any]] = []
        self.received: list[Received] = []
        self.refuse_pushes_with: int | None = None
        self.lock = threading.Lock()
        self.authorization = _basic(credentials) if credentials else None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        class Handler(_Handler):
            stand_in = self

        return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StandIn

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        since = self._note(None)
        if not self._is_admitted():
            return self._answer(401, {"error": "Unauthorized"})
        with self.stand_in.lock:
            canned = self.stand_in.canned
            reply = canned.pop(0) if canned else self.stand_in.store.pull(since)
        return self._answer(200, reply)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        raw = self.rfile.read(length)
        body = json.loads(raw) if len(raw) == length else None
        since = self._note(body)
        if body is None:
            self.close_connection = True
            return None
        if not self._is_admitted():
            return self._answer(401, {"error": "Unauthorized"})
        if self.stand_in.refuse_pushes_with is not None:
            return self._answer(self.stand_in.refuse_pushes_with, {"error": "refused"})
        with self.stand_in.lock:
            is_stored = self.stand_in.store.push(body, since)
        return self._answer(200 if is_stored else 409, {})

    def _is_admitted(self) -> bool:
        wanted = self.stand_in.authorization
        return wanted is None or self.headers["Authorization"] == wanted

    def _note(self, body: Any) -> int:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.stand_in.received.append(Received(self.command, parts.path, query, body, self.client_address[1]))
        return int(query.get("lastPulledAt", query.get("last_pulled_at", "0")))

    def _answer(self, status: int, reply: dict[str, Any]) -> None:
        body = gzip.compress(json.dumps(reply).encode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError, ConnectionAbortedError):
            self.close_connection = True  # the phone hung up, as some tests want it to


def _basic(credentials: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(credentials).encode()).decode()
