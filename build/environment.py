"""The virtual environment of a checkout: .venv, made from the lock file and made anew when that changes.

Knows nothing of system packages or of what is run in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from console import ROOT, Failed, is_windows, output_of, say, step
from system_packages import Package, install

OLDEST = (3, 11)
FOLDER = ROOT / ".venv"
LOCK = ROOT / "build" / "requirements-dev.lock"
STAMP = FOLDER / ".made-from"
VENV_PACKAGE = Package(names=(f"python3.{sys.version_info.minor}-venv", "python3-venv"))


def python() -> str:
    """The interpreter of the environment."""
    return str(FOLDER / ("Scripts/python.exe" if is_windows() else "bin/python"))


def tool(name: str) -> str:
    """A program installed in the environment."""
    return str(FOLDER / (f"Scripts/{name}.exe" if is_windows() else f"bin/{name}"))


def setup() -> None:
    """Makes the environment if it is not there or was made from another lock file. Raises Failed."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise Failed(f"This project needs Python 3.11 or newer; this is {found}. Run the command with a newer one.")
    wanted = _digest()
    if Path(python()).exists() and STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    _require_venv()
    say("environment: making .venv (the first time some hundred megabytes are fetched)")
    shutil.rmtree(FOLDER, ignore_errors=True)
    step("environment", [sys.executable, "-m", "venv", str(FOLDER)])
    pip = [python(), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    step("packages", [*pip, "install", "--require-hashes", "-r", str(LOCK)], environ=_pip_environ())
    STAMP.write_text(wanted, encoding="ascii")  # last: an interrupted setup starts anew


def _digest() -> str:
    content = LOCK.read_bytes().replace(b"\r\n", b"\n")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{version} {hashlib.sha256(content).hexdigest()}"


def _require_venv() -> None:
    """Debian keeps a part of Python's standard library in a package of its own."""
    check = [sys.executable, "-c", "import ensurepip, venv; print('there')"]
    if "there" not in output_of(check):
        install([VENV_PACKAGE], reason="Python's own module for virtual environments")


def _pip_environ() -> dict[str, str]:
    return {**os.environ, "PIP_REQUIRE_VIRTUALENV": "1", "PYTHONDONTWRITEBYTECODE": ""}
