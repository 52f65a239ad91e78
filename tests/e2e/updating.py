"""A clinic that runs one version of the program and gets others, seen from its phone and from the command line.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests

from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, running_server
from kiosk.server_process import stop_server
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import LOOPBACK, NURSE, _free_port
from tests.polling import eventually
from tests.updates import START, environment

LIMIT_S = 90


@dataclass
class UpdatedClinic:
    """``program``: the installed version. Phones know one address, whatever serves there."""

    program: Path
    folder: DataFolder
    port: int = field(default_factory=_free_port)
    start_name: str = START

    def command(self, *words: str) -> list[str]:
        return [str(self.program / self.start_name), "--data-dir", str(self.folder.root), "--json", *words]

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command of whichever program is in force."""
        return subprocess.run(
            self.command(*words), env=environment(), input=stdin, capture_output=True, text=True, check=False
        )

    def said(self, *words: str, stdin: str = "") -> Any:
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def set_up(self) -> None:
        """An account, as the first-run page makes it."""
        options = ("--email", NURSE.email, "--name", NURSE.name, "--clinic", NURSE.clinic, "--password-stdin")
        self.said("user", "add", *options, stdin=f"{NURSE.password}\n")

    def start(self) -> RunningServer:
        """As at the next sign-in: through the launcher, on the port that phones know."""
        command = self.command("serve", "--host", LOOPBACK, "--port", str(self.port))
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, env=environment(), stdin=quiet, stdout=quiet, stderr=quiet)
        eventually(lambda: running_server(self.folder) is not None or process.poll() is not None, deadline_s=LIMIT_S)
        server = running_server(self.folder)
        assert server is not None, (self.folder.logs / "server.log").read_text("utf-8")
        return server

    @property
    def phone(self) -> RestPhone:
        return RestPhone(f"http://{LOOPBACK}:{self.port}", NURSE)

    def version(self) -> str | None:
        """Of the server that runs."""
        server = running_server(self.folder)
        return server.version if server else None

    def pid(self) -> int | None:
        """Of the server that runs."""
        server = running_server(self.folder)
        return server.pid if server else None

    def pages(self) -> PageClient:
        server = running_server(self.folder)
        assert server is not None
        return PageClient(server)

    def install(self, file: Path) -> None:
        """By the page, as staff does."""
        pages = self.pages()
        pages.post("/update/look", folder=str(file.parent))
        pages.post("/update/install", file=str(file))

    def stop(self) -> None:
        """Whatever runs for this folder."""
        stop_server(self.folder)
        self.kill()

    def kill(self) -> None:
        """As a power cut does: everything that runs for this folder, the server and the exchange alike."""
        while processes := list(self._processes()):
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    process.kill()
                    process.wait(10)

    def _processes(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                if any(word.startswith(str(self.folder.root)) for word in words):
                    yield process


@dataclass(frozen=True)
class PageClient:
    """Somebody at the pages of a running server."""

    server: RunningServer

    def post(self, path: str, **fields: str) -> requests.Response:
        return self._ask("POST", path, fields)

    def shown(self) -> str:
        """The part of the page about updates that changes."""
        return self._ask("GET", "/update/status", None).text

    def _ask(self, method: str, path: str, fields: dict[str, str] | None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.server.token}", "Origin": self.server.ui_url}
        if fields is not None:
            headers["Accept"] = "application/json"
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.server.ui_url + path, data=fields, headers=headers, timeout=30)


@contextlib.contextmanager
def updated_clinic(program: Path, root: Path) -> Iterator[UpdatedClinic]:
    """A clinic that is set up, with a running server; nothing of it is left running."""
    clinic = UpdatedClinic(program, DataFolder(root))
    try:
        clinic.start()
        yield clinic
    finally:
        clinic.stop()
