"""``python -m tests.reliability.comes_back --times 10``: how soon phones are served again after the server was killed.

The window's supervisor watches the real server process, which is ended with kill -9 while a phone has just pushed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.paths import DataFolder
from kiosk.port_holder import next_free_port
from kiosk.runtime_file import RunningServer, running_server
from kiosk.server_process import call, own_program, stop_server
from kiosk.supervisor import ServerReport, Supervisor
from tests.bench.phone import BenchPhone
from tests.e2e.server import LOOPBACK, NURSE
from tests.polling import eventually
from tests.reliability.idle import make_folder


@contextmanager
def supervised(folder: DataFolder) -> Iterator[RunningServer]:
    """The server as a window keeps it running, on loopback."""
    port = next_free_port(30_000 + os.getpid() % 10_000, LOOPBACK)
    serve = ["serve", "--attended", "--host", LOOPBACK, "--port", str(port), "--data-dir", str(folder.root)]
    reports: list[ServerReport] = []
    supervisor = Supervisor(folder, [*own_program(), *serve])
    thread = threading.Thread(target=supervisor.run, args=(reports.append,))
    thread.start()
    try:
        yield eventually(lambda: running_server(folder), deadline_s=60)
    finally:
        supervisor.close()
        thread.join(20)
        stop_server(folder)


def kill_and_wait(folder: DataFolder, server: RunningServer) -> tuple[RunningServer, float]:
    """Ends the server as a crash would; returns the next one once a phone has synced with it, and after how long."""
    killed_at = time.monotonic()
    os.kill(server.pid, signal.SIGKILL)
    again = eventually(lambda: other_than(server, folder), deadline_s=60)
    phone = BenchPhone(str(again.phones_url), NURSE.credentials)
    phone.pull(0)
    phone.close()
    return again, time.monotonic() - killed_at


def other_than(server: RunningServer, folder: DataFolder) -> RunningServer | None:
    """The server that runs, if it is another one by now."""
    found = running_server(folder)
    return found if found is not None and found.pid != server.pid else None


def main_page(server: RunningServer) -> str:
    """What the main page shows now."""
    return call(server, "GET", "/status").body.decode()


def main(arguments: list[str]) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=10)
    times = parser.parse_args(arguments).times
    os.environ["HIKMA_KEYSTORE"] = "file"
    seconds = []
    with tempfile.TemporaryDirectory() as root:
        folder = make_folder(Path(root) / "data")
        for _ in range(times):  # each its own series: a server that dies again and again is waited for longer
            with supervised(folder) as server:
                seconds.append(kill_and_wait(folder, server)[1])
    print(f"serving again after {min(seconds):.1f} to {max(seconds):.1f} s ({times} kills)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
