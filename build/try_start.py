"""How long the program takes to its painted window, as a multiple of the barest frozen one: python build/try_start.py

Both are frozen the same way, by build/kiosk.spec, and started by turns on a display of their own. "Painted" is the
first picture with letters in the middle of the screen; that it is looked at all the time costs both the same. Needs
what ``make dist`` needs, and ``dist/hikma-local-server``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bundle
from console import ROOT, Failed, say, step
from freeze import DIST, WORK, environment, forget_search_paths, program_in

sys.path.insert(0, str(ROOT))

from kiosk.paths import DataFolder
from kiosk.server_process import stop_server
from tests.fakes.x_display import Display, x_display

HELLO = WORK / "hello"
LIMIT_S = 60
LETTERS = 30  # colours: the edges of letters alone have more
GOAL = 1.5


def frozen_hello() -> Path:
    """The folder of the barest window. Raises Failed."""
    target = HELLO / "dist" / bundle.NAME
    if not target.exists():
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
        command += ["--workpath", str(HELLO / "work"), "--distpath", str(HELLO / "dist")]
        command += [str(ROOT / "build" / "kiosk.spec"), "--", "--entry", str(ROOT / "build" / "hello_window.py")]
        step("freeze the barest window", command, environ=environment(HELLO))
        if sys.platform == "linux":
            forget_search_paths(target)
    return target


def time_to_paint(command: list[str], display: Display, folder: Path) -> float:
    """Seconds from the start of the process to the first picture with letters. Raises Failed."""
    environ = {**os.environ, "DISPLAY": display.name, "HIKMA_KEYSTORE": "file", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    environ |= {"QT_LOGGING_RULES": "*.info=false;*.warning=false", "QT_API": "pyside6"}
    picture = folder / "screen.png"
    began = time.monotonic()
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _is_painted(display, picture):
            if process.poll() is not None or time.monotonic() - began > LIMIT_S:
                raise Failed(f"{command[0]}: no window was painted")
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait(30)
        while display.titles():  # the next one must not find the picture of this one
            time.sleep(0.05)


def _is_painted(display: Display, picture: Path) -> bool:
    """Without the frame, which the window manager paints."""
    crop = ["import", "-silent", "-window", "root", "-crop", "600x300+340+300", "+repage", str(picture)]
    done = subprocess.run(crop, env=display.environ, capture_output=True, check=False)
    return done.returncode == 0 and display.count_colours(picture) > LETTERS


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--program", type=Path, default=DIST / bundle.NAME, help="the folder of the frozen program")
    words = parser.parse_args(arguments)
    turns = words.turns
    times: dict[str, list[float]] = {"hello": [], "program": []}
    try:
        hello, program = program_in(frozen_hello()), program_in(words.program.resolve())
        with x_display() as display, tempfile.TemporaryDirectory() as work:
            for turn in range(turns + 1):  # the first reads the files from the disk, for both
                data = DataFolder(Path(work) / f"data-{turn}")
                for name, command in (
                    ("hello", [str(hello)]),
                    ("program", [str(program), "--data-dir", str(data.root)]),
                ):
                    took = time_to_paint(command, display, Path(work))
                    if turn:
                        times[name].append(took)
                stop_server(data)
                shutil.rmtree(data.root, ignore_errors=True)
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    bare, whole = (statistics.median(times[name]) for name in ("hello", "program"))
    say(f"barest window {bare:.2f} s, program {whole:.2f} s (median of {turns} by turns): {whole / bare:.2f} times")
    return 0 if whole <= GOAL * bare else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
