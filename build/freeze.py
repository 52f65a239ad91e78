"""Freezes the program into one folder that runs without Python: ``python build/freeze.py [--headless] [--twice]``.

Knows nothing of installers. Runs in .venv; what it makes starts on this system and on none older (its C library).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bundle
from compare import differences
from console import ROOT, Failed, output_of, say, step

WORK = ROOT / ".work"
DIST = ROOT / "dist"
SPEC = ROOT / "build" / "kiosk.spec"
MAC_APP = "Hikma Local Server.app"
SELFTEST_LIMIT_S = 300


def freeze(*, has_window: bool = True, into: Path = DIST, work: Path | None = None) -> Path:
    """The folder of the program, ``into``/hikma-local-server[-headless]. Its self-test has passed. Raises Failed."""
    variant = bundle.NAME if has_window else f"{bundle.NAME}-headless"
    work = work or WORK / "freeze" / variant
    target = into / variant
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--workpath", str(work / "work"), "--distpath", str(work / "dist"), str(SPEC)]
    if not has_window:
        command += ["--", "--headless"]
    step(f"freeze {variant}", command, environ=environment(work))
    shutil.rmtree(target, ignore_errors=True)
    into.mkdir(parents=True, exist_ok=True)
    shutil.move(work / "dist" / bundle.NAME, target)
    if (app := work / "dist" / MAC_APP).exists():
        shutil.rmtree(into / MAC_APP, ignore_errors=True)
        shutil.move(app, into / MAC_APP)
    if sys.platform == "linux":
        forget_search_paths(target)
    make_uniform(target, int(source_date()))
    report = selftest(program_in(target))
    say(f"self-test: passed ({', '.join(check['name'] for check in report['checks'] if check['result'] == 'passed')})")
    say(f"{target.relative_to(ROOT) if target.is_relative_to(ROOT) else target}: {size_of(target) / 1e6:.0f} MB")
    return target


def environment(work: Path) -> dict[str, str]:
    """What the same sources must meet to be frozen into the same bytes; no cache of earlier builds is used."""
    return {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONNODEBUGRANGES": "1",  # columns of source lines that are not shipped
        "PYTHONPATH": str(ROOT),
        "PYINSTALLER_CONFIG_DIR": str(work / "cache"),
        "SOURCE_DATE_EPOCH": source_date(),
        "HIKMA_COMMIT": output_of(["git", "-C", str(ROOT), "rev-parse", "HEAD"]).strip(),
    }


def source_date() -> str:
    """SOURCE_DATE_EPOCH, else the time of the commit: it stands for "now" in everything that is built."""
    given = os.environ.get("SOURCE_DATE_EPOCH") or output_of(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"])
    return given.strip() or "1577836800"  # sources without their history


def forget_search_paths(folder: Path) -> None:
    """Takes out of programs and libraries where they looked for others on the computer that built them."""
    for path in sorted(folder.rglob("*")):
        if is_elf(path) and output_of(["patchelf", "--print-rpath", str(path)]).startswith("/"):
            step(f"search path of {path.name}", ["patchelf", "--remove-rpath", str(path)])


def is_elf(path: Path) -> bool:
    """Whether a file is a program or library of Linux."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def make_uniform(folder: Path, at: int) -> None:
    """Gives every file the same time, and rights that do not depend on who built it."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            continue
        is_program = path.is_dir() or path.parent == folder or path.name == "QtWebEngineProcess"
        path.chmod(0o755 if is_program else 0o644)
        os.utime(path, (at, at))
    folder.chmod(0o755)
    os.utime(folder, (at, at))


def program_in(folder: Path) -> Path:
    """The program to start from a terminal."""
    if sys.platform == "win32":
        console = folder / f"{bundle.NAME}-cli.exe"
        return console if console.exists() else folder / f"{bundle.NAME}.exe"
    return folder / bundle.NAME


def selftest(program: Path) -> dict[str, object]:
    """The report of the program's self-test. Raises Failed with it when something does not work."""
    done = subprocess.run(
        [str(program), "--selftest"], capture_output=True, text=True, timeout=SELFTEST_LIMIT_S, check=False
    )
    try:
        report: dict[str, object] = json.loads(done.stdout)
    except ValueError:
        raise Failed(f"the self-test did not report: {done.stdout}{done.stderr}") from None
    if done.returncode != 0 or not report["ok"]:
        raise Failed(json.dumps(report, indent=2))
    return report


def size_of(folder: Path) -> int:
    """Bytes of all files."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def freeze_twice(*, has_window: bool) -> list[str]:
    """Freezes into two folders with nothing in common; says what differs between the two."""
    first = freeze(has_window=has_window)
    second = freeze(has_window=has_window, into=WORK / "again" / "dist", work=WORK / "again" / "work")
    found = differences(first, second)
    for line in found:
        say(line)
    say(f"two builds: {len(found)} files differ" if found else "two builds: the same, byte for byte")
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--headless", action="store_true", help="without a window, for servers")
    parser.add_argument("--twice", action="store_true", help="a second time elsewhere, to list what differs")
    words = parser.parse_args(arguments)
    try:
        if words.twice:
            return 1 if freeze_twice(has_window=not words.headless) else 0
        freeze(has_window=not words.headless)
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
