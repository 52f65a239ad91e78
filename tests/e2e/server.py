"""The program as its users run it: a `kiosk serve` process on a loopback port, and its command line.

Knows nothing of what is inside: it is started, asked, stopped and killed from outside only.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parents[2]
READY_DEADLINE_S = 60.0
STOP_DEADLINE_S = 30.0
CLI_DEADLINE_S = 60.0
FREE_PORT_ATTEMPTS = 3
LOOPBACK = "127.0.0.1"
PROGRAM = tuple(json.loads(os.environ.get("HIKMA_PROGRAM", "null")) or (sys.executable, "-m", "kiosk"))
"""The program under test: this checkout, or the one that HIKMA_PROGRAM says, a command line as JSON: how the release
is tried on the copy that was installed."""


class ServerFailedError(Exception):
    """The program did not do what it was asked; the message holds what it said on standard error."""


@dataclass(frozen=True)
class StaffAccount:
    """A member of staff who may sync: what a person types into a phone."""

    email: str
    password: str
    name: str
    clinic: str

    @property
    def credentials(self) -> tuple[str, str]:
        return (self.email, self.password)


NURSE = StaffAccount("nurse@example.org", "correct horse", "Nour Haddad", "North Clinic")
DOCTOR = StaffAccount("doctor@example.org", "battery staple", "Dana Khalil", "North Clinic")


class RunningServer:
    """One data folder and the server process on it. ``is_attended``: a window watches over it; ``passphrase``: of the
    start, on its standard input.

    It keeps to the port of its first start, as phones remember it. ``port`` None: a free one; 0: the program
    chooses one itself. Every process it starts is ended by its own id.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        port: int | None = None,
        host: str = LOOPBACK,
        environment: dict[str, str] | None = None,
        is_attended: bool = False,
        passphrase: str | None = None,
    ) -> None:
        self.data_folder = data_folder
        self._host = host
        self.ready: dict[str, Any] = {}
        self._port = port
        self._environment = {**os.environ, "HIKMA_KEYSTORE": "file", **(environment or {})}
        self._attended = ["--attended"] if is_attended else []
        self._passphrase = passphrase
        self._process: subprocess.Popen[str] | None = None
        self._stderr_path = data_folder.with_name(f"{data_folder.name}.stderr")

    @property
    def phones_url(self) -> str:
        """Where phones reach it, e.g. ``http://127.0.0.1:41234``."""
        return str(self.ready["phones"]).rstrip("/")

    @property
    def ui_url(self) -> str:
        return str(self.ready["ui"])

    @property
    def pid(self) -> int:
        """The id of the server process. Raises ServerFailedError when none runs."""
        if self._process is None:
            raise ServerFailedError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait for its line. Raises ServerFailedError when it does not come."""
        if self._port is not None:
            self._start(self._port)
            return
        for attempt in range(1, FREE_PORT_ATTEMPTS + 1):
            try:
                self._start(_free_port())
            except ServerFailedError:
                if attempt == FREE_PORT_ATTEMPTS:  # else somebody may have taken the port meanwhile
                    raise
            else:
                return

    def _start(self, port: int) -> None:
        command = ["serve", "--port", str(port), "--host", self._host, "--data-dir", str(self.data_folder)]
        secret = ["--passphrase-stdin"] if self._passphrase else []
        with self._stderr_path.open("ab") as stderr:
            self._process = subprocess.Popen(
                [*PROGRAM, *command, *self._attended, *secret],
                stdin=subprocess.PIPE if self._passphrase else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                encoding="utf-8",
                env=self._environment,
                cwd=PROJECT,
                creationflags=_NEW_GROUP,
            )
        if self._process.stdin is not None:
            self._process.stdin.write(f"{self._passphrase}\n")
            self._process.stdin.close()
        line = _first_line(self._process)
        if not line:
            self.kill()
            raise ServerFailedError(f"the server did not become ready: {self.last_words()}")
        self.ready = json.loads(line)
        self._port = urlsplit(self.phones_url).port

    def stop(self) -> int:
        """Ask it to stop as its service manager would; returns the exit code."""
        if self._process is None:
            return 0
        _ask_to_stop(self._process)
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends, asked by somebody else; returns the exit code."""
        if self._process is None:
            raise ServerFailedError("the server is not running")
        try:
            code = self._process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailedError(f"the server did not stop: {self.last_words()}") from None
        self._forget()
        return code

    def kill(self) -> None:
        """End it as a power cut would (kill -9)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()

    def restart_after_kill(self) -> None:
        """kill -9, then start again on the same port and folder."""
        self.kill()
        self.start()

    def cli(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the program on this folder, whether the server runs or not."""
        return subprocess.run(
            [*PROGRAM, "--data-dir", str(self.data_folder), *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env=self._environment,
            cwd=PROJECT,
            timeout=CLI_DEADLINE_S,
            check=False,
        )

    def add_user(self, account: StaffAccount) -> None:
        """Add a staff account by the command line. Raises ServerFailedError when that is refused."""
        options = ["--email", account.email, "--name", account.name, "--clinic", account.clinic]
        done = self.cli("user", "add", *options, "--password-stdin", stdin=f"{account.password}\n")
        if done.returncode != 0:
            raise ServerFailedError(f"user add: exit {done.returncode}: {done.stdout}{done.stderr}")

    def history(self, table: str, record_id: str) -> list[dict[str, Any]]:
        """The versions of a record as ``history show`` tells them, each with ``version`` and ``data``."""
        done = self.cli("history", "show", table, record_id, "--json")
        if done.returncode != 0:
            raise ServerFailedError(f"history show: exit {done.returncode}: {done.stdout}{done.stderr}")
        versions: list[dict[str, Any]] = json.loads(done.stdout)
        return versions

    def last_words(self) -> str:
        """The end of what the server said on standard error, over all its starts."""
        if not self._stderr_path.exists():
            return ""
        return self._stderr_path.read_text("utf-8", "replace")[-3000:]

    def _forget(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None


_NEW_GROUP = 0
if sys.platform == "win32":
    _NEW_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP


def _ask_to_stop(process: subprocess.Popen[str]) -> None:
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.send_signal(signal.SIGTERM)


def _free_port() -> int:
    """A port that is free now. Unlike one that the system gives to a server (``--port 0``), it can be taken again
    at once after a kill: for that, Linux wants the first server too to have asked for it by number."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _first_line(process: subprocess.Popen[str]) -> str:
    """The first line of its output; empty when it ended, or said nothing in time."""
    lines: queue.Queue[str] = queue.Queue()

    def read(stream: IO[str]) -> None:
        lines.put(stream.readline())

    assert process.stdout is not None
    threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
    try:
        return lines.get(timeout=READY_DEADLINE_S)
    except queue.Empty:
        return ""
