"""What the program without a window takes when nobody syncs: ``python build/try_idle.py``, after ``dist headless``.

Prints its size on the disk, its resident memory some seconds after the start, and the largest parts of that memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bundle
import psutil
from console import Failed, say
from freeze import DIST, program_in, size_of

SETTLES_S = 5
MOST_ON_DISK, MOST_RESIDENT = 60e6, 70e6
SHOWN = 6


def measured(program: Path) -> tuple[float, list[tuple[str, float]]]:
    """Resident bytes of the idle server, and of them those of each file (or of none). Raises Failed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(program),
            "--data-dir",
            str(Path(folder) / "data"),
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
        ]
        environ = {**os.environ, "HIKMA_KEYSTORE": "file"}
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise Failed("the server did not start")
            time.sleep(SETTLES_S)
            server = psutil.Process(process.pid)
            parts = {Path(part.path).name: float(part.rss) for part in server.memory_maps()}
            return server.memory_info().rss, sorted(parts.items(), key=lambda part: -part[1])
        finally:
            process.terminate()
            process.wait(30)


def main() -> int:
    folder = DIST / f"{bundle.NAME}-headless"
    try:
        resident, parts = measured(program_in(folder))
    except (Failed, OSError) as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    on_disk = size_of(folder)
    say(f"on the disk {on_disk / 1e6:.1f} MB (at most {MOST_ON_DISK / 1e6:.0f})")
    say(f"resident and idle {resident / 1e6:.1f} MB (at most {MOST_RESIDENT / 1e6:.0f}), of it:")
    for name, size in parts[:SHOWN]:
        say(f"  {size / 1e6:5.1f} MB  {name}")
    return 0 if on_disk <= MOST_ON_DISK and resident <= MOST_RESIDENT else 1


if __name__ == "__main__":
    raise SystemExit(main())
