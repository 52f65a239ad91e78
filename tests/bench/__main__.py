"""``python -m tests.bench``: all benchmarks, as a table on standard output (about five minutes).

``--rows N``: how large the large database is (default one million). ``--rounds N``: how often the short ones run.
Every number that is judged is a ratio within this run; the bounds are those of the project's promises.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.against_floor import compare_with_floor
from tests.bench.cloud_merge import measure_cloud_memory, measure_cloud_merge
from tests.bench.crowd import measure_crowd
from tests.bench.growth import measure_growth
from tests.bench.result import Result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    words = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for result in _measure(Path(folder), words.rows, words.rounds):
            sys.stdout.write(f"{result}\n")
            sys.stdout.flush()
            kept = kept and result.is_kept
    return 0 if kept else 1


def _measure(folder: Path, rows: int, rounds: int) -> Iterator[Result]:
    yield from compare_with_floor(folder, rounds)
    yield from measure_cloud_merge(folder, rounds)
    yield from measure_cloud_memory()
    yield from measure_crowd(folder)
    yield from measure_growth(folder, rows)


if __name__ == "__main__":
    sys.exit(main())
