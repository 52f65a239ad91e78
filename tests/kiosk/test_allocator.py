"""kiosk/allocator.py"""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.server import PROJECT

# Eight threads use much memory in pieces below glibc's largest heap block, let go of it, and live on.
_PROGRAM = """
import sys, threading
from kiosk.allocator import limit_hoarding
import psutil
if sys.argv[1] == "limited":
    limit_hoarding()

def work():
    for size in (12_000_000, 9_000_000, 12_000_000):
        pieces = [b"x" * 90_000 for number in range(200)]
        large = b"x" * size
        kept.append(b"y" * 5_000)
        del pieces, large
    barrier.wait()
    done.wait()

kept, done, barrier = [], threading.Event(), threading.Barrier(9)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
barrier.wait()
print(psutil.Process().memory_info().rss // 1_000_000)
done.set()
"""


def _kept_megabytes(how: str) -> int:
    run = [sys.executable, "-c", _PROGRAM, how]
    return int(subprocess.run(run, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60).stdout)


def test_memory_of_large_requests_goes_back_to_the_system() -> None:
    if sys.platform == "linux":
        assert _kept_megabytes("limited") < _kept_megabytes("free") / 2


def test_what_is_there_at_the_start_is_not_looked_at_again_and_new_things_seldom() -> None:
    call = (
        "usual = gc.get_threshold()[0]; spare_the_collector(); print(gc.get_freeze_count(), usual, *gc.get_threshold())"
    )
    program = f"import gc; from kiosk.allocator import spare_the_collector; {call}"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    frozen, usual, youngest, *_ = map(int, done.stdout.split())
    assert frozen > 1_000
    assert youngest > usual
