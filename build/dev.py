"""The commands of a developer: ``python build/dev.py setup | run | test | lint | bench | dist | lock``.

Knows nothing of the program itself. Standard library only, on Windows and macOS too; the Makefile calls it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import environment
from console import ROOT, Failed, run, say, step
from system_packages import INSTALLERS, TESTS, TRIAL, WINDOW, install

WORKERS = "4"
"""On two cores: many tests wait for a process, a browser or a phone."""
PHONE = ROOT / "tests" / "phone"
PHONE_STAMP = PHONE / "node_modules" / ".made-from"


def setup(_: Sequence[str]) -> int:
    """Makes .venv and nothing else."""
    environment.setup()
    say("ready: .venv")
    return 0


def run_program(arguments: Sequence[str]) -> int:
    """Opens the program; without a display it serves and says where to look."""
    environment.setup()
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        try:
            install(WINDOW, reason="the window")
        except Failed as failure:  # the program then opens its pages in the browser
            say(str(failure))
    return run([environment.python(), "-m", "kiosk", *arguments])


def test(arguments: Sequence[str]) -> int:
    """Runs the tests; arguments go to pytest."""
    environment.setup()
    install([*WINDOW, *TESTS], reason="the tests")
    _phone_packages()
    return run([environment.python(), "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", *arguments])


def lint(_: Sequence[str]) -> int:
    """Runs every check, also after one of them failed."""
    environment.setup()
    checks = (
        ("ruff check", [environment.tool("ruff"), "check", "."]),
        ("ruff format", [environment.tool("ruff"), "format", "--check", "."]),
        ("mypy", [environment.tool("mypy")]),
        ("import rules", [environment.tool("lint-imports"), "--no-cache"]),
    )
    failures = 0
    for name, command in checks:
        try:
            step(name, command)
        except Failed as failure:
            failures += 1
            say(str(failure))
    return 1 if failures else 0


def bench(arguments: Sequence[str]) -> int:
    """Prints the measurements."""
    environment.setup()
    return run([environment.python(), "-m", "tests.bench", *arguments])


def dist(arguments: Sequence[str]) -> int:
    """Builds the installers of this system into dist/; see build/dist.py."""
    environment.setup()
    install([*WINDOW, *INSTALLERS], reason="the installers")
    if "try" in arguments:
        install([*TESTS, *TRIAL], reason="trying the installers")
        _phone_packages()
    return run([environment.python(), "build/dist.py", *arguments])


def lock(_: Sequence[str]) -> int:
    """Resolves the dependencies of pyproject.toml anew, for every system and Python at once."""
    uv = shutil.which("uv")
    if uv is None:
        raise Failed("lock: needs uv (pipx install uv).")
    resolve = [uv, "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    resolve += ["--python-version", "3.11", "pyproject.toml"]
    step("build/requirements.lock", [*resolve, "-o", "build/requirements.lock"])
    step("build/requirements-dev.lock", [*resolve, "--group", "dev", "-o", "build/requirements-dev.lock"])
    return 0


def system_packages(_: Sequence[str]) -> int:
    """Installs what window and tests need from the system."""
    install([*WINDOW, *TESTS], reason="window and tests")
    say("ready: system packages")
    return 0


def _phone_packages() -> None:
    """The JavaScript library of the real phones, which some tests drive."""
    lock_file = PHONE / "package-lock.json"
    if not lock_file.exists():
        return
    wanted = hashlib.sha256(lock_file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    if PHONE_STAMP.exists() and PHONE_STAMP.read_text(encoding="ascii") == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Failed("The tests of the phones need Node.js 18 or newer with npm: https://nodejs.org")
    step("phone library", [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], folder=PHONE)
    PHONE_STAMP.write_text(wanted, encoding="ascii")


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "setup": setup,
    "run": run_program,
    "test": test,
    "lint": lint,
    "bench": bench,
    "dist": dist,
    "lock": lock,
    "system-packages": system_packages,
}


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        say("\n".join(f"python build/dev.py {name:<16} {act.__doc__}" for name, act in COMMANDS.items()))
        return 0 if not arguments or arguments[0] in ("help", "-h", "--help") else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    raise SystemExit(main(sys.argv[1:]))
