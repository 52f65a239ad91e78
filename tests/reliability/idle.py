"""``python -m tests.reliability.idle --minutes 10``: what the program costs while nobody does anything.

The real program in its real window, with the main page open and nothing going on. Processor time and memory of the
window, of the engine that draws its page and of the server, at the start and at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server
from tests.e2e.server import NURSE, RunningServer
from tests.e2e.window_process import Program
from tests.fakes.server_starts import kill_servers_of
from tests.fakes.x_display import x_display
from tests.polling import eventually
from web.i18n import load_catalogue

SETTLE_S = 60.0
"""Starting is no idling: first pages, first counts, the engine's caches."""
MEGABYTE = 10**6


@dataclass(frozen=True)
class Usage:
    """Processor seconds so far, and memory that is not shared (bytes), of the window's processes and of the server."""

    window_s: float
    server_s: float
    window_bytes: int
    server_bytes: int


@dataclass(frozen=True)
class Outcome:
    """What was used from ``start`` to ``end``."""

    seconds: float
    start: Usage
    end: Usage

    @property
    def share(self) -> float:
        """Of one processor."""
        used = self.end.window_s + self.end.server_s - self.start.window_s - self.start.server_s
        return used / self.seconds

    def __str__(self) -> str:
        window, server = (self.end.window_s - self.start.window_s, self.end.server_s - self.start.server_s)
        memory = (self.start.window_bytes, self.end.window_bytes, self.start.server_bytes, self.end.server_bytes)
        shown = " | ".join(f"{size / MEGABYTE:.1f} MB" for size in memory)
        return f"| {self.seconds / 60:.1f} min | {window:.2f} s | {server:.2f} s | {self.share:.2%} | {shown} |"


def idle(folder: DataFolder, seconds: float, settle_s: float = SETTLE_S) -> Outcome:
    """Opens the program's window on a folder with staff accounts and leaves it alone."""
    pause = threading.Event()
    with x_display() as display:
        program = Program([sys.executable, "-m", "kiosk", "--data-dir", str(folder.root)], display)
        try:
            title = load_catalogue().translator("en").text("phones.title")
            eventually(lambda: title in program.text(), deadline_s=60)
            pause.wait(settle_s)
            began, start = time.monotonic(), _usage(program.process.pid, folder)
            pause.wait(seconds)
            return Outcome(time.monotonic() - began, start, _usage(program.process.pid, folder))
        finally:
            program.process.kill()
            program.process.communicate()
            kill_servers_of(folder)


def make_folder(root: Path) -> DataFolder:
    """A data folder as after the first run, in English."""
    server = RunningServer(root, port=0)
    server.start()
    try:
        server.add_user(NURSE)
    finally:
        server.stop()
    folder = DataFolder(root)
    folder.language_file.write_text("en")
    return folder


def _usage(window_pid: int, folder: DataFolder) -> Usage:
    running = eventually(lambda: running_server(folder))
    window = psutil.Process(window_pid)
    servers = [psutil.Process(running.pid)]
    windows = [window, *(child for child in window.children(recursive=True) if child.pid != running.pid)]
    return Usage(_seconds(windows), _seconds(servers), _bytes(windows), _bytes(servers))


def _seconds(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


def _bytes(processes: list[psutil.Process]) -> int:
    return sum(process.memory_full_info().uss for process in processes)


def main(arguments: list[str]) -> int:
    """Measures and prints one line of a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args(arguments).minutes
    with tempfile.TemporaryDirectory() as root:
        outcome = idle(make_folder(Path(root) / "data"), minutes * 60)
    print("| time | processor, window | processor, server | share | memory of the window, start | end | server | end |")
    print(outcome)
    return 0 if outcome.share < 0.01 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
