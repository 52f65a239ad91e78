"""What the entries of the window's menu do: open a page, ask the server for something, save a report, show a folder.

Knows nothing of the toolkit (kiosk/window.py lends its hands) or of the database: like every client it asks the server.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlencode

from db.errors import HubError, NotRunning
from kiosk.diagnostics.saving import save
from kiosk.menu import MenuAction
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer
from kiosk.server_process import PROGRAM_FOLDER, Answer, call, own_program
from web.ui.diagnostics_port import ReportArchive

ANSWER_LIMIT_S = 60.0
"""A report takes as long as its slowest check."""
DOWNLOAD_PATH, DIAGNOSTICS_PATH = "/diagnostics/download", "/diagnostics"
RESTORE_PATH = "/restore"
PAGES = MappingProxyType(
    {
        MenuAction.ADD_PHONE: "/add-phone",
        MenuAction.PHONES: "/phones",
        MenuAction.RESTORE: RESTORE_PATH,
        MenuAction.MOVE: "/move",
        MenuAction.SETTINGS: "/settings",
        MenuAction.CONNECTION: "/cloud",
        MenuAction.CHECK: "/check",
        MenuAction.UPDATE: "/update",
        MenuAction.ABOUT: "/about",
    }
)
DEEDS = MappingProxyType(
    {
        MenuAction.START: ("/start", "/"),
        MenuAction.STOP: ("/stop", "/"),
        MenuAction.BACK_UP: ("/backups/make", "/backups"),
        MenuAction.LOCK: ("/lock", "/locked"),
        MenuAction.SYNC_NOW: ("/cloud/sync", "/cloud"),
    }
)
"""What is posted, and the page that shows what came of it."""


class Refusal(Exception):
    """What another process of this program refused, by the code of its error."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class WindowHands(Protocol):
    """What the window does for the menu. Called in a thread that may wait."""

    def server(self) -> RunningServer | None:
        """The server whose pages are shown; None while there is none."""
        ...

    def open_page(self, path: str) -> None:
        """Shows a page of the server."""
        ...

    def choose_file(self, folder: Path, name: str) -> Path | None:
        """Asks where to save; None: nowhere."""
        ...

    def choose_backup(self) -> Path | None:
        """Asks which backup; None: none."""
        ...

    def tell_failure(self, code: str) -> None:
        """Says in a native window what an error's sentence says."""
        ...


class MenuDesk:
    """``without_server``: makes a report into a file where no server can be asked; ``show_folder``: in the system's
    own file manager."""

    def __init__(
        self,
        folder: DataFolder,
        hands: WindowHands,
        without_server: Callable[[DataFolder, Path], None] | None = None,
        show_folder: Callable[[Path], object] | None = None,
    ) -> None:
        self._folder = folder
        self._hands = hands
        self._without_server = without_server or report_by_command
        self._show_folder = show_folder or show_in_file_manager
        self._is_exporting = threading.Lock()

    def do(self, action: MenuAction) -> None:
        """What the entry stands for; a failure is told."""
        try:
            if action is MenuAction.EXPORT:
                self.export()
            elif action is MenuAction.RESTORE_FILE:
                self.choose_backup()
            elif action is MenuAction.LOGS:
                self._show_folder(self._folder.logs)
            elif action in DEEDS:
                path, page = DEEDS[action]
                ask(self._running(), "POST", path)
                self._hands.open_page(page)
            else:
                self._running()
                self._hands.open_page(PAGES[action])
        except (HubError, Refusal) as failure:
            self._hands.tell_failure(failure.code)
        except OSError:  # the file manager
            self._hands.tell_failure(HubError.code)

    def export(self) -> None:
        """Asks where to, then saves the report there and shows its page. Nothing while the last one is not done. Raises
        HubError, Refusal."""
        if not self._is_exporting.acquire(blocking=False):
            return
        try:
            name = f"hikma-diagnostics-{datetime.now().astimezone():%Y-%m-%d-%H%M}.zip"
            chosen = self._hands.choose_file(_usual_folder(), name)
            if chosen is not None:
                self._save_at(_with_ending(chosen))
        finally:
            self._is_exporting.release()

    def choose_backup(self) -> None:
        """Asks for the file of a backup, and shows the page that looks at it. Raises NotRunning."""
        self._running()
        chosen = self._hands.choose_backup()
        if chosen is not None:
            self._hands.open_page(f"{RESTORE_PATH}?{urlencode({'file': str(chosen)})}")

    def _save_at(self, target: Path) -> None:
        server = self._hands.server()
        if server is None:
            self._without_server(self._folder, target)
            return
        answer = ask(server, "GET", DOWNLOAD_PATH)
        save(ReportArchive(target.name, answer.headers.get("x-support-code", ""), answer.body), target)
        self._hands.open_page(DIAGNOSTICS_PATH)

    def _running(self) -> RunningServer:
        server = self._hands.server()
        if server is None:
            raise NotRunning
        return server


def ask(server: RunningServer, method: str, path: str) -> Answer:
    """Asks the server. Raises Refusal, and NotRunning where nobody answers."""
    answer = call(server, method, path, ANSWER_LIMIT_S)
    if answer.status >= 400:
        raise told_refusal(answer.body)
    return answer


def told_refusal(body: bytes) -> Refusal:
    """What an answer or a command told as JSON."""
    try:
        told = json.loads(body)
        return Refusal(str(told.get("code") or told.get("error")))
    except (ValueError, AttributeError):
        return Refusal(HubError.code)


def report_by_command(folder: DataFolder, target: Path) -> None:
    """Makes the report in a process of its own: the window never opens the database. Raises Refusal,
    NotRunning."""
    command = [*own_program(), "--data-dir", str(folder.root), "--json", "diagnostics", str(target)]
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            cwd=PROGRAM_FOLDER,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_LIMIT_S,
            check=False,
            creationflags=flags,
        )
    except subprocess.TimeoutExpired:
        raise NotRunning from None
    if done.returncode:
        raise told_refusal(done.stdout)


def show_in_file_manager(folder: Path) -> subprocess.Popen[bytes] | None:
    """Opens the folder in a window of the system's own; returns what does it, where that is a process. Raises
    OSError."""
    if sys.platform == "win32":
        os.startfile(folder)  # noqa: S606 - a folder of this program
        return None
    quiet = subprocess.DEVNULL
    return subprocess.Popen(_opener(folder), stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603


def _opener(folder: Path) -> Sequence[str]:
    if sys.platform == "darwin":
        return ("/usr/bin/open", str(folder))
    program = shutil.which("xdg-open")
    if program is None:
        raise FileNotFoundError("xdg-open")
    return (program, str(folder))


def _usual_folder() -> Path:
    """Where people look for what they have saved."""
    for name in ("Downloads", "Desktop"):
        if (Path.home() / name).is_dir():
            return Path.home() / name
    return Path.home()


def _with_ending(chosen: Path) -> Path:
    """Some dialogs add no ending. Not where a file of that name exists: nobody was asked whether to replace it."""
    ended = chosen.with_name(f"{chosen.name}.zip")
    return ended if not chosen.suffix and not ended.exists() else chosen
