"""Push and pull of 10,000 records over HTTP against the floor, turn by turn in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import data
from tests.bench.data import Changes
from tests.bench.floor import Floor
from tests.bench.hub_phone import HubBenchPhone
from tests.bench.phone import BenchPhone
from tests.bench.result import Result
from tests.e2e.server import NURSE, RunningServer

RECORDS = 10_000
BOUND = 2.0
HUB_BOUND = 3.0
PULLS_A_ROUND = 3


def compare_with_floor(folder: Path, rounds: int) -> Iterator[Result]:
    yield from _compare("10,000 patients", folder / "patients", {"patients": data.patients(RECORDS)}, rounds, BOUND)
    yield from _compare("10,000 mixed records", folder / "mixed", data.mixed(RECORDS), rounds, None)


def _compare(name: str, folder: Path, tables: Changes, rounds: int, bound: float | None) -> Iterator[Result]:
    folder.mkdir()
    floor = Floor(folder / "floor", tables, is_bare=False)
    bare = Floor(folder / "bare", tables, is_bare=True)
    pushes: list[tuple[float, float]] = []
    bare_pushes: list[tuple[float, float]] = []
    pulls: list[tuple[float, float]] = []
    hub_pulls: list[tuple[float, float]] = []
    for number in range(rounds):
        server = RunningServer(folder / f"server-{number}", port=0)
        server.start()
        try:
            server.add_user(NURSE)
            server.cli("devices", "pairing", "open")
            phone = BenchPhone(server.phones_url, NURSE.credentials)
            _warm_up(phone, number)
            mark = phone.pull(0).timestamp
            floor_s, bare_s = floor.push(), bare.push()
            ours_s = phone.push(mark, data.as_push(tables)).seconds
            pushes.append((floor_s, ours_s))
            bare_pushes.append((bare_s, ours_s))
            pulls += [(floor.pull(), phone.pull(0).seconds) for _ in range(PULLS_A_ROUND)]
            hub_phone = HubBenchPhone(server.phones_url, NURSE.credentials)
            for _ in range(PULLS_A_ROUND):
                hub_pulls.append((floor.pull(), hub_phone.call("query", "sync_pull", {"lastPulledAt": 0}).seconds))
            hub_phone.close()
            phone.close()
        finally:
            server.stop()
    yield _result(f"push of {name}", pushes, bound)
    yield _result(f"push of {name}, floor without indexes", bare_pushes, None)
    yield _result(f"pull of {name}", pulls, bound)
    yield _result(f"encrypted pull of {name}", hub_pulls, bound and HUB_BOUND)


def _warm_up(phone: BenchPhone, number: int) -> None:
    """The first push of a process also pays for making its readers and statements; a server lives all day."""
    small = data.mixed(60, seed=1000 + number)
    phone.push(phone.pull(0).timestamp, data.as_push(small))


def _result(name: str, pairs: list[tuple[float, float]], bound: float | None) -> Result:
    floors, ours = zip(*pairs, strict=True)
    floor_ms, ours_ms = median(floors) * 1000, median(ours) * 1000
    ratio = median(mine / bare for bare, mine in pairs)
    return Result(name, ratio, bound, "x", f"{ours_ms:.0f} ms, floor {floor_ms:.0f} ms, {len(pairs)} rounds")
