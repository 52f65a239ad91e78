"""A server process with nothing behind it: it keeps the real one's promises to windows and supervisors.

Those are: one lock per folder, a runtime file when ready that goes away on a clean stop, a reason left behind
when the start fails, ``POST /quit`` with the launch token. Knows nothing of records.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from db.errors import AlreadyRunning
from kiosk.instance import ServerLock
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, StartFailure, announce, report_start_failure, withdraw

PAGE = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Stand-in</title></head>"
    "<body><h1>Stand-in server {pid}</h1><a href='/other'>other</a></body></html>"
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--fail", help="leave this code as the reason and end")
    parser.add_argument("--crash", action="store_true", help="get ready, then end without a word")
    parser.add_argument("--never-ready", action="store_true")
    parser.add_argument("--ignore-quit", action="store_true")
    options = parser.parse_args()
    folder = DataFolder(options.data_dir)
    if options.fail:
        report_start_failure(folder, StartFailure(code=options.fail))
        return 1
    try:
        with ServerLock(folder):
            folder.runtime_file.unlink(missing_ok=True)  # of a server that was killed
            return _serve(folder, options)
    except AlreadyRunning:
        report_start_failure(folder, StartFailure(code=AlreadyRunning.code))
        return 1


def _serve(folder: DataFolder, options: argparse.Namespace) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if options.never_ready:
        stop.wait(60)
        return 0
    token = secrets.token_hex(16)
    http = _listen(token, stop, ignore_quit=options.ignore_quit)
    url = f"http://127.0.0.1:{http.server_address[1]}"
    started = time.time_ns() // 1_000_000
    announce(
        folder,
        RunningServer(
            pid=os.getpid(), ui_url=url, token=token, phones_url=None, version="0.0.0", started_at_ms=started
        ),
    )
    if options.crash:
        os._exit(3)
    stop.wait(120)
    http.shutdown()
    withdraw(folder)
    return 0


def _listen(token: str, stop: threading.Event, *, ignore_quit: bool) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, PAGE.format(pid=os.getpid()).encode())

        def do_POST(self) -> None:
            host = f"http://{self.headers['Host']}"
            is_ours = self.headers["Authorization"] == f"Bearer {token}" and self.headers["Origin"] == host
            self._answer(204 if is_ours and self.path == "/quit" else 401)
            if is_ours and not ignore_quit:
                stop.set()

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    raise SystemExit(main())
