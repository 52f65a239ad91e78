"""``python -m tests.bench``: all benchmarks, as a table on standard output (about ten minutes).

``--rows N``: how large the large database is (default one million). ``--patients N``: the same where the app's queries
are tried (default 200,000, with five events each). ``--rounds N``: how often the short ones run. ``--only WORD``: only
the benchmarks whose name has the word (floor, cloud, crowd, growth, queries).
Every number that is judged is a ratio within this run; the bounds are those of the project's promises.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.allocator import spare_the_collector
from tests.bench.against_floor import compare_with_floor
from tests.bench.app_queries import measure_app_queries
from tests.bench.cloud_merge import measure_cloud_memory, measure_cloud_merge
from tests.bench.crowd import measure_crowd
from tests.bench.growth import measure_growth
from tests.bench.result import Result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--patients", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="")
    words = parser.parse_args()
    kept = True
    spare_the_collector()  # as the program does when it starts
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for result in _measure(Path(folder), words):
            sys.stdout.write(f"{result}\n")
            sys.stdout.flush()
            kept = kept and result.is_kept
    return 0 if kept else 1


def _measure(folder: Path, words: argparse.Namespace) -> Iterator[Result]:
    benchmarks: tuple[tuple[str, Callable[[], Iterator[Result]]], ...] = (
        ("floor", lambda: compare_with_floor(folder, words.rounds)),
        ("cloud merge", lambda: measure_cloud_merge(folder, words.rounds)),
        ("cloud memory", lambda: measure_cloud_memory()),
        ("crowd", lambda: measure_crowd(folder)),
        ("growth", lambda: measure_growth(folder, words.rows)),
        ("queries", lambda: measure_app_queries(folder, words.patients)),
    )
    for name, benchmark in benchmarks:
        if words.only in name:
            yield from benchmark()


if __name__ == "__main__":
    sys.exit(main())
