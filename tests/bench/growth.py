"""What does not grow with the database: the time of a pull of 100 changes, and the memory of a full pull."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import psutil

from tests.bench import data
from tests.bench.hub_phone import HubBenchPhone
from tests.bench.phone import BenchPhone
from tests.bench.result import Result
from tests.e2e.server import NURSE, RunningServer

SMALL = 10_000
BATCH = 20_000
CHANGES = 100
ROUNDS = 15
LOOK_EVERY_S = 0.02
MEMORY_BOUND_MB = 150.0
TIME_BOUND = 1.3


def measure_growth(folder: Path, rows: int) -> Iterator[Result]:
    small = RunningServer(folder / "small", port=0)
    large = RunningServer(folder / "large", port=0)
    try:
        marks = [_fill(server, count) for server, count in ((small, SMALL), (large, rows))]
        phones = [BenchPhone(server.phones_url, NURSE.credentials) for server in (small, large)]
        for phone, mark in zip(phones, marks, strict=True):
            phone.pull(mark)
        times: list[list[float]] = [[], []]
        for number in range(ROUNDS):
            for phone, seconds in zip(phones, times, strict=True):
                seconds.append(_pull_of_changes(phone, number))
        small_ms, large_ms = (median(seconds) * 1000 for seconds in times)
        detail = f"{large_ms:.1f} ms at {rows:,} rows, {small_ms:.1f} ms at {SMALL:,}"
        yield Result(f"pull of {CHANGES} changes: large / small", large_ms / small_ms, TIME_BOUND, "x", detail)
        large.cli("devices", "pairing", "open")
        hub_phone = HubBenchPhone(large.phones_url, NURSE.credentials)
        for name, drain in (("a full pull", phones[1].drain), ("an encrypted full pull", hub_phone.drain)):
            size, idle, peak = _peak_memory(large, drain)
            detail = f"idle {idle:.0f} MB, peak {peak:.0f} MB, reply of {size / 1e6:.0f} MB, {rows:,} rows"
            yield Result(f"memory of {name} above idle", peak - idle, MEMORY_BOUND_MB, "MB", detail)
    finally:
        small.stop()
        large.stop()


def _fill(server: RunningServer, rows: int) -> int:
    """Pushes the rows; returns the mark with which a pull is up to date, since its phone made them all."""
    server.start()
    server.add_user(NURSE)
    phone = BenchPhone(server.phones_url, NURSE.credentials)
    mark = phone.pull(0).timestamp
    for number in range(0, rows, BATCH):
        phone.push(mark, data.as_push({"patients": data.patients(min(BATCH, rows - number), seed=number + 11)}))
    quiet = phone.pull(mark).timestamp
    phone.close()
    return quiet


def _pull_of_changes(phone: BenchPhone, number: int) -> float:
    """Seconds in which a phone that is up to date gets what another has just pushed (mark 0: no chain is known)."""
    mark = phone.recent_mark
    phone.push(0, data.as_push({"patients": data.patients(CHANGES, seed=10_000_019 + number)}))
    answer = phone.pull(mark)
    if answer.records != CHANGES:
        raise AssertionError(f"the pull had {answer.records} records")
    return answer.seconds


def _peak_memory(server: RunningServer, drain: Callable[[int], int]) -> tuple[int, float, float]:
    """Bytes of the reply, and MB of resident memory before and at most during a full pull."""
    process = psutil.Process(server.pid)
    idle = process.memory_info().rss / 1e6
    peak = idle
    done = threading.Event()

    def look() -> None:
        nonlocal peak
        while not done.wait(LOOK_EVERY_S):
            peak = max(peak, process.memory_info().rss / 1e6)

    watcher = threading.Thread(target=look)
    watcher.start()
    size = drain(0)
    done.set()
    watcher.join()
    return size, idle, peak
