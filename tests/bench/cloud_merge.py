"""What a pull from the cloud costs: merging 10,000 rows against the push floor, and the memory of a 500 MB reply.

The reply is text that is read row by row and applied in pieces, as a round does; only the network is left out. Reading
the text and merging its rows are timed apart. The memory is that of a process of its own: one that has done other work
before has room already.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psutil

from db.clock import SystemClock
from db.cloud.arrivals import Arrival, Arrivals
from db.cloud.reckoning import finish_pull
from db.database import Database
from db.store import Store, open_store
from kiosk.cloud.reply_stream import PulledRow, read_reply
from kiosk.cloud.round import ROWS_AT_ONCE
from tests.bench import data
from tests.bench.floor import Floor
from tests.bench.result import Result

RECORDS = 10_000
BOUND = 3.0
REPLY_MB = 500
MEMORY_BOUND_MB = 200.0
_PIECE = 64 * 1024
_TIMES = ("created_at", "updated_at", "deleted_at")


def measure_cloud_merge(folder: Path, rounds: int) -> Iterator[Result]:
    rows = data.patients(RECORDS)
    floor = Floor(folder / "cloud-floor", {"patients": rows}, is_bare=False)
    new, same, changed = _replies(rows)
    measured: dict[str, list[tuple[float, float, float]]] = {"new": [], "unchanged": [], "changed": []}
    for number in range(rounds):
        store = _store(folder / f"cloud-{number}")
        for name, reply in (("new", new), ("unchanged", same), ("changed", changed)):
            measured[name].append((floor.push(), *_merge(store.database, reply)))
        store.close()
    for name, times in measured.items():
        ratio = median(merging / bare for bare, _, merging in times)
        bare_ms, reading_ms, merging_ms = (median(each) * 1000 for each in zip(*times, strict=True))
        detail = f"{merging_ms:.0f} ms, floor {bare_ms:.0f} ms, reading the reply {reading_ms:.0f} ms more"
        yield Result(f"merge of 10,000 {name} rows of the cloud", ratio, BOUND, "x", detail)


def measure_cloud_memory() -> Iterator[Result]:
    command = [sys.executable, "-m", "tests.bench.cloud_merge"]
    grown, rows = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    yield Result(f"memory of a {REPLY_MB} MB pull", float(grown), MEMORY_BOUND_MB, "MB", f"above idle; {rows} rows")


def _print_memory() -> None:
    """How many MB a pull takes above what the process had before, and its rows."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = _store(Path(folder) / "cloud-memory")
        process = psutil.Process()
        idle = peak = process.memory_info().rss
        count = 0
        arrivals = Arrivals(store.database, 0)
        for pieces in _pieces(read_reply(_large_reply(REPLY_MB * 1_000_000))):
            arrivals.apply(pieces)
            count += sum(len(piece.rows) for piece in pieces)
            peak = max(peak, process.memory_info().rss)
        store.close()
    sys.stdout.write(f"{(peak - idle) / 1e6} {count}\n")


def _store(folder: Path) -> Store:
    folder.mkdir()
    return open_store(folder, secrets.token_bytes(32), SystemClock())


def _replies(rows: list[data.Row]) -> tuple[bytes, bytes, bytes]:
    """The rows as a pull brings them: at first, once more, and with one column changed in each."""
    sent = [_as_cloud(row) for row in rows]
    changed = [{**row, "phone": "0700"} for row in sent]
    return _reply(sent), _reply(sent), _reply(changed)


def _as_cloud(row: data.Row) -> data.Row:
    shown = dict(row)
    for name in _TIMES:
        if isinstance(shown.get(name), int):
            shown[name] = "2026-11-22T14:06:33.933Z"
    for name in ("metadata", "additional_data"):
        if isinstance(shown.get(name), str):
            shown[name] = msgspec.json.decode(shown[name] or "{}")
    date = str(shown.get("date_of_birth") or "")
    return shown | {"date_of_birth": f"{date}T00:00:00.000Z" if date else None, "is_deleted": False}


def _reply(rows: list[data.Row]) -> bytes:
    changes = {"patients": {"created": rows, "updated": [], "deleted": []}}
    return msgspec.json.encode({"success": True, "changes": changes, "timestamp": 1_795_356_453_915})


def _large_reply(size: int) -> Iterator[bytes]:
    """A reply of about ``size`` bytes that is never whole in memory."""
    template = _as_cloud(data.patients(1)[0])
    yield b'{"success":true,"changes":{"patients":{"created":['
    sent, number = 0, 0
    while sent < size:
        text = msgspec.json.encode(template | {"id": f"{number:08x}-0000-4000-8000-000000000000"})
        yield text if number == 0 else b"," + text
        sent += len(text)
        number += 1
    yield b'],"updated":[],"deleted":[]}},"timestamp":1795356453915}'


def _merge(database: Database, reply: bytes) -> tuple[float, float]:
    """Seconds of reading the reply, and of merging its rows."""
    chunks = (reply[at : at + _PIECE] for at in range(0, len(reply), _PIECE))
    began = time.perf_counter()
    merging = 0.0
    arrivals = Arrivals(database, 0)
    for pieces in _pieces(read_reply(chunks)):
        received = time.perf_counter()
        arrivals.apply(pieces)
        merging += time.perf_counter() - received
    received = time.perf_counter()
    finish_pull(database, 1_795_356_453_915, None)
    ended = time.perf_counter()
    merging += ended - received
    return ended - began - merging, merging


def _pieces(rows: Iterator[PulledRow]) -> Iterator[list[Arrival]]:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        values: list[dict[str, Any]] = [row.value for row in some if isinstance(row.value, dict)]
        yield [Arrival("patients", values)]


if __name__ == "__main__":
    _print_memory()
