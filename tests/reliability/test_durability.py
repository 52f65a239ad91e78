"""An acknowledged push is on the disk before the phone hears of it; a full disk loses and breaks nothing."""

from __future__ import annotations

import http.client
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server as find_server
from kiosk.server_process import call
from tests.bench.phone import BenchPhone
from tests.e2e.server import NURSE, RunningServer
from tests.polling import eventually
from web.i18n import load_catalogue

CANNOT_STORE = load_catalogue().translator("en").text("problems.storage")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace and prlimit are Linux's")

ROWS = {
    "patients": {"created": [{"id": f"p{n}", "given_name": "Amal"} for n in range(50)], "updated": [], "deleted": []}
}


def test_the_log_is_synced_before_the_first_byte_of_the_answer(running_server: RunningServer, tmp_path: Path) -> None:
    assert shutil.which("strace"), "strace is missing: make test installs it (python build/dev.py system-packages)"
    phone = BenchPhone(running_server.phones_url, NURSE.credentials)
    mark = phone.pull(0).timestamp
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg"
    command = ["strace", "-f", "-tt", "-y", "-e", calls, "-s", "40", "-o", str(trace), "-p", str(running_server.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        assert "attached" in tracer.stderr.readline()
        phone.push(mark, ROWS)
        phone.close()
        tracer.terminate()
    lines = trace.read_text("utf-8", "replace").splitlines()
    answers = [n for n, line in enumerate(lines) if re.search(r"(sendto|write|sendmsg)\(\d+<(TCP|socket)", line)]
    first_answer = next(n for n in answers if "HTTP/1.1 200" in lines[n])
    before = lines[:first_answer]
    last_write = max(n for n, line in enumerate(before) if re.search(r"pwrite64\(\d+<[^>]*clinic\.db-wal>", line))
    synced = [n for n, line in enumerate(before) if re.search(r"f(data)?sync\(\d+<[^>]*clinic\.db-wal>", line)]
    assert synced, "the write-ahead log was never synced"
    assert max(synced) > last_write, "something was written to the log after its last sync"


def test_a_full_disk_refuses_a_push_whole_and_serving_goes_on_when_there_is_space(
    running_server: RunningServer,
) -> None:
    process = psutil.Process(running_server.pid)
    phone = BenchPhone(running_server.phones_url, NURSE.credentials)
    mark = phone.pull(0).timestamp
    before = phone.pull(0).records
    size = (running_server.data_folder / "clinic.db-wal").stat().st_size
    limits = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (size + 100_000, limits[1]))
    rows = [{"id": f"big{n}", "given_name": "x" * 10_000} for n in range(200)]
    large = {"patients": {"created": rows, "updated": [], "deleted": []}}
    status, body = _push(running_server, large, mark)
    assert status == 507, body
    assert body["code"] in ("disk_full", "storage_failed")
    assert CANNOT_STORE in _main_page(running_server), "the page does not say it"
    assert phone.pull(0).records == before, "something of the refused push is there"
    process.rlimit(resource.RLIMIT_FSIZE, limits)
    eventually(lambda: CANNOT_STORE not in _main_page(running_server), deadline_s=60)
    eventually(lambda: _push(running_server, large, mark)[0] == 200)
    assert phone.pull(0).records == before + len(rows)


def _main_page(server: RunningServer) -> str:
    running = find_server(DataFolder(server.data_folder))
    assert running is not None
    return call(running, "GET", "/status").body.decode()


def _push(server: RunningServer, changes: object, mark: int) -> tuple[int, dict[str, str]]:
    phone = BenchPhone(server.phones_url, NURSE.credentials)
    try:
        status, content = phone.ask("POST", f"/api/v2/sync?last_pulled_at={mark}", msgspec.json.encode(changes))
    except http.client.HTTPException as failure:
        raise AssertionError("the server did not answer") from failure
    finally:
        phone.close()
    return status, msgspec.json.decode(content)
