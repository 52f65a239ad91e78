"""Fifty phones at once: each pulls, pushes and pulls again; nobody fails, nobody waits much longer than others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import data
from tests.bench.phone import BenchPhone
from tests.bench.result import Result
from tests.e2e.server import NURSE, RunningServer

PHONES = 50
PUSHED = 20
STOCK = 2_000


def measure_crowd(folder: Path) -> Iterator[Result]:
    server = RunningServer(folder / "crowd", port=0)
    server.start()
    try:
        server.add_user(NURSE)
        first = BenchPhone(server.phones_url, NURSE.credentials)
        first.push(first.pull(0).timestamp, data.as_push({"patients": data.patients(STOCK, seed=7)}))
        waits, errors = _sync_together(server.phones_url)
    finally:
        server.stop()
    yield Result(f"{PHONES} phones at once: errors", errors, 0, "", "")
    longest = max(waits) / median(waits)
    detail = f"median {median(waits):.2f} s, longest {max(waits):.2f} s, {STOCK} records to each"
    yield Result(f"{PHONES} phones at once: longest / median wait", longest, 3.0, "x", detail)


def _sync_together(url: str) -> tuple[list[float], int]:
    barrier = threading.Barrier(PHONES)
    waits: list[float] = []
    errors: list[str] = []

    def sync(number: int) -> None:
        phone = BenchPhone(url, NURSE.credentials)
        changes = data.as_push({"patients": data.patients(PUSHED, seed=100 + number)})
        barrier.wait()
        began = time.perf_counter()
        try:
            mark = phone.pull(0).timestamp
            phone.push(mark, changes)
            phone.pull(mark)
        except (AssertionError, OSError) as failure:
            errors.append(type(failure).__name__)
        waits.append(time.perf_counter() - began)
        phone.close()

    threads = [threading.Thread(target=sync, args=(number,)) for number in range(PHONES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, len(errors)
