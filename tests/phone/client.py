"""The test phones as Python objects: one Node process holds any number of real WatermelonDB phones.

Knows nothing of the server under test; see driver.mjs for the other end of the conversation.
"""

from __future__ import annotations

import contextlib
import json
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.phone.outcome import Row, SyncOutcome

FOLDER = Path(__file__).resolve().parent
LATEST_SCHEMA = 9
ANSWER_DEADLINE_S = 120.0

Style = Literal["library", "legacy", "hub"]
LosePull = Literal["reply", "middle"]
LosePush = Literal["reply", "request"]
Credentials = tuple[str, str]


class DriverFailedError(Exception):
    """The driver refused a command (a fault of the test), or died."""


class PhoneDriver:
    """The Node process. Use it as a context manager; one per test module is enough.

    Raises DriverFailedError when Node or the installed packages are missing.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        node = shutil.which("node")
        if node is None:
            raise DriverFailedError("Node.js 20 or newer is needed for the test phones")
        if not (folder / "node_modules" / "@nozbe" / "watermelondb").is_dir():
            raise DriverFailedError("the test phones' packages are not installed: run make test")
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._process = subprocess.Popen(
            [node, str(folder / "driver.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            encoding="utf-8",
            cwd=folder,
        )
        self._answers: queue.Queue[str | None] = queue.Queue()
        self._early: dict[int, dict[str, Any]] = {}
        self._last_id = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._collect(0)  # the driver says when it is ready

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The id of the Node process."""
        return self._process.pid

    def close(self) -> None:
        """End the process: it leaves by itself when its input ends, else it is killed by its own id."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # it died, and with it the other end of the pipe
                self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._stderr.close()

    def send(self, command: str, **options: Any) -> int:
        """Send a command without waiting; ``collect`` its answer by the number returned."""
        self._last_id += 1
        if self._process.stdin is None or self._process.poll() is not None:
            raise DriverFailedError(f"the phones' process is gone: {self._last_words()}")
        line = json.dumps({"id": self._last_id, "command": command, "options": options})
        try:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        except OSError:
            raise DriverFailedError(f"the phones' process is gone: {self._last_words()}") from None
        return self._last_id

    def collect(self, number: int) -> Any:
        """The result of a command sent before; raises DriverFailedError when it was refused."""
        return self._collect(number)

    def call(self, command: str, **options: Any) -> Any:
        """Send a command and wait for its result."""
        return self._collect(self.send(command, **options))

    def open(
        self,
        name: str,
        base_url: str,
        *,
        style: Style = "library",
        schema: int = LATEST_SCHEMA,
        path: str = "/sync",
        credentials: Credentials | None = None,
        parameter: str | None = None,
        clock_offset_ms: int = 0,
        says_schema: bool = True,
    ) -> Phone:
        """A new, empty phone.

        ``parameter``: its spelling of the mark (PROTOCOL §2.3). ``says_schema`` False: a library phone whose
        pulls carry nothing but the mark.
        """
        self.call(
            "open",
            phone=name,
            baseUrl=base_url,
            style=style,
            schemaVersion=schema,
            path=path,
            credentials=credentials,
            parameter=parameter or ("lastPulledAt" if path == "/sync" else "last_pulled_at"),
            clockOffsetMs=clock_offset_ms,
            saysSchema=says_schema,
        )
        return Phone(self, name, style, gets_every_table=says_schema or path != "/sync")

    def sync_together(self, phones: Iterable[Phone]) -> list[SyncOutcome]:
        """Let all of them sync at the same time; outcomes in the order of the phones."""
        numbers = [self.send("sync", phone=phone.name) for phone in phones]
        return [SyncOutcome.parse(self._collect(number)) for number in numbers]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put(None)

    def _collect(self, number: int) -> Any:
        while number not in self._early:
            try:
                line = self._answers.get(timeout=ANSWER_DEADLINE_S)
            except queue.Empty:
                raise DriverFailedError(f"no answer from the phones: {self._last_words()}") from None
            if line is None:
                raise DriverFailedError(f"the phones' process is gone: {self._last_words()}")
            answer = json.loads(line)
            self._early[answer["id"]] = answer
        answer = self._early.pop(number)
        if "failed" in answer:
            raise DriverFailedError(answer["failed"])
        return answer["result"]

    def _last_words(self) -> str:
        self._stderr.seek(0)
        return self._stderr.read().decode("utf-8", "replace")[-2000:]


class Phone:
    """One phone: what a person does on it, and what is stored on it."""

    def __init__(self, driver: PhoneDriver, name: str, style: Style, *, gets_every_table: bool = True) -> None:
        self._driver = driver
        self.name = name
        self.style = style
        self.gets_every_table = gets_every_table

    def __repr__(self) -> str:
        return f"Phone({self.name!r}, {self.style})"

    def _call(self, command: str, **options: Any) -> Any:
        return self._driver.call(command, phone=self.name, **options)

    def create(self, table: str, row_id: str | None = None, /, **values: Any) -> str:
        """Create one row; JSON columns get valid empty JSON unless given. Returns its id."""
        return self.create_many(table, [{"id": row_id, **values}])[0]

    def create_many(self, table: str, rows: Iterable[Row]) -> list[str]:
        """Create rows in one batch; ``id`` may be left out. Returns their ids."""
        prepared = [{"id": row.get("id"), "values": {k: v for k, v in row.items() if k != "id"}} for row in rows]
        ids: list[str] = self._call("create", table=table, rows=prepared)
        return ids

    def update(self, table: str, row_id: str, /, **values: Any) -> None:
        self._call("update", table=table, id=row_id, values=values)

    def mark_as_deleted(self, table: str, row_id: str) -> None:
        """Delete as the library does: the id goes out with the next push of a library phone."""
        self._call("markAsDeleted", table=table, id=row_id)

    def soft_delete(self, table: str, row_id: str) -> None:
        """Delete as the app's own code does: sets ``is_deleted`` and ``deleted_at``."""
        self._call("softDelete", table=table, id=row_id)

    def sync(
        self,
        *,
        lose_pull: LosePull | None = None,
        lose_push: LosePush | None = None,
        keep_bodies: bool = False,
        style: Style | None = None,
        path: str | None = None,
        parameter: str | None = None,
    ) -> SyncOutcome:
        """One sync, which may go wrong on the way; a failure is in the outcome, never raised.

        ``reply``: the request arrives, its answer is lost. ``middle``: cut inside the pull's body.
        ``request``: cut inside the push's body.
        """
        options = _given(losePull=lose_pull, losePush=lose_push, keepBodies=keep_bodies or None)
        options |= _given(style=style, path=path, parameter=parameter)
        return SyncOutcome.parse(self._call("sync", **options))

    def force_upload(self, since: int) -> SyncOutcome:
        """What the app's "force upload" does: sends a hub every row newer than ``since`` (epoch ms)."""
        return SyncOutcome.parse(self._call("sync", style="hub upload", since=since))

    def force_download(self, since: int) -> SyncOutcome:
        """What the app's "force download" does: takes everything since then from a hub."""
        return SyncOutcome.parse(self._call("sync", style="hub download", since=since))

    def rpc(self, kind: Literal["command", "query"], name: str, **arguments: Any) -> Any:
        """Calls a procedure of a hub, as the app does while it is online. Raises DriverFailedError."""
        return self._call("rpc", kind=kind, name=name, args=arguments)

    def start_sync(self, *, lose_push: LosePush | None = None, keep_bodies: bool = False) -> SyncOutcome:
        """Sync up to the push: the pull is applied, the rows to push are chosen, nothing is sent yet.

        ``is_paused`` is False when the sync is over already (nothing to push, or it failed).
        """
        options = _given(losePush=lose_push, keepBodies=keep_bodies or None)
        return SyncOutcome.parse(self._call("syncStart", **options))

    def finish_sync(self) -> SyncOutcome:
        """Send the push of the sync that ``start_sync`` began, and end it."""
        return SyncOutcome.parse(self._call("syncFinish"))

    def rows(self, table: str) -> dict[str, Row]:
        """The stored rows by id, with ``_status`` and ``_changed``; rows marked as deleted are hidden."""
        return {row["id"]: row for row in self._call("rows", table=table)}

    def row(self, table: str, row_id: str) -> Row | None:
        """One stored row; None when it is not here (or marked as deleted)."""
        return self.rows(table).get(row_id)

    def snapshot(self) -> dict[str, dict[str, Row]]:
        """All stored rows: table -> id -> row."""
        stored: dict[str, list[Row]] = self._call("snapshot")
        return {table: {row["id"]: row for row in rows} for table, rows in stored.items()}

    def has_unsynced(self) -> bool:
        """The library's own answer; always True for rows that a legacy phone pulled or pushed."""
        return bool(self._call("unsynced"))

    def upgrade(self, schema: int) -> None:
        """Install a newer app over the stored data; the next library sync sends ``migration``."""
        self._call("reopen", schemaVersion=schema)

    def reopen(self) -> None:
        """Close the app and start it again on the same stored data."""
        self._call("reopen")

    def set_clock(self, offset_ms: int) -> None:
        """Put the phone's clock ahead of (or behind) the true time."""
        self._call("clock", offsetMs=offset_ms)

    def connect(self, *, base_url: str | None = None, credentials: Credentials | None = None) -> None:
        """Point the phone at another address, or sign in as somebody else."""
        self._call("connect", **_given(baseUrl=base_url, credentials=credentials))

    def close(self) -> None:
        """Forget the phone and its data; the name is free again."""
        self._call("close")


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
